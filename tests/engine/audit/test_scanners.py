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
from counted_calls import counted_calls

from fixaudit.errors import ReportError
from fixaudit.reports.model import Report, ReportFinding
from fixaudit.reports.reader import read_report_bytes

SCANNERS = HERE / "scanners"
EXPECTED: dict[str, list[list[str | int | None]]] = json.loads(
    (SCANNERS / "expected.json").read_text()
)
OUTPUTS = sorted(path for path in SCANNERS.iterdir() if path.name != "expected.json")
TEXTS = [path for path in OUTPUTS if path.suffix == ".txt"]
UNRATED = (
    "ruff.full", "ruff.concise", "ruff.grouped", "ruff.pylint", "ruff.rdjson", "ruff.junit", "pylint.html",
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


@pytest.mark.parametrize("name", ["bandit.html.html", "bandit.txt.txt", "ruff.full.txt"])
def test_a_scanners_page_is_no_persons_word(name: str) -> None:
    findings = read_report_bytes(name, (SCANNERS / name).read_bytes()).findings
    assert {finding.by_tool for finding in findings} == {True}


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


@pytest.mark.parametrize(
    "path", [p for p in OUTPUTS if p.suffix in (".json", ".sarif", ".xml")], ids=lambda path: path.name
)  # fmt: skip
def test_an_output_that_was_cut_off_is_named_with_the_line(path: Path) -> None:
    data = path.read_bytes()
    cut = data[: len(data) * 2 // 3].rstrip(b"}\n")
    with pytest.raises(ReportError, match=r"\Areport\.txt:\d+: not valid (JSON|XML): [^\n]+\Z"):
        read_report_bytes("report.txt", cut)


FORMS = {
    "a.txt": "app.py:3:1: error(python.lang.security.insecure-hash): MD5 is used\n",
    "b.txt": "app.py:3:1: python.lang.security.insecure-hash: MD5 is used\n",
    "c.json": '[{"check_id": "python.lang.security.insecure-hash", "path": "app.py", "line": 3, "message": "MD5 is used"}]',
    "d.sarif": '{"runs": [{"tool": {"driver": {"name": "t"}}, "results": [{"ruleId": "python.lang.security.insecure-hash", '
    '"message": {"text": "MD5 is used"}}]}]}',
}


@pytest.mark.parametrize("name", FORMS)
def test_a_rule_in_folders_is_known_by_its_own_name_too(name: str) -> None:
    [finding] = read_report_bytes(name, FORMS[name].encode()).findings
    assert finding.rules == ("python.lang.security.insecure-hash", "insecure-hash")


REPEATED = ("ruff.full.txt", "ruff.grouped.txt", "mypy.pretty.txt", "semgrep.text.txt", "ruff.github.txt", "ruff.json-lines.json")  # fmt: skip


@pytest.mark.parametrize("name", REPEATED)
def test_work_grows_with_the_lines_only(name: str) -> None:
    text = (SCANNERS / name).read_text()

    def work(times: int) -> int:
        reports: list[Report] = []
        data = (text * times).encode()
        calls = counted_calls(lambda: reports.append(read_report_bytes(name, data)))
        assert len(reports[0].findings) == times * len(EXPECTED[name.split(".")[0]])
        return calls

    work(2)
    assert work(80) < 2.2 * work(40)


@pytest.mark.parametrize("name", ["radon.txt", "radon.xml"])
def test_measures_are_no_findings(name: str) -> None:
    text = {
        "radon.txt": "shop/web.py\n    F 6:0 fetch - A\n    F 15:0 close - A\n",
        "radon.xml": '<?xml version="1.0"?>\n<ccm><metric><complexity>3</complexity><unit>fetch</unit>'
        "<file>shop/web.py</file><startLineNumber>6</startLineNumber></metric></ccm>\n",
    }[name]
    report = read_report_bytes(name, text.encode())
    assert report.findings == ()
    assert "no finding was recognised" in report.warnings[0]


WRAPPED = """\
  shop/web.py
    ❯❱ python.lang.security.insecure-
       hash
          Weak hash. Use another
          one.
          Details: https://example.org/x

           10┆ digest("a long text that goes on",
               more.text)
          ⋮┆----------------------------------------
           21┆ digest()
"""


def test_lines_that_semgrep_wraps() -> None:
    findings = read_report_bytes("x.txt", WRAPPED.encode()).findings
    assert [(f.title, f.severity, f.rules[0], f.locations[0].ranges) for f in findings] == [
        ("Weak hash.", "medium", "python.lang.security.insecure-hash", ((line, line),))
        for line in (10, 21)
    ]
