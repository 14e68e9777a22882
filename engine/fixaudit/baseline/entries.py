"""What a baseline holds: entries, and which codemods it speaks of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class BaselineEntry:
    """So many findings of one kind: `count` of them have all else in common.

    Attributes:
        path: of their file, relative to the folder of the baseline file; relative to the tree in a
            comparison.
        symbol: the function or class around them, as `Class.method`; empty at module level.
        tokens: 16 hexadecimal digits of their code without formatting.
    """

    path: str
    codemod: str
    symbol: str
    tokens: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class BaselineFile:
    """A baseline file as it was read.

    Attributes:
        folder: of the file, relative to the tree, `/` between; empty for the tree itself.
        codemods: those whose findings it knows of; of others it says nothing.
        version: of fixaudit, that wrote it last.
        entries: their paths relative to `folder`.
        repeated: how many lines said again what another one says, as after a merge.
    """

    folder: str
    codemods: frozenset[str]
    version: str
    entries: tuple[BaselineEntry, ...]
    repeated: int = 0
