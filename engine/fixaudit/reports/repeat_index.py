"""The findings in the making, found by number, by title, by place, and by the words they use."""

from __future__ import annotations

from dataclasses import dataclass, field

from fixaudit.reports.collect import Candidate
from fixaudit.reports.locations import same_file
from fixaudit.reports.model import LineRange, Location

NEAR = 40
"""Candidates looked at for one word, title or place at most."""


@dataclass(slots=True)
class Known:
    """A finding in the making: the candidate it started from, and its repeats."""

    main: Candidate
    ident: str
    words: frozenset[str]
    body_words: frozenset[str]
    places: tuple[Location, ...]
    mentions: list[Candidate] = field(default_factory=list)


class RepeatIndex:
    """The findings in the making, found by number, by title, and by the words they use."""

    def __init__(self) -> None:
        self.all: list[Known] = []
        self.firm = False
        self.by_ident: dict[str, list[Known]] = {}
        self.by_title: dict[frozenset[str], list[Known]] = {}
        self.by_word: dict[str, list[Known]] = {}
        self.by_base: dict[str, list[Known]] = {}
        self.by_line: dict[tuple[str, LineRange], list[Known]] = {}

    def add(self, known: Known) -> None:
        self.all.append(known)
        self.firm = self.firm or known.main.where.part is None
        self.by_ident.setdefault(known.ident.lower(), []).append(known)
        self.by_title.setdefault(known.words, []).append(known)
        for place in known.places:
            self.by_base.setdefault(base_of(place), []).append(known)
            for lines in place.ranges:
                self.by_line.setdefault((base_of(place), lines), []).append(known)
        for word in known.words | known.body_words:
            self.by_word.setdefault(word, []).append(known)

    def at_lines(self, places: tuple[Location, ...]) -> list[Known]:
        """Those that name one of the lines as well, the same range of the same file."""
        found: dict[int, Known] = {}
        for place in places:
            for lines in place.ranges:
                for known in self.by_line.get((base_of(place), lines), [])[:NEAR]:
                    if any(same_file(place, at) for at in known.places):
                        found[id(known)] = known
        return list(found.values())

    def near(self, words: frozenset[str]) -> list[Known]:
        """Those sharing a word, the rarest words first, `NEAR` at most."""
        found: dict[int, Known] = {}
        for word in sorted(words, key=lambda w: (len(self.by_word.get(w, ())), w)):
            for known in self.by_word.get(word, [])[:NEAR]:
                found[id(known)] = known
            if len(found) >= NEAR:
                break
        return list(found.values())

    def spread(self, word: str) -> int:
        return len(self.by_word.get(word, ()))


def base_of(place: Location) -> str:
    return (place.path or "").rpartition("/")[2]
