"""What a place is to a rename, and the kinds of what may stand in its way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fixaudit.model.finding import Span


class HindranceKind(StrEnum):
    """What stands in the way: `USE` and `TAKEN` always do, the others are a person's to accept."""

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


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One place that keeps a symbol from being renamed, and why."""

    kind: HindranceKind
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
    kind: HindranceKind = HindranceKind.USE
    spans: tuple[Span, ...] = ()


USE, OTHER = Meaning(True), Meaning()
TOLD = Meaning(why="told")
"""A word of a text that nobody looks a name up by."""


def doubt(why: str, kind: HindranceKind = HindranceKind.USE) -> Meaning:
    """A place of which it is not certain that it is another thing."""
    return Meaning(False, why, kind)
