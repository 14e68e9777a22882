"""What a place is to a rename, and the kinds of what may stand in its way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fixaudit import Span


class Kind(StrEnum):
    """What stands in the way; those of `ACCEPTED` are a person's to accept."""

    USE = "use"
    TAKEN = "taken"
    STRINGS = "strings"
    FILES = "files"
    MODULES = "modules"
    DECORATORS = "decorators"
    OUTSIDE = "outside"
    PICKLES = "pickles"
    PUBLIC = "public"
    DYNAMIC = "dynamic"
    STAND_INS = "stand-ins"


ACCEPTED = tuple(kind.value for kind in Kind if kind not in (Kind.USE, Kind.TAKEN))


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One place that keeps a symbol from being renamed, and why."""

    kind: Kind
    path: str
    line: int
    why: str

    @property
    def shown(self) -> str:
        return f"{self.path}:{self.line} ({self.why})"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one place means: a use, something else, or a doubt with its kind and the reason.

    `spans` are the places to write to, where they are not those of the identifier.
    """

    is_use: bool = False
    why: str = ""
    kind: Kind = Kind.USE
    spans: tuple[Span, ...] = ()


USE, OTHER = Meaning(True), Meaning()
TOLD = Meaning(why="told")
"""A word of a text that nobody looks a name up by."""


def doubt(why: str, kind: Kind = Kind.USE) -> Meaning:
    """A place of which it is not certain that it is another thing."""
    return Meaning(False, why, kind)
