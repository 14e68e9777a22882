"""The five real reports against lists drawn up by reading them."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit_scores import HERE, Score, score

from fixaudit.reports.model import Report
from fixaudit.reports.mojibake import repair
from fixaudit.reports.reader import read_report, read_report_bytes

REPORTS = sorted((HERE / "reports").glob("*.md"))


def show(name: str, what: str, figures: Score) -> None:
    print(
        f"{name:12} {what:9} {figures.right}/{figures.expected}"
        f" recall {figures.recall:.1%} precision {figures.precision:.1%}"
    )


def test_the_five_are_there() -> None:
    assert [p.stem for p in REPORTS] == ["consultaion", "echo", "echora", "kitsu", "violentutf"]


@pytest.mark.parametrize("path", REPORTS, ids=lambda p: p.stem)
def test_recall_and_precision(path: Path) -> None:
    findings, places = score(read_report(path), HERE / "expected" / f"{path.stem}.json")
    show(path.stem, "findings", findings)
    show(path.stem, "places", places)
    for figures in (findings, places):
        assert figures.expected > 3
        assert min(figures.recall, figures.precision) >= 0.98, figures.wrong


def readable(report: Report) -> list[tuple[object, ...]]:
    """What a mangled twin must agree on: everything but marks inside quoted words."""
    return [
        (f.id, f.title, f.severity, f.category, f.locations, f.line, f.end_line,
         [(m.line, m.checked) for m in f.mentions], [(s.line, s.role) for s in f.snippets])
        for f in report.findings
    ]  # fmt: skip


@pytest.mark.parametrize("codec", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("path", REPORTS, ids=lambda p: p.stem)
def test_mangled_twin_gives_the_same(path: Path, codec: str) -> None:
    sound = repair(path.read_text(encoding="utf-8"))
    twin = sound.encode().decode(codec, errors="ignore")
    assert twin != sound
    read = read_report_bytes("sound.md", sound.encode())
    again = read_report_bytes("twin.md", twin.encode())
    assert readable(again) == readable(read)
    assert [e.line for e in again.exclusions] == [e.line for e in read.exclusions]
    assert [n.line for n in again.not_taken] == [n.line for n in read.not_taken]
    assert again.warnings
    assert not read.warnings
