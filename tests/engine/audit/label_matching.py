"""Labels of a real report as data, and which finding that was read is which labelled one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import eq
from pathlib import Path

from fixaudit.reports.model import Exclusion, Location, Report, ReportFinding

LABELS = Path(__file__).parent / "labelled"
CLOSED = frozenset({"fixed", "accepted", "false-positive", "keep", "none"})
"""Dispositions of a finding that nobody is to act on; it may as well be read as an exclusion."""

NEAR = 2
"""Lines that two readings of one entry may begin apart: a blank line and a lead-in."""

Place = tuple[str, str]
"""A path with `/` separators and one range of it as written (`"12-20"`), `""` for the whole file."""

_LINES = re.compile(r"(?P<path>.*?):(?P<lines>\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)", re.S)


@dataclass(frozen=True)
class Entry:
    """A finding or an exclusion, labelled or read. `line` is where it begins, 1-based; `id` is empty
    where the report numbers nothing; `excludes` where it was read as something to keep."""

    line: int
    id: str = ""
    title: str = ""
    severity: str | None = None
    disposition: str = "open"
    places: tuple[Place, ...] = ()
    excludes: bool = False


@dataclass(frozen=True)
class Labels:
    """What a person found in one report. `half` is `seen` or `unseen`; `sha256` that of the bytes."""

    name: str
    half: str
    sha256: str
    findings: tuple[Entry, ...]
    exclusions: tuple[Entry, ...]


def labels_of(path: Path) -> Labels:
    """Reads the file of labels at `path`. Raises `KeyError` where a field is missing."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    findings = tuple(
        Entry(
            row["line"],
            row["id"] or "",
            row["title"],
            row["severity"],
            row["disposition"],
            _written_places(row["places"]),
        )
        for row in raw["findings"]
    )
    exclusions = tuple(
        Entry(row["line"], places=_written_places(row["places"])) for row in raw["exclusions"]
    )
    return Labels(path.stem, raw["half"], raw["source"]["sha256"], findings, exclusions)


def entries_of(report: Report) -> tuple[list[Entry], list[Entry]]:
    """The findings and the exclusions of a report as it was read."""
    return [_finding(found) for found in report.findings], list(map(_exclusion, report.exclusions))


def matches(labelled: Sequence[Entry], read: Sequence[Entry]) -> dict[int, int]:
    """Which read entry (by index) is which labelled one; no entry is used twice.

    The same line, else a line at most `NEAR` away with a word of the title or a place in common, else
    the same id, else the same title and a place in common. In each round the nearest pairs go first.
    """
    rounds: tuple[Callable[[Entry, Entry], bool], ...] = (
        lambda a, b: a.line == b.line,
        lambda a, b: _distance(a, b) <= NEAR and (_share_word(a, b) or _share_place(a, b)),
        lambda a, b: a.id != "" and a.id.casefold() == b.id.casefold(),
        lambda a, b: titles_agree(a.title, b.title)
        and (_share_place(a, b) or not (a.places or b.places)),
    )
    taken: dict[int, int] = {}
    for same in rounds:
        pairs = [
            (_distance(a, b), -_common_words(a, b), i, j)
            for i, a in enumerate(labelled)
            for j, b in enumerate(read)
            if i not in taken and j not in taken.values() and same(a, b)
        ]
        for _, _, i, j in sorted(pairs):
            if i not in taken and j not in taken.values():
                taken[i] = j
    return taken


def places_in_common(labelled: Iterable[Place], read: Iterable[Place]) -> list[Place]:
    """The labelled places that were read: equal ones first, then those whose path is the other's end."""
    wanted, found, common = set(labelled), set(read), []
    for same in (eq, _same_file):
        for place in sorted(wanted):
            other = next((other for other in sorted(found) if same(place, other)), None)
            if other is not None:
                common.append(place)
                wanted.discard(place)
                found.discard(other)
    return common


def titles_agree(labelled: str, read: str) -> bool:
    """The same words in the same order, or one title is a part of the other and at least two thirds
    of it. Punctuation, marks and case do not count."""
    shorter, longer = sorted((_words(labelled), _words(read)), key=len)
    starts = range(len(longer) - len(shorter) + 1)
    within = any(longer[start : start + len(shorter)] == shorter for start in starts)
    return within and 3 * len(shorter) >= 2 * len(longer) > 0


def _written_places(written: Iterable[str]) -> tuple[Place, ...]:
    places: list[Place] = []
    for place in written:
        cited = _LINES.fullmatch(place)
        if cited is None:
            places.append((_path(place), ""))
        else:
            places += [(_path(cited["path"]), lines) for lines in cited["lines"].split(",")]
    return tuple(places)


def _finding(found: ReportFinding) -> Entry:
    ticked = "fixed" if found.checked else "open"
    return Entry(
        found.line,
        "" if found.id == f"L{found.line}" else found.id,
        found.title,
        found.severity,
        str(getattr(found, "disposition", None) or ticked),
        _read_places(found.locations),
    )


def _exclusion(found: Exclusion) -> Entry:
    return Entry(found.line, title=found.text, places=_read_places(found.locations), excludes=True)


def _read_places(locations: Iterable[Location]) -> tuple[Place, ...]:
    return tuple(
        (_path(at.path), lines) for at in locations if at.path for lines in _ranges_of(at) or [""]
    )


def _ranges_of(location: Location) -> list[str]:
    return [str(a) if a == b else f"{a}-{b}" for a, b in location.ranges]


def _path(written: str) -> str:
    return written.replace("\\", "/").removeprefix("./").strip("/")


def _same_file(place: Place, other: Place) -> bool:
    (path, lines), (other_path, other_lines) = place, other
    ends = f"/{path}".endswith(f"/{other_path}") or f"/{other_path}".endswith(f"/{path}")
    return ends and lines == other_lines


def _share_place(a: Entry, b: Entry) -> bool:
    return bool(places_in_common(a.places, b.places))


def _share_word(a: Entry, b: Entry) -> bool:
    return _common_words(a, b) > 0


def _common_words(a: Entry, b: Entry) -> int:
    return len({*_words(a.title)} & {*_words(b.title)})


def _distance(a: Entry, b: Entry) -> int:
    return abs(a.line - b.line)


def _words(title: str) -> list[str]:
    return re.findall(r"[^\W_]+", title.casefold())
