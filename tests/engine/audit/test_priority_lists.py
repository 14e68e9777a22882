"""Lists that say once more what is to be done first, and words at the end of an advice."""

from __future__ import annotations

import pytest

from fixaudit.reports.model import Report, ReportFinding
from fixaudit.reports.reader import read_report_bytes

ISSUES = """\
# Audit of the bed planner

## 1. Correctness

### Issue 1.1: `sys.path` Changed at Import

**File:** `beds/plan.py:4`

**Problem:** What can be imported depends on the order of imports.

**Recommendation:** {advice}

### Issue 1.2: {title}

**File:** `beds/draw.py:9`

**Problem:** The output cannot be switched off.

**Recommendation:** Use the logger.
"""
PRIORITIES = """
## 2. Prioritized Recommendations

### High Priority

1. **Code Quality:** Leave `sys.path` alone (Issue 1.1)
2. **Style:** Log instead of printing (Issue 1.2)
"""


def read(advice: str = "Remove the line.", title: str = "Prints", rest: str = "") -> Report:
    text = ISSUES.format(advice=advice, title=title) + rest
    return read_report_bytes("AUDIT.md", text.encode())


def by_id(report: Report) -> dict[str, ReportFinding]:
    return {finding.id: finding for finding in report.findings}


def test_what_is_to_be_left_alone_is_no_exclusion_where_it_names_its_issue() -> None:
    report = read(rest=PRIORITIES)
    assert report.exclusions == ()
    assert {key: found.severity for key, found in by_id(report).items()} == {
        "1.1": "high",
        "1.2": "high",
    }


@pytest.mark.parametrize(
    ("advice", "disposition"),
    [
        ("The paths are right by now. No action needed.", "none"),
        ("Nothing else reads it. Nothing to change.", "none"),
        ("Keep as-is.", "keep"),
        ("Keep as-is but say why in a docstring, or rename it.", "open"),
        ("Remove it: no action needed in the callers.", "open"),
    ],
)
def test_an_advice_closes_a_finding_only_with_all_it_says(advice: str, disposition: str) -> None:
    assert by_id(read(advice))["1.1"].disposition == disposition


@pytest.mark.parametrize("title", ["Drawings Are Laid Out Well", "The Layout Works Well"])
def test_praise_between_issues_is_no_finding(title: str) -> None:
    text = ISSUES.format(advice="Remove the line.", title=title)
    head, _, tail = text.partition("**File:** `beds/draw.py:9`")
    report = read_report_bytes("AUDIT.md", (head + "They mirror the beds.\n").encode())
    assert [found.id for found in report.findings] == ["1.1"], tail


def test_a_word_between_two_quotations_is_none_of_the_problem() -> None:
    quoted = (
        "```python\nx: Dict = {}\n```\n\nvs\n\n```python\ny: dict = {}\n```\n\n**Problem:** Two"
    )
    text = ISSUES.format(advice="Choose one.", title="Prints").replace("**Problem:** What", quoted)
    report = read_report_bytes("AUDIT.md", text.encode())
    assert by_id(report)["1.1"].problem.startswith("Two can be imported")
