"""Every output format tells the same story: the same findings, the same counts, valid documents."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from fixaudit.model.finding import Verdict
from fixaudit.pipeline.runner import Request, Worker
from fixaudit_cli.app import run
from fixaudit_cli.output.formats.document import MODULES, Collected, render
from fixaudit_cli.output.tally import Tally

SERVICE = Path(__file__).resolve().parents[2] / "examples" / "catalog_service"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formats")


@pytest.fixture(scope="module")
def collected(root: Path) -> Collected:
    """The example service, a file that does not parse and one with a suppressed finding."""
    service, extra = root / "service", root / "extra"
    shutil.copytree(SERVICE, service, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    extra.mkdir()
    (extra / "broken, name.py").write_text("print(\n")
    (extra / "quiet.py").write_text(
        "import hashlib\n\nhashlib.md5(b'')  # noqa: S324 <tag> & more\n"
    )
    worker = Worker(Request(paths=(service, extra), root=root, unsafe=True))
    result = Collected(Tally(), worker.available())
    for outcome in worker.outcomes(worker.discover().files):
        result.tally.add(outcome)
        result.add(outcome)
    return result


@pytest.fixture(scope="module")
def counts(collected: Collected) -> dict[str, int]:
    summary = json.loads("".join(render("json", collected)))["summary"]
    assert summary["verdicts"]["fix"] > 10
    assert summary["verdicts"]["leave"] > 10
    return dict(summary["verdicts"])


def test_json_is_one_document_however_it_is_made(collected: Collected) -> None:
    nothing = Collected(Tally())
    for made in (collected, nothing):
        pieces = list(render("json", made))
        text = "".join(pieces)
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
        found = sum(len(row.sites) for row in made.rows)
        assert len(json.loads(text)["findings"]) == found
        # No piece holds the text of two findings.
        assert len(pieces) >= found + 4
    assert len(collected.rows) > 3


def shown(collected: Collected, *verdicts: str) -> int:
    """How many findings of these verdicts no comment suppresses."""
    sites = [site for row in collected.rows for site in row.sites]
    return sum(site.suppressed is None and site.finding.verdict in verdicts for site in sites)


def test_sarif_is_valid_and_agrees(collected: Collected, counts: dict[str, int]) -> None:
    text = "".join(render("sarif", collected))
    Sarif.model_validate_json(text)
    only = json.loads(text)["runs"][0]
    results = only["results"]
    found = dict.fromkeys(counts, 0)
    rules = {rule["id"] for rule in only["tool"]["driver"]["rules"]}
    for result in results:
        found[result["properties"]["verdict"]] += "suppressions" not in result
        assert result["ruleId"] in rules
        if "fixes" in result:
            assert result["properties"]["applicability"] in {"safe", "unsafe"}
        assert result["partialFingerprints"]["fixaudit/v2"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith("/")
        assert " " not in uri
    assert found == counts
    assert sum("fixes" in result for result in results) > 20
    assert sum("suppressions" in result for result in results) == collected.tally.suppressed == 1
    assert rules == {codemod.code for codemod in collected.codemods}
    invocation = only["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == len(collected.tally.problems) == 1


def test_sarif_fixes_give_the_new_text(collected: Collected, root: Path) -> None:
    """The replacements of one result, carried out on the file, give what its edits give."""
    results = json.loads("".join(render("sarif", collected)))["runs"][0]["results"]
    tried = 0
    for result in results:
        for fix in result.get("fixes", ()):
            path = root / result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            if "%" in str(path):
                continue
            lines = path.read_text("utf-8").splitlines(keepends=True)
            for replacement in reversed(fix["artifactChanges"][0]["replacements"]):
                region = replacement["deletedRegion"]
                first, last = region["startLine"] - 1, region["endLine"] - 1
                head = lines[first][: region["startColumn"] - 1]
                tail = lines[last][region["endColumn"] - 1 :] if last < len(lines) else ""
                lines[first : last + 1] = [head + replacement["insertedContent"]["text"] + tail]
            compile("".join(lines), str(path), "exec")
            tried += 1
    assert tried > 10


def test_github_annotates_what_needs_action(collected: Collected, counts: dict[str, int]) -> None:
    lines = "".join(render("github", collected)).splitlines()
    assert sum(line.startswith("::warning ") for line in lines) == shown(collected, "fix", "unsafe")
    assert sum(line.startswith("::notice ") for line in lines) == shown(collected, "review")
    assert sum(line.startswith("::debug::") for line in lines) == (
        sum(counts.values())
        + collected.tally.suppressed
        - shown(collected, "fix", "unsafe", "review")
    )
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == 1
    assert "broken%2C name.py,line=1," in errors[0]
    assert all(re.match(r"::(warning|notice|error|debug)[ :]", line) for line in lines)


def test_junit_is_well_formed_and_agrees(collected: Collected, counts: dict[str, int]) -> None:
    root = ElementTree.fromstring("".join(render("junit", collected)))
    cases = root.findall(".//testcase")
    assert (
        len(cases)
        == sum(counts.values()) + collected.tally.suppressed + 1
        == int(root.attrib["tests"])
    )
    failures = root.findall(".//failure")
    assert len(failures) == int(root.attrib["failures"])
    assert len(failures) == shown(collected, "fix", "unsafe", "review")
    assert len(root.findall(".//skipped")) == 1
    assert len(root.findall(".//error")) == 1


def test_markdown_holds_counts_reasons_and_diffs(
    collected: Collected, counts: dict[str, int]
) -> None:
    text = "".join(render("markdown", collected))
    total = next(line for line in text.splitlines() if line.startswith("| **all** |"))
    assert [int(cell) for cell in total.split("|")[2:6]] == [counts[verdict] for verdict in Verdict]
    sites = [line for line in text.splitlines() if line.startswith("- line ")]
    assert len(sites) == sum(counts.values()) + collected.tally.suppressed
    changed = [row for row in collected.rows if row.changed is not None]
    assert text.count("diff\ndiff --git ") == len(changed) > 5


class Page(HTMLParser):
    """What a browser would find in the page."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[str] = []
        self.tables = 0
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "li" and values.get("data-verdict") and "suppressed" not in str(values["class"]):
            self.rows.append(values["data-verdict"] or "")
        self.tables += tag == "table" and values.get("class") == "diff"
        self.fetched += [
            value
            for name, value in attrs
            if name in {"src", "href"} and value and not value.startswith("#")
        ]


def test_html_stands_alone_and_agrees(collected: Collected, counts: dict[str, int]) -> None:
    text = "".join(render("html", collected))
    page = Page()
    page.feed(text)
    assert {verdict: page.rows.count(verdict) for verdict in counts} == counts
    assert page.tables == sum(row.changed is not None for row in collected.rows)
    assert page.fetched == []
    assert "<tag>" not in text


@pytest.mark.parametrize("name", MODULES)
def test_check_prints_every_format(name: str, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SERVICE)
    assert run(["check", "--output-format", name, "."]) == 1
    out = capsys.readouterr().out
    assert "logger-exception-cleanup" in out
    assert out.endswith("\n")
