"""The scorer itself, on a made-up report with labels; and that the labels are well formed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from label_matching import LABELS, Entry, labels_of, matches, places_in_common, titles_agree
from labelled_score import main, score_of

from fixaudit.reports.model import Exclusion, Location, Report, ReportFinding

FIELDS = {"line", "id", "title", "severity", "disposition", "places"}
SEVERITIES = {"critical", "high", "medium", "low", "info", None}
DISPOSITIONS = {"open", "fixed", "deferred", "false-positive", "accepted", "keep", "none"}
ALL = sorted(LABELS.glob("*.json"))


def _finding(line: int, title: str, *locations: Location, **more: Any) -> ReportFinding:
    return ReportFinding(more.pop("id", f"L{line}"), title, line, line, locations=locations, **more)


def _label(line: int, title: str, *places: str, **more: Any) -> dict[str, Any]:
    kept = {"id": None, "severity": None, "disposition": "open", **more}
    return {"line": line, "title": title, "places": [*places], **kept}


def _labels(
    folder: Path, findings: list[dict[str, Any]], *exclusions: dict[str, Any], text: str = ""
) -> Path:
    path = folder / "made-up.json"
    source = {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    raw = {"source": source, "half": "seen", "findings": findings, "exclusions": [*exclusions]}
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    return _labels(
        tmp_path,
        [
            _label(3, "Debug mode is on", "app/main.py:7", severity="high", id="F-1"),
            _label(9, "Secrets in the repository", "app/settings.py:3,8-9", severity="low"),
            _label(20, "No tests", severity="medium"),
            _label(30, "Old helper", "app/old.py", disposition="keep"),
        ],
        {"line": 40, "places": ["app/vendored.py", "app/made.py:4"]},
    )


def test_what_is_read_as_labelled_is_all_right(labelled: Path) -> None:
    report = Report(
        "made-up.md",
        "markdown",
        (
            _finding(
                3, "Debug mode is **on**", Location("", "app/main.py", ((7, 7),)), severity="high"
            ),
            _finding(
                9,
                "Secrets in the repository",
                Location("", "app/settings.py", ((3, 3), (8, 9))),
                severity="low",
            ),
            _finding(20, "No tests", severity="medium"),
        ),
        (
            Exclusion("Old helper", 30, "", (Location("", "app/old.py"),)),
            Exclusion(
                "kept",
                41,
                "",
                (Location("", "app/vendored.py"), Location("", "app/made.py", ((4, 4),))),
            ),
        ),
    )
    score = score_of(labels_of(labelled), report)
    assert score.misses == []
    assert [(c.wanted, c.read, c.right) for c in score.counts()] == [
        (4, 4, 4),
        (4, 4, 4),
        (2, 2, 2),
        (3, 3, 3),
        (3, 3, 3),
        (4, 4, 4),
    ]


def test_each_difference_is_counted_and_said(labelled: Path) -> None:
    report = Report(
        "made-up.md",
        "markdown",
        (
            _finding(
                3,
                "Something else altogether",
                Location("", "app/main.py", ((8, 8),)),
                severity="low",
            ),
            _finding(
                10,
                "Secrets in the repository",
                Location("", "settings.py", ((3, 3),)),
                severity="low",
            ),
            _finding(60, "A summary", Location("", "app/main.py")),
        ),
        (
            Exclusion(
                "kept", 41, "", (Location("", "app/vendored.py"), Location("", "app/more.py"))
            ),
        ),
    )
    score = score_of(labels_of(labelled), report)
    findings, places, exclusions, severities, titles, dispositions = score.counts()
    assert (findings.recall, findings.precision) == (2 / 4, 2 / 3)
    assert (places.wanted, places.read, places.right) == (4, 3, 1)
    assert (exclusions.wanted, exclusions.read, exclusions.right) == (2, 2, 1)
    assert (severities.wanted, severities.right) == (2, 1)
    assert (titles.wanted, titles.right) == (2, 1)
    assert (dispositions.wanted, dispositions.right) == (2, 2)
    for said in (
        "missed 20 No tests",
        "missed 30 Old helper",
        "invented 60",
        "not excluded app/made.py:4",
    ):
        assert any(miss.startswith(said) for miss in score.misses), said


def test_a_finding_that_is_open_is_not_found_in_an_exclusion(tmp_path: Path) -> None:
    labels = labels_of(_labels(tmp_path, [_label(3, "Old helper", "app/old.py")]))
    report = Report(
        "a.md", "markdown", (), (Exclusion("Old helper", 3, "", (Location("", "app/old.py"),)),)
    )
    score = score_of(labels, report)
    assert (score.findings.right, score.exclusions.read) == (0, 1)


@pytest.mark.parametrize(
    ("labelled", "read", "same"),
    [
        (Entry(5, title="x"), Entry(5, title="y"), True),
        (Entry(5, title="Bare except"), Entry(7, title="Bare except in a.py"), True),
        (Entry(5, title="Bare except"), Entry(7, title="No tests"), False),
        (Entry(5, title="x", places=(("a.py", "3"),)), Entry(6, places=(("pkg/a.py", "3"),)), True),
        (Entry(5, title="Bare except"), Entry(8, title="Bare except in a.py"), False),
        (Entry(5, id="F-1"), Entry(90, id="f-1"), True),
        (Entry(5), Entry(90), False),
        (Entry(5, title="Bare except"), Entry(90, title="Bare except"), True),
        (
            Entry(5, title="Bare except", places=(("a.py", ""),)),
            Entry(90, title="Bare except"),
            False,
        ),
    ],
)
def test_which_entries_are_one(labelled: Entry, read: Entry, same: bool) -> None:
    assert matches([labelled], [read]) == ({0: 0} if same else {})


def test_rows_of_a_table_that_follow_each_other_are_not_mixed_up() -> None:
    labelled = [Entry(line, title=f"unused import {line}") for line in (5, 6, 7)]
    assert matches(labelled, [labelled[2], labelled[1]]) == {1: 1, 2: 0}


def test_places_and_titles() -> None:
    read = [("pkg/a.py", "3"), ("pkg/a.py", "9"), ("b.py", "")]
    assert places_in_common([("a.py", "3"), ("a.py", "4"), ("pkg/b.py", "")], read) == [
        ("a.py", "3"),
        ("pkg/b.py", ""),
    ]
    assert places_in_common([("xa.py", "")], [("a.py", "")]) == []
    assert titles_agree("`x` is **never** used", "X is never used")
    assert titles_agree("Bare except in ui.py", "Bare except in ui.py (lines)")
    assert not titles_agree("Bare except", "Bare except swallows every error there is")
    assert not titles_agree("Bare except", "except Bare")
    assert not titles_agree("", "")


def test_the_table_is_of_the_text_that_was_labelled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "# Audit\n\n## F-1: Debug mode is on\n\n**File:** `app/main.py:7`\n\n**Severity:** High\n"
    )
    findings = [_label(3, "Debug mode is on", "app/main.py:7", severity="high", id="F-1")]
    path = _labels(tmp_path, findings, text=text)
    texts = tmp_path / "texts"
    texts.mkdir()
    assert main([str(texts), path.stem], tmp_path) == 1
    assert "no text" in capsys.readouterr().out
    (texts / "made-up.md").write_text(text + "more\n", encoding="utf-8")
    assert main([str(texts), path.stem], tmp_path) == 1
    assert "another text" in capsys.readouterr().out
    (texts / "made-up.md").write_bytes(text.encode())
    assert main([str(texts), path.stem, "--misses"], tmp_path) == 0
    printed = capsys.readouterr().out.splitlines()
    assert " ".join(printed[-1].split()) == "all seen 1/ 1/ 1 100 100 100 100 - - 100 100 100"


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_labels_are_well_formed(path: Path) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))
    assert {*raw} - {"doubtful"} == {"source", "form", "half", "findings", "exclusions"}
    assert {*raw["source"]} == {"repository", "path", "commit", "sha256", "licence"}
    assert raw["half"] in {"seen", "unseen"}
    assert len(raw["findings"]) >= 3
    for row in raw["findings"]:
        assert {*row} == FIELDS
        assert row["line"] >= 1
        assert row["title"]
        assert row["severity"] in SEVERITIES
        assert row["disposition"] in DISPOSITIONS
        assert len({*row["places"]}) == len(row["places"])


def test_every_labelled_report_is_from_another_repository() -> None:
    sources = [json.loads(path.read_text(encoding="utf-8"))["source"] for path in ALL]
    repositories = [source["repository"] for source in sources]
    assert len({*repositories}) == len(repositories) >= 15
