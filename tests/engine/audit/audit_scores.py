"""How well what was read agrees with what a person read: recall and precision, with the misses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from fixaudit.reports.model import Report, ReportFinding

HERE = Path(__file__).parent
Place = tuple[str, str, str]


@dataclass
class Score:
    expected: int = 0
    found: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    def compare(self, expected: set[Place], found: set[Place]) -> None:
        self.expected += len(expected)
        self.found += len(found)
        self.right += len(expected & found)
        self.wrong += [f"missed {miss}" for miss in sorted(expected - found)]
        self.wrong += [f"invented {extra}" for extra in sorted(found - expected)]


def score(report: Report, expected: Path) -> tuple[Score, Score]:
    """The score of findings (id, title and severity agree) and of places (path and lines too)."""
    wanted = json.loads(expected.read_text(encoding="utf-8"))
    findings, places = Score(), Score()
    findings.compare(
        {(row["id"], row["title"], str(row["severity"])) for row in wanted},
        {(f.id, f.title, str(f.severity)) for f in report.findings},
    )
    places.compare(
        {(row["id"], at["path"], at["lines"]) for row in wanted for at in row["locations"]},
        {place for finding in report.findings for place in _places(finding)},
    )
    return findings, places


def _places(finding: ReportFinding) -> list[Place]:
    return [
        (finding.id, at.path or "::" + at.symbols[0], lines_of(at.ranges))
        for at in finding.locations
    ]


def lines_of(ranges: tuple[tuple[int, int], ...]) -> str:
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
