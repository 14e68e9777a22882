"""What speaks for and against an entry of a report being a finding: its own form and words, as numbers.

Nothing here decides. Each fact is a name and a number, mostly 1; what is not so is left out. The weight of
each is fitted on labelled reports (`scripts/fit_evidence.py`) and stands in `evidence_weights.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from fixaudit.reports.disposition import disposition_of_title
from fixaudit.reports.entry import ReportEntry, box_of, opens_bold
from fixaudit.reports.field_names import Label
from fixaudit.reports.forms import part_labels
from fixaudit.reports.labels import labelled
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Line, Listing, Table
from fixaudit.reports.model import Location
from fixaudit.reports.problem_words import (
    asks_for_work,
    collects_problems,
    ends_well,
    is_other_part,
    names_parts_only,
    names_problems,
    needs_nothing,
    opens_with_work,
    says_nothing_found,
    tag_of,
    tells_a_problem,
)
from fixaudit.reports.severity import severity_of_section
from fixaudit.reports.titles import only_places
from fixaudit.reports.vocabulary import (
    label_kind,
    names_issues,
    part_of_report,
    plain,
    states_a_problem,
    states_approval,
)

Facts = dict[str, float]
"""Names of what is so, and how much; what is not so is left out."""

_READ = 60
"""Lines below an entry that are read for its facts at most."""
_SPOKEN = 12
"""Lines below an entry whose words count."""
_FIGURE = re.compile(r"\W*(?:~?\d[\d.,]*[+%]?\W+(?:\w+\W+)?)?(?:issues|findings|problems|files|bugs|errors|warnings)\b", re.I)  # fmt: skip
_SCORE = re.compile(r"\d+\s*(?:/\s*\d+|%)")
_GOOD = re.compile("[✅✓✔]")
_BAD = re.compile("❌|⚠|🔴|🟠|🟡|🚨|🐛")


class Evidence:
    """Reads entries; the places in a line are looked for once, however many entries hold it."""

    def __init__(self) -> None:
        # Each with its line: an id is only good while its object lives.
        self._places: dict[int, tuple[Line, tuple[Location, ...]]] = {}

    def places(self, line: Line) -> tuple[Location, ...]:
        if id(line) not in self._places:
            self._places[id(line)] = (line, tuple(locations_in(line)))
        return self._places[id(line)][1]

    def of(self, entry: ReportEntry) -> Facts:
        """The facts of one entry alone."""
        words = entry.rest.text if entry.kind == "row" else entry.head.text
        facts = {f"is {entry.kind}": 1.0}
        told = (
            *_title(entry, words),
            *self._head(entry, words),
            *_fields(entry),
            *self._below(entry),
            *_words(entry, words),
            *_context(entry),
        )
        facts.update((name, float(value)) for name, value in told if value)
        return facts

    def _head(self, entry: ReportEntry, words: str) -> Iterable[tuple[str, float]]:
        row = entry.kind == "row"
        places = entry.title.locations if row else self.places(entry.head)
        yield "place in head", bool(places)
        yield "lines in head", any(place.ranges for place in places)
        yield "only places", bool(places) and only_places(words, places)
        yield "code in head", any(piece.code for piece in entry.head.pieces)
        yield "bold", opens_bold(entry.head)
        yield "box", box_of(entry.head) is not None
        yield "struck", any(piece.struck for piece in entry.head.pieces)
        label = labelled(entry.head) if entry.kind == "item" else None
        yield "known label in head", label is not None and label.kind is not None
        yield "other label in head", label is not None and label.kind is None

    def _below(self, entry: ReportEntry) -> Iterable[tuple[str, float]]:
        lines = [] if entry.kind == "row" else list(islice(entry.lines(), _READ))
        places = [place for line in lines for place in self.places(line)]
        yield "lines below", grows(len(lines), 40)
        yield "places below", grows(len(places), 10)
        yield "place below", bool(places)
        yield "lines of places below", any(place.ranges for place in places)
        yield "nothing below", not entry.blocks and not entry.sections
        yield "paragraph below", any(True for _ in entry.own_lines())
        yield "code below", any(True for _ in entry.fences())
        yield "list below", any(isinstance(block, Listing) for block in entry.blocks)
        yield "table below", any(isinstance(block, Table) for block in entry.blocks)
        yield "sections below", grows(len(entry.sections), 10)
        spoken = " ".join(line.text for line in lines[:_SPOKEN])
        yield "problem below", states_a_problem(spoken)
        yield "complaint below", tells_a_problem(spoken)
        yield "all well below", needs_nothing(spoken[:200])
        yield "ends well", ends_well(lines[-1].text if lines else entry.head.text)


def grows(count: int, most: int = 40) -> float:
    """Counts as they matter: the second counts for less than the first. 0 to about 2."""
    return float(min(count, most).bit_length()) / 3


def _title(entry: ReportEntry, words: str) -> Iterable[tuple[str, float]]:
    title = entry.title
    count = len(re.findall(r"\w+", title.text or words))
    yield "no words", count == 0
    yield "1-2 words", 1 <= count <= 2
    yield "3-5 words", 3 <= count <= 5
    yield "6-12 words", 6 <= count <= 12
    yield "13 words and more", count > 12
    numbered = title.id is not None and title.id[0].isdigit()
    yield "id", title.explicit and title.id is not None
    yield "lettered id", title.explicit and title.id is not None and not numbered
    yield "number", numbered
    yield "listed by number", entry.number is not None
    yield "severity in title", title.severity is not None
    yield "mark", title.mark is not None
    yield "lines in title", bool(title.ranges)
    yield "ends in colon", words.rstrip().endswith((":", "："))
    yield "state in title", disposition_of_title(words)[0] is not None


def _fields(entry: ReportEntry) -> Iterable[tuple[str, float]]:
    told: set[Label] = set(entry.cells) if entry.kind == "row" else set(entry.labels)
    if entry.is_section:
        told |= part_labels(entry)
    yield from ((f"field {kind}", 1.0) for kind in told)
    yield "fields", grows(len(told), 6)


def _words(entry: ReportEntry, words: str) -> Iterable[tuple[str, float]]:
    row = entry.kind == "row"
    yield "problem", states_a_problem(words)
    yield "complaint", tells_a_problem(words)
    yield "approval", states_approval(words)
    yield "all well", needs_nothing(words)
    yield "nothing found", says_nothing_found(words)
    yield "plural", names_issues(words)
    yield "names problems", names_problems(words)
    yield "collects problems", collects_problems(words)
    yield "asks for work", asks_for_work(words)
    yield "opens with work", opens_with_work(entry.title.text)
    yield "explains", names_parts_only(words)
    yield "other part", is_other_part(words)
    yield "tagged", tag_of(words) == "wrong"
    yield "good mark", _GOOD.search(words) is not None
    yield "bad mark", _BAD.search(words) is not None
    yield "figure", _FIGURE.match(words) is not None
    yield "score", _SCORE.search(words) is not None
    yield "only a number", row and re.fullmatch(r"\W*\d[\d.,]*\W*", entry.head.text) is not None
    if row:
        return
    yield "name of a field", label_kind(words) is not None
    yield "only severity", severity_of_section(words)[0] is not None and len(
        plain(words).split()
    ) < 4
    part = part_of_report(words)
    if part is not None:
        yield f"called {part}", 1


def _context(entry: ReportEntry) -> Iterable[tuple[str, float]]:
    where = entry.where
    if where.part is not None:
        yield f"in {where.part}", 1
    yield "severity above", where.severity is not None
    yield "issues above", where.holds_issues
    yield "file above", where.path is not None
    yield "state above", where.disposition is not None
    yield "among fields", where.in_fields
    yield "part of each", entry.repeated
