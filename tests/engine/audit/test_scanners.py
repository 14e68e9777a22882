"""What scanners print about one small package, in each of their formats: all formats say the same.

`scanners/TOOL.FORMAT.*` are outputs as the tools wrote them (the folder of the run made `/home/ci`, long
texts of the rules in ruff's SARIF cut); `expected.json` has, for each tool, a line a finding: path, line,
rule, severity, message, taken from the tool's own JSON, or its plainest text where it has none.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from audit_scores import HERE

from fixaudit.reports.model import ReportFinding
from fixaudit.reports.reader import read_report_bytes

SCANNERS = HERE / "scanners"
EXPECTED: dict[str, list[list[str | int | None]]] = json.loads(
    (SCANNERS / "expected.json").read_text()
)
OUTPUTS = sorted(path for path in SCANNERS.iterdir() if path.name != "expected.json")
TEXTS = [path for path in OUTPUTS if path.suffix == ".txt"]
UNRATED = (
    "ruff.full", "ruff.concise", "ruff.grouped", "ruff.pylint", "ruff.rdjson", "ruff.junit", "semgrep.text", "pylint.html",
)  # fmt: skip
"""Formats that do not say how bad a finding is, while others of their tool do."""
OTHER_SCALE = ("pylint.github", "ruff.gitlab", "ruff.sarif", "prospector.xunit", "refurb.github")
"""Formats that say it in other words, which need not come to the same."""


def disagreements(name: str, findings: tuple[ReportFinding, ...]) -> list[str]:
    tool, form = name.split(".")[:2]
    wanted = list(EXPECTED[tool])
    wrong = []
    for finding in findings:
        place = finding.locations[0] if finding.locations else None
        line = place.ranges[0][0] if place and place.ranges else None
        for row in wanted:
            path, at, rule, severity, message = row
            if (
                place is not None
                and (place.path or "").endswith(str(path))
                and line == at
                and finding.title.endswith(
                    str(message)
                )  # semgrep's Emacs lines quote the code first
                and (rule is None or rule in finding.rules)
            ):
                wanted.remove(row)
                unrated = f"{tool}.{form}" in UNRATED
                if f"{tool}.{form}" not in OTHER_SCALE and finding.severity != (None if unrated else severity):  # fmt: skip
                    wrong.append(f"severity {finding.severity} of {row}")
                break
        else:
            wrong.append(f"invented {place} {finding.rules} {finding.title}")
    return wrong + [f"missed {row}" for row in wanted]


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: path.name)
def test_every_format_of_a_tool_gives_its_findings(path: Path) -> None:
    report = read_report_bytes(path.name, path.read_bytes())
    assert disagreements(path.name, report.findings) == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
@pytest.mark.parametrize("marks", ["```text\n{}```\n", "{}"], ids=["fenced", "bare"])
def test_pasted_into_markdown_they_stay_what_they_are(path: Path, marks: str) -> None:
    said = marks.format(path.read_text().rstrip("\n") + "\n")
    text = f"# Review\n\nWe ran the tools.\n\n## Their output\n\n{said}\n## By hand\n\n### Issue 1: No lock\n\n**File:** `shop/stock.py:4`\n"
    findings = read_report_bytes("review.md", text.encode()).findings
    assert [(f.id, f.title, f.by_tool) for f in findings if not f.by_tool] == [
        ("1", "No lock", False)
    ]
    assert disagreements(path.name, tuple(f for f in findings if f.by_tool)) == []
    lines = text.split("\n")
    for finding in findings:
        written = "\n".join(lines[finding.line - 1 : finding.end_line])
        assert finding.title[:20] in written
