"""Globs of folders as uv and this tool's `packages` read them: `*` stays within a name, `**` does not.

A glob comes from the repository, so none may take long: each name is matched by itself, and what
several `**` may stand for is followed at once.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

Names = tuple[re.Pattern[str] | None, ...]
"""A pattern for each name of a path; None stands for any number of names."""


def matcher(globs: Sequence[str]) -> Callable[[str], bool]:
    """Whether any of the globs names a folder, given relative to where they start; "" is that folder."""
    patterns = [_names(glob) for glob in globs]

    def is_named(folder: str) -> bool:
        parts = folder.split("/") if folder else []
        return any(_matches(names, parts) for names in patterns)

    return is_named


@lru_cache(maxsize=256)
def _names(glob: str) -> Names:
    parts = (part for part in glob.strip().split("/") if part not in ("", "."))
    return tuple(None if part == "**" else re.compile(fnmatch.translate(part)) for part in parts)


def _matches(names: Names, parts: Sequence[str]) -> bool:
    reached = _passed(names, {0})
    for part in parts:
        ahead = set()
        for at in reached - {len(names)}:
            pattern = names[at]
            if pattern is None:
                ahead.add(at)
            elif pattern.match(part):
                ahead.add(at + 1)
        reached = _passed(names, ahead)
    return len(names) in reached


def _passed(names: Names, reached: Iterable[int]) -> set[int]:
    """The places in a glob that are reached when a `**` may stand for no name too."""
    found = set(reached)
    for at in sorted(found):
        while at < len(names) and names[at] is None:
            at += 1
            found.add(at)
    return found
