"""How well the reader agrees with real reports that a person labelled, as a table a report and a half.

`python tests/engine/audit/labelled_score.py FOLDER [NAME…] [--misses]` reads the texts `FOLDER/NAME.*`
(they are not in this repository; `labelled/NAME.json` says where each comes from) and prints, for each:
recall and precision of findings and of places, the agreement of severity, title and disposition among
the findings that were found, and recall and precision of the places to be left alone.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from label_matching import (
    CLOSED,
    LABELS,
    Entry,
    Labels,
    entries_of,
    labels_of,
    matches,
    places_in_common,
    titles_agree,
)

from fixaudit.errors import ReportError
from fixaudit.reports.model import Report
from fixaudit.reports.reader import read_report


@dataclass
class Count:
    """`right` of `wanted` were found, among `read`; both are equal for what is only compared."""

    wanted: int = 0
    read: int = 0
    right: int = 0

    def add(self, wanted: int, read: int, right: int) -> None:
        self.wanted += wanted
        self.read += read
        self.right += right

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0


@dataclass
class Score:
    """What agrees in one report, or in all of a half; `misses` says what does not, a line each."""

    findings: Count = field(default_factory=Count)
    places: Count = field(default_factory=Count)
    severities: Count = field(default_factory=Count)
    titles: Count = field(default_factory=Count)
    dispositions: Count = field(default_factory=Count)
    exclusions: Count = field(default_factory=Count)
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for mine, theirs in zip(self.counts(), other.counts(), strict=True):
            mine.add(theirs.wanted, theirs.read, theirs.right)

    def counts(self) -> tuple[Count, ...]:
        pairs = (self.findings, self.places, self.exclusions)
        return (*pairs, self.severities, self.titles, self.dispositions)


def score_of(labels: Labels, report: Report) -> Score:
    """Compares a report as read with its labels.

    A labelled finding that nobody is to act on counts as found where it was read as an exclusion; its
    severity and title are not compared then.
    """
    score = Score()
    found, kept = entries_of(report)
    by_finding = matches(labels.findings, found)
    closed = [
        i for i, e in enumerate(labels.findings) if i not in by_finding and e.disposition in CLOSED
    ]
    by_exclusion = matches([labels.findings[i] for i in closed], kept)
    read_as = {i: found[j] for i, j in by_finding.items()}
    read_as |= {closed[i]: kept[j] for i, j in by_exclusion.items()}
    score.findings.add(len(labels.findings), len(found) + len(by_exclusion), len(read_as))
    for i, entry in enumerate(labels.findings):
        _compare(score, entry, read_as.get(i))
    for j, entry in enumerate(found):
        if j not in by_finding.values():
            score.places.add(0, len({*entry.places}), 0)
            score.misses.append(f"invented {_shown(entry)}")
    _compare_exclusions(score, labels, kept)
    return score


def _compare(score: Score, entry: Entry, read: Entry | None) -> None:
    if read is None:
        score.places.add(len({*entry.places}), 0, 0)
        score.misses.append(f"missed {_shown(entry)}")
        return
    common = places_in_common(entry.places, read.places)
    score.places.add(len({*entry.places}), len({*read.places}), len(common))
    if len(common) < max(len({*entry.places}), len({*read.places})):
        score.misses.append(
            f"places of {_shown(entry)}: {_listed(read.places)}, not {_listed(entry.places)}"
        )
    state = read.excludes or read.disposition == entry.disposition
    _agree(score, score.dispositions, state, entry, read.disposition, entry.disposition)
    if not read.excludes:
        _agree(
            score,
            score.severities,
            read.severity == entry.severity,
            entry,
            read.severity,
            entry.severity,
        )
        same = titles_agree(entry.title, read.title)
        _agree(score, score.titles, same, entry, read.title, entry.title)


def _agree(
    score: Score, count: Count, agrees: bool, entry: Entry, read: object, wanted: object
) -> None:
    count.add(1, 1, agrees)
    if not agrees:
        score.misses.append(f"{_shown(entry)}: {read!r}, not {wanted!r}")


def _compare_exclusions(score: Score, labels: Labels, kept: Sequence[Entry]) -> None:
    """Counts places: they are what is left alone. Those of findings nobody is to act on are no fault."""
    wanted = {place for entry in labels.exclusions for place in entry.places}
    read = {place for entry in kept for place in entry.places}
    allowed = {p for entry in labels.findings if entry.disposition in CLOSED for p in entry.places}
    common = places_in_common(wanted, read)
    extra = len(read) - len(common) - len(places_in_common(allowed - wanted, read - {*common}))
    score.exclusions.add(len(wanted), len(common) + extra, len(common))
    score.misses += [f"not excluded {_listed([place])}" for place in sorted(wanted - {*common})]
    if extra:
        score.misses.append(f"excluded as well, among {_listed(sorted(read))}: {extra}")


def _shown(entry: Entry) -> str:
    return f"{entry.line} {entry.id} {entry.title[:60]}".replace("  ", " ")


def _listed(places: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{path}:{lines}" if lines else path for path, lines in places) or "none"


def row(name: str, score: Score) -> str:
    """A line of the table: recall and precision in per cent, `-` where nothing was to be found."""
    first, last = score.counts()[:3], score.counts()[3:]
    pairs = [f"{_percent(c.right, c.wanted)} {_percent(c.right, c.read)}" for c in first]
    singles = [_percent(c.right, c.wanted) for c in last]
    numbers = f"{score.findings.right:4}/{score.findings.wanted:3}/{score.findings.read:3}"
    return f"{name:28} {numbers}  " + "  ".join([*pairs, *singles])


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:4.0f}" if whole else "   -"


HEAD = (
    f"{'report':28} right/all/read  {'findings':9}  {'places':9}  {'excluded':9}  sev.  title state"
)


def main(arguments: Sequence[str] | None = None, labels: Path = LABELS) -> int:
    """Prints the table; returns 1 where a text is missing or is not the one that was labelled."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--misses", action="store_true", help="say what does not agree")
    asked = parser.parse_args(arguments)
    paths = [labels / f"{name}.json" for name in asked.names] or sorted(labels.glob("*.json"))
    halves: dict[str, Score] = {}
    faults = 0
    print(HEAD)
    for path in paths:
        labelled = labels_of(path)
        text = next(iter(sorted(asked.folder.glob(f"{labelled.name}.*"))), None)
        if text is None or hashlib.sha256(text.read_bytes()).hexdigest() != labelled.sha256:
            print(
                f"{labelled.name:28} {'no text' if text is None else 'another text than was labelled'}"
            )
            faults = 1
            continue
        score = score_of(labelled, _read(text))
        halves.setdefault(labelled.half, Score()).add(score)
        print(row(labelled.name, score))
        if asked.misses:
            print(*(f"    {miss}" for miss in score.misses), sep="\n")
    for half, total in sorted(halves.items()):
        print(row(f"all {half}", total))
    return faults


def _read(text: Path) -> Report:
    try:
        return read_report(text)
    except ReportError as refused:
        print(f"{text.stem:28} {refused}")
        return Report(text.name, "markdown")


if __name__ == "__main__":
    sys.exit(main())
