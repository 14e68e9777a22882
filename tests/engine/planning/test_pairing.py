"""Which codemods answer the findings of real reports: by words, rules and quoted code."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import KEYS, finding, only, planned, quoted, write

from fixaudit.pipeline.runner import Request
from fixaudit.plan.model import AuditPlan
from fixaudit.plan.plan import make_plan
from fixaudit.plan.tree_findings import survey
from fixaudit.reports.reader import read_report

REPORTS = Path(__file__).resolve().parents[1] / "audit" / "reports"
TOOLS = REPORTS.parent / "tools"

EXPECTED = {
    "consultaion": {"8": "duplicate-assignment"},
    "echo": {"1": "bounded-gather"},
    "echora": {
        "1.1": "md5-to-sha256",
        "1.2": "logger-exception-cleanup",
        "1.7": "runtimeerror-to-assertion",
        "1.8": "not-implemented-501",
        "2.1": "logger-exception-cleanup",
        "2.4": "print-to-logger",
        "3.5": "getattr-default-removal",
        "4.8": "keep-task-reference",
    },
    "kitsu": {},
    "violentutf": {"1.1": "annotate-special-methods", "2.5": "missing-await"},
}
"""Report and finding to codemod, by the catalogue."""

MANUAL = {
    "consultaion": ("5", "L167", "L205"),
    "echo": ("4", "L255"),
    "echora": ("2.2", "3.2", "4.6", "4.7", "6.2"),
    "kitsu": ("3", "6", "11"),
    "violentutf": ("1.3", "3.1", "3.2", "4.1", "7.2.2"),
}
"""Findings that are no edit at all: tests to write, architecture, other languages."""


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, AuditPlan]:
    empty = survey(Request(paths=(tmp_path_factory.mktemp("empty"),), isolated=True))
    return {
        name: make_plan([read_report(REPORTS / f"{name}.md")], empty.tree, empty.codemods)
        for name in EXPECTED
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_findings_of_real_reports_pair_with_the_codemod_of_the_catalogue(
    name: str, plans: dict[str, AuditPlan]
) -> None:
    found = {entry.finding.id: entry.codemods for entry in plans[name].findings}
    assert {key: found[key] for key in EXPECTED[name]} == {
        key: (codemod,) for key, codemod in EXPECTED[name].items()
    }


@pytest.mark.parametrize("name", MANUAL)
def test_what_is_no_edit_pairs_with_nothing(name: str, plans: dict[str, AuditPlan]) -> None:
    found = {entry.finding.id: entry.codemods for entry in plans[name].findings}
    assert {key: found[key] for key in MANUAL[name]} == dict.fromkeys(MANUAL[name], ())


@pytest.mark.parametrize("name", EXPECTED)
def test_in_an_empty_tree_nothing_is_found_and_nothing_is_lost(
    name: str, plans: dict[str, AuditPlan]
) -> None:
    plan = plans[name]
    assert len(plan.findings) == len(read_report(REPORTS / f"{name}.md").findings)
    assert all(entry.here == () and entry.elsewhere == () for entry in plan.findings)
    assert {entry.verdict for entry in plan.findings} <= {"not-found", "manual"}
    assert all(entry.says for entry in plan.findings)


def test_advice_that_would_do_harm_is_named(plans: dict[str, AuditPlan]) -> None:
    (entry,) = [entry for entry in plans["echo"].findings if entry.finding.id == "1"]
    assert any("second event loop" in note for note in entry.notes)


@pytest.mark.parametrize(
    "report", ["ruff.sarif", "bandit.sarif", "bandit.json", "bandit.csv", "semgrep.sarif"]
)
def test_what_tools_report_about_md5_is_anchored_and_paired(tmp_path: Path, report: str) -> None:
    source = '"""Auth."""\n\n\n\nimport hashlib\n\n\ndef key(name: str) -> str:\n    return hashlib.md5(name.encode()).hexdigest()\n'
    root = write(tmp_path, {"sample/app/auth.py": source.replace("\n\n\n\nimport", "\n\n\nimport")})
    found = survey(Request(paths=(root,), root=root, isolated=True))
    plan = make_plan([read_report(TOOLS / report)], found.tree, found.codemods)
    paired = [entry for entry in plan.findings if entry.codemods == ("md5-to-sha256",)]
    assert [[site.line for site in entry.here] for entry in paired] == [[8]]


def test_a_weakness_class_alone_is_too_little(tmp_path: Path) -> None:
    report = finding("app/keys.py:7", "CWE-400\n", title="Uploads of any size are read")
    assert only(planned(write(tmp_path, {"app/keys.py": KEYS}), report)).codemods == ()


def test_code_quoted_by_the_way_does_not_pair(tmp_path: Path) -> None:
    code = "for attempt in range(60):\n    print(attempt)\n    wait(5)\n    retry(attempt)\n"
    report = finding("app/poll.py:1-4", quoted(code), title="Magic numbers")
    assert only(planned(write(tmp_path, {"app/poll.py": code}), report)).codemods == ()


def test_a_reference_to_another_finding_carries_its_codemod(tmp_path: Path) -> None:
    report = finding("app/keys.py:7") + (
        "\n### 1.2 The same for users\n\n**File:** `app/keys.py:11`\n\n**Recommendation:** As 1.1.\n"
    )
    plan = planned(write(tmp_path, {"app/keys.py": KEYS}), report)
    assert [entry.codemods for entry in plan.findings] == [("md5-to-sha256",)] * 2
    assert [[site.line for site in entry.here] for entry in plan.findings] == [[7], [11]]
