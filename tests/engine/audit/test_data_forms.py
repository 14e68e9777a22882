"""SARIF of three tools, JSON and CSV."""

from __future__ import annotations

import json
from typing import Any

import pytest
from audit_scores import HERE, lines_of

from fixaudit.errors import ReportError
from fixaudit.reports.model import Report
from fixaudit.reports.reader import read_report, read_report_bytes

TOOLS = HERE / "tools"


def brief(report: Report) -> list[tuple[str, str | None, str | None, str]]:
    return [
        (f.id, f.severity, f.locations[0].path, lines_of(f.locations[0].ranges))
        for f in report.findings
    ]


def test_bandit_sarif() -> None:
    report = read_report(TOOLS / "bandit.sarif")
    assert report.format == "sarif"
    assert brief(report) == [
        ("B404.1", "low", "sample/app/auth.py", "3"),
        ("B403.1", "low", "sample/app/auth.py", "4"),
        ("B324.1", "high", "sample/app/auth.py", "8"),
        ("B301.1", "medium", "sample/app/auth.py", "12"),
        ("B602.1", "high", "sample/app/auth.py", "17"),
        ("B110.1", "low", "sample/app/auth.py", "18"),
    ]
    assert "hashlib.md5" in report.findings[2].snippets[0].code


def test_ruff_sarif_keeps_absolute_paths_as_hints() -> None:
    report = read_report(TOOLS / "ruff.sarif")
    first = report.findings[0]
    assert first.rules == ("S324",)
    assert first.locations[0].written.startswith("file:///")
    assert first.locations[0].path == "home/ci/shop/sample/app/auth.py"
    assert not first.locations[0].outside_tree
    assert len(report.findings) == 6


def test_semgrep_sarif_takes_level_and_weakness_from_the_rule() -> None:
    report = read_report(TOOLS / "semgrep.sarif")
    assert brief(report) == [
        ("weak-md5.1", "medium", "sample/app/auth.py", "8"),
        ("shell-true.1", "high", "sample/app/auth.py", "17"),
    ]
    assert report.findings[0].rules == ("weak-md5", "CWE-327")


@pytest.mark.parametrize("name", ["bandit.json", "bandit.csv"])
def test_bandit_json_and_csv_read_as_they_are(name: str) -> None:
    report = read_report(TOOLS / name)
    assert [lines_of(f.locations[0].ranges) for f in report.findings] == [
        "3",
        "4",
        "8",
        "12",
        "17",
        "18",
    ]
    assert [f.rules[0] for f in report.findings] == ["B404", "B403", "B324", "B301", "B602", "B110"]
    assert report.findings[2].rules[1] == "CWE-327"
    assert report.findings[2].severity == "high"


def sarif(*results: dict[str, Any]) -> bytes:
    run = {"tool": {"driver": {"name": "t"}}, "results": list(results)}
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


def test_sarif_paths_out_of_the_tree_are_kept_and_flagged() -> None:
    place = {"physicalLocation": {"artifactLocation": {"uri": "../../etc/passwd"}}}
    coded = {"physicalLocation": {"artifactLocation": {"uri": "%2e%2e/secret.py"}}}
    report = read_report_bytes(
        "a.sarif", sarif({"message": {"text": "m"}, "locations": [place, coded]})
    )
    assert [(p.path, p.outside_tree) for p in report.findings[0].locations] == [
        ("../../etc/passwd", True),
        ("../secret.py", True),
    ]


def test_sarif_passes_and_suppressed_results_are_listed_not_taken() -> None:
    report = read_report_bytes(
        "a.sarif",
        sarif(
            {"message": {"text": "a"}, "kind": "pass"},
            {"message": {"text": "b"}, "suppressions": [{"kind": "inSource"}]},
            {"message": {"text": "c"}, "baselineState": "absent"},
            {
                "message": {"text": "d"},
                "suppressions": [{"kind": "external", "status": "rejected"}],
            },
        ),
    )
    assert [f.title for f in report.findings] == ["d"]
    assert [n.line for n in report.not_taken] == [1, 2, 3]


def test_sarif_messages_by_template_and_artifacts_by_index() -> None:
    log = {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "t",
                        "rules": [{"id": "R1", "messageStrings": {"x": {"text": "no {0}"}}}],
                    }
                },
                "artifacts": [{"location": {"uri": "a.py"}}],
                "results": [
                    {
                        "ruleIndex": 0,
                        "message": {"id": "x", "arguments": ["limit"]},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"index": 0},
                                    "region": {"startLine": 3, "endLine": 5},
                                }
                            }
                        ],
                    }
                ],
            }
        ],
    }
    finding = read_report_bytes("a.sarif", json.dumps(log).encode()).findings[0]
    assert (finding.id, finding.title) == ("R1.1", "no limit")
    assert (finding.locations[0].path, finding.locations[0].ranges) == ("a.py", ((3, 5),))


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ({"version": "2.1.0", "$schema": "sarif"}, "the log has no list 'runs'"),
        ({"runs": []}, "holds no runs"),
        ({"runs": [{}]}, "runs[0] has no 'tool'"),
        ({"runs": [{"tool": {}}]}, "runs[0].tool has no 'driver'"),
        ({"runs": [{"tool": {"driver": {}}}]}, "no 'name'"),
        ({"runs": [{"tool": {"driver": {"name": "t"}}, "results": [7]}]}, "runs[0].results[0] is no object"),
        ({"runs": [{"tool": {"driver": {"name": "t"}}, "results": [{}]}]}, "results[0] has no message"),
        (
            {"runs": [{"tool": {"driver": {"name": "t"}}, "results": [
                {"message": {"text": "m"}, "locations": [{"physicalLocation": {"artifactLocation": {}}}]}]}]},
            "results[0].locations[0] has no artifactLocation.uri",
        ),
    ],
)  # fmt: skip
def test_sarif_with_missing_keys(log: dict[str, Any], says: str) -> None:
    with pytest.raises(ReportError) as caught:
        read_report_bytes("a.sarif", json.dumps(log).encode())
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_minimal_json() -> None:
    rows = [
        {
            "id": "A-1",
            "title": "Weak hash",
            "path": "pkg/a.py",
            "line": "3-5, 9",
            "severity": "P1",
            "rule": "S324",
        },
        {
            "message": "No timeout",
            "locations": [{"file": "b.py", "line": 4, "end_line": 6}, "c.py:7-8"],
        },
        {"title": "Everywhere"},
    ]
    report = read_report_bytes("x.json", json.dumps({"findings": rows}).encode())
    first, second, third = report.findings
    assert (first.id, first.severity, first.rules) == ("A-1", "high", ("S324",))
    assert first.locations[0].ranges == ((3, 5), (9, 9))
    assert [(p.path, p.ranges) for p in second.locations] == [
        ("b.py", ((4, 6),)),
        ("c.py", ((7, 8),)),
    ]
    assert (third.id, third.locations) == ("L3", ())


def test_csv_with_semicolons_quotes_and_line_breaks() -> None:
    text = 'Title;File;Line;Severity\r\n"Bare ""except""\nagain";a.py;4;low\r\nOther;b.py;7-9;\r\n'
    report = read_report_bytes("x.csv", text.encode())
    assert [(f.id, f.title, f.severity) for f in report.findings] == [
        ("L2", 'Bare "except"', "low"),
        ("L4", "Other", None),
    ]
    assert report.findings[1].locations[0].ranges == ((7, 9),)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.json", b'{"a": 1}', "no list of findings"),
        ("x.json", b"[1]", "entry 1 is no object"),
        ("x.json", b'[{"path": "a.py"}]', "entry 1 has no title"),
        (
            "x.json",
            b'[{"title": "t", "path": "a.py", "line": "first"}]',
            "'first', which is no line number",
        ),
        ("x.json", b'{\n"a": }', "x.json:2: not valid JSON"),
        ("x.json", b"[" * 100_000, "nested too deeply"),
        ("x.json", b"3", "neither an object nor a list"),
        ("x.csv", b"a,b\n1,2\n", "no column for the title"),
        ("x.csv", b"title,line\n1,2\n", "no column for the path"),
        ("x.csv", b'title,file\n"a,b\n', "not valid CSV"),
    ],
)
def test_broken_data(name: str, data: bytes, says: str) -> None:
    with pytest.raises(ReportError) as caught:
        read_report_bytes(name, data)
    assert says in str(caught.value)
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


SHAPES: dict[str, Any] = {
    "SonarQube": {"issues": [{"rule": "python:S7502", "severity": "MAJOR", "component": "shop_key:shop/web.py", "line": 8,
                              "textRange": {"startLine": 8, "endLine": 9}, "flows": [], "message": "m"}]},
    "GitLab's code quality": [{"check_name": "S7502", "description": "S7502: m", "severity": "major",
                               "location": {"path": "shop/web.py", "lines": {"begin": 8, "end": 9}}}],
    "GitLab's SAST": {"vulnerabilities": [{"message": "m", "severity": "High", "identifiers": [{"type": "t", "value": "S7502"}],
                                           "location": {"file": "shop/web.py", "start_line": 8, "end_line": 9}}]},
    "GitHub's alerts": [{"rule": {"id": "S7502", "severity": "error"}, "most_recent_instance": {
        "message": {"text": "m"}, "location": {"path": "shop/web.py", "start_line": 8, "end_line": 9}}}],
    "DeepSource": {"occurences": [{"issue_code": "S7502", "issue_title": "m", "severity": "major", "location": {
        "path": "shop/web.py", "position": {"begin": {"line": 8}, "end": {"line": 9}}}}], "summary": {}},
    "an editor's, lines from 0": {"diagnostics": [{"file": "shop/web.py", "rule": "S7502", "severity": "error", "message": "m",
                                  "range": {"start": {"line": 7, "character": 0}, "end": {"line": 8, "character": 1}}}]},
    "lists by file": {"shop/web.py": [{"code": "S7502", "line_number": 8, "end_line": 9, "text": "m", "level": "error"}], "b.py": []},
    "lists in files": [{"filePath": "shop/web.py", "messages": [
        {"ruleId": "S7502", "severity": "high", "message": "m", "line": 8, "endLine": 9}]}],
}  # fmt: skip
"""One finding in the JSON of several services and scanners."""


@pytest.mark.parametrize("name", SHAPES)
def test_json_of_many_shapes(name: str) -> None:
    [finding] = read_report_bytes("x.json", json.dumps(SHAPES[name]).encode()).findings
    [place] = finding.locations
    assert (place.path, place.ranges, finding.severity) == ("shop/web.py", ((8, 9),), "high")
    assert finding.title == "m"
    assert "S7502" in finding.rules


def test_nothing_found_is_no_error() -> None:
    values: list[object] = [
        {"results": [], "errors": []},
        {"generalDiagnostics": [], "summary": {}},
        [],
    ]
    for value in values:
        report = read_report_bytes("x.json", json.dumps(value).encode())
        assert report.findings == ()
        assert len(report.warnings) == 1


def test_codeql_csv_has_no_header() -> None:
    text = '"Weak hash","Long words","error","MD5 is used.","/shop/a.py","6","12","7","42"\n'
    [finding] = read_report_bytes("x.csv", text.encode()).findings
    assert (finding.title, finding.severity, finding.line) == ("MD5 is used.", "high", 1)
    assert finding.locations[0].ranges == ((6, 7),)


def test_checkstyle_and_pmd() -> None:
    checkstyle = '<?xml version="1.0"?>\n<checkstyle><file name="shop/web.py">\n<error line="8" severity="error" message="m" source="flake8.E711"/></file></checkstyle>'
    pmd = '<pmd>\n<file name="shop/web.py">\n<violation beginline="8" endline="9" rule="E711" priority="high">\nm\n</violation></file></pmd>'
    for text in (checkstyle, pmd):
        report = read_report_bytes("x.xml", text.encode())
        [finding] = report.findings
        assert (finding.line, finding.title, finding.severity, finding.rules) == (
            3,
            "m",
            "high",
            ("E711",),
        )
        assert (finding.locations[0].path, finding.locations[0].ranges[0][0]) == ("shop/web.py", 8)


def test_xml_messages_without_a_file_are_not_taken() -> None:
    text = '<testsuite><testcase classname="tests.a" name="test_x">\n<failure message="boom"/></testcase></testsuite>'
    report = read_report_bytes("x.xml", text.encode())
    assert (report.findings, [n.text for n in report.not_taken]) == ((), ["boom"])
