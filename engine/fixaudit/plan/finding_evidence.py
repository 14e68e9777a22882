"""What a finding offers to recognise a place by: quoted code, names, words that stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from fixaudit.plan.cited_place import resolve
from fixaudit.plan.codebase import Tree
from fixaudit.plan.quoted_code import find
from fixaudit.reports.locations import same_file
from fixaudit.reports.model import Location, ReportFinding, Snippet

_DEFINED = re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_STRING = re.compile(r"[\"“']([^\"“”'\n]{8,80})[\"”']")
_ENOUGH = 12
"""Characters in a row that a line and the report's words must share."""


def quotes_by_place(
    finding: ReportFinding, tree: Tree
) -> dict[tuple[int, int], tuple[Snippet, ...]]:
    """Which quotations are of which cited place: by (number of the location, of its range).

    A quotation that names a file is of that file; one that names none is of the place that holds
    it, and of the first where none does.
    """
    found: dict[tuple[int, int], list[Snippet]] = {}
    for quote in finding.snippets:
        if quote.role == "recommended":
            continue
        places = [
            number
            for number, location in enumerate(finding.locations)
            if quote.location is None or same_file(quote.location, location)
        ] or [0]
        found.setdefault(_best_place(quote, places, finding, tree), []).append(quote)
    return {place: tuple(quotes) for place, quotes in found.items()}


def _best_place(
    quote: Snippet, numbers: Sequence[int], finding: ReportFinding, tree: Tree
) -> tuple[int, int]:
    for number in numbers:
        location = finding.locations[number] if finding.locations else None
        if location is None or location.path is None or location.outside_tree:
            continue
        files = resolve(location.path, tree).sure
        places = [place for path in files for place in find(quote.code, path, tree)]
        if places:
            hit = [
                position
                for position, cited in enumerate(location.ranges)
                if any(place.line <= cited[1] and cited[0] <= place.end_line for place in places)
            ]
            return number, hit[0] if hit else 0
    return numbers[0], 0


def names_of(
    finding: ReportFinding, location: Location | None, quotes: Sequence[Snippet]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Functions and classes the place lies in for certain, and those the report speaks of."""
    sure: list[str] = [*(location.symbols if location else ())]
    for quote in quotes:
        defined = _DEFINED.findall(quote.code)
        # Several functions quoted at once tell nothing about where the fault is.
        sure += defined if len(defined) == 1 else ()
    likely = finding.symbols if location is None or len(finding.locations) == 1 else ()
    return tuple(dict.fromkeys(_plain(sure))), tuple(dict.fromkeys(_plain(likely)))


def _plain(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        bare = name.strip("`").removesuffix("()").removeprefix("self.").replace("::", ".")
        if _NAME.fullmatch(bare):
            yield bare


def corroborated(lines: Sequence[str], text: str) -> bool:
    """True where the report's own words hold a piece of one of the lines."""
    for line in lines[:200]:
        bare = line.strip()
        if len(bare) < _ENOUGH or bare.startswith(("#", "import ", "from ")):
            continue
        matcher = SequenceMatcher(None, bare, text, autojunk=False)
        size = matcher.find_longest_match(0, len(bare), 0, len(text)).size
        if size >= min(len(bare), max(_ENOUGH, len(bare) // 3)):
            return True
    return False


def lines_quoted(lines: Sequence[str], text: str) -> list[int]:
    """The 1-based lines that hold a string literal the report's words quote."""
    quoted = [match[1] for match in _STRING.finditer(text)]
    return [
        number
        for number, line in enumerate(lines, 1)
        if any(f'"{words}"' in line or f"'{words}'" in line for words in quoted)
    ]
