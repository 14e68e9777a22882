"""What a verdict rests on: where it stands, how far it speaks and how strong it is. All frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fixaudit.model.restoring import restored


class Strength(StrEnum):
    """How much a piece of evidence can decide."""

    PROOF = "proof"
    """Followed through code: it decides."""
    HINT = "hint"
    """A name, a word, a likeness: it can doubt an edit, never forbid it."""
    ROLE = "role"
    """What the file is: it says what a codemod does not look after."""


class Reach(StrEnum):
    """How far evidence speaks; nothing outside its reach may rest on it."""

    SITE = "site"
    STATEMENT = "statement"
    FUNCTION = "function"
    CLASS = "class"
    MODULE = "module"
    DISTRIBUTION = "distribution"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing a verdict rests on.

    `path` is the file it stands in, as findings name files; `line` is 1-based. `text` is one phrase
    that a reason can be made of.
    """

    strength: Strength
    reach: Reach
    path: str
    line: int
    text: str

    __setstate__ = restored

    @property
    def is_hint(self) -> bool:
        return self.strength is Strength.HINT
