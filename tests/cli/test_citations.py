"""A person's report that names a site overrides hints and roles; a scanner's, and a bare file, do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fixaudit_cli.app import run

SCRIPT = '''\
"""Load the stock."""


def load(path):
    print("Loading", path)
    return path


def save(path):
    print("Saved", path)  # noqa: T201
'''
PLACE = "scripts/load.py"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "t"\n')
    (tmp_path / "scripts").mkdir()
    (tmp_path / PLACE).write_text(SCRIPT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(place: str, more: str = "") -> None:
    text = f"# Audit\n\n### 1.1 print() used instead of logging\n\n**File:** `{place}`\n\n{more}\n"
    Path("AUDIT.md").write_text(text)


def sarif(line: int) -> None:
    place = {"artifactLocation": {"uri": PLACE}, "region": {"startLine": line}}
    where = [{"physicalLocation": place}]
    result = {"ruleId": "T201", "message": {"text": "print found"}, "locations": where}
    driver = {"tool": {"driver": {"name": "ruff"}}, "results": [result]}
    Path("scan.sarif").write_text(json.dumps({"version": "2.1.0", "runs": [driver]}))


def plan(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    run(["plan", *arguments, "--output-format", "json"])
    (found,) = json.loads(capfd.readouterr().out)["findings"]
    assert isinstance(found, dict)
    return found


def logged() -> str:
    return Path(PLACE).read_text()


def test_a_cited_line_of_a_script_is_fixed(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report(f"{PLACE}:5")
    assert plan(capfd, "AUDIT.md")["verdict"] == "fix"
    assert run(["apply", "--report", "AUDIT.md"]) == 0
    assert 'logger.info("Loading %s", path)' in logged()
    assert 'print("Saved", path)' in logged()


def test_so_it_is_from_a_plan_file(tree: Path) -> None:
    report(f"{PLACE}:5")
    assert run(["plan", "AUDIT.md", "-o", "plan.json"]) == 0
    assert run(["apply", "--plan", "plan.json"]) == 0
    assert 'logger.info("Loading %s", path)' in logged()


def test_a_cited_function_is_fixed(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report(PLACE, "The function `load()` prints.")
    assert plan(capfd, "AUDIT.md")["verdict"] == "fix"


def test_a_file_alone_cites_nothing(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report(PLACE)
    found = plan(capfd, "AUDIT.md")
    assert [site["verdict"] for site in found["here"]] == ["leave", "leave"]
    assert run(["apply", "--report", "AUDIT.md"]) == 0
    assert logged() == SCRIPT


def test_the_rest_of_the_script_stays(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "--select", "print-to-logger"]) == 0
    assert logged() == SCRIPT


def test_a_comment_at_the_site_holds(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report(f"{PLACE}:10")
    assert plan(capfd, "AUDIT.md")["verdict"] == "suppressed"


def test_what_the_report_wants_kept_is_kept(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    kept = f"\n## Do not change\n\n- `{PLACE}:5` prints on purpose, keep it\n"
    report(f"{PLACE}:5", kept)
    assert plan(capfd, "AUDIT.md")["verdict"] == "leave"


def test_a_scanner_overrides_nothing_unless_it_is_trusted(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sarif(5)
    assert plan(capfd, "scan.sarif")["verdict"] == "leave"
    assert plan(capfd, "scan.sarif", "--trust-report")["verdict"] == "fix"
    assert run(["apply", "--report", "scan.sarif", "--trust-report", "--dry-run"]) == 0
    assert "+    logger.info(" in capfd.readouterr().out


def test_lines_of_a_scanner_in_a_report_are_a_scanners(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("AUDIT.md").write_text(f"# Lint\n\n```\n{PLACE}:5:5: T201 `print` found\n```\n")
    assert plan(capfd, "AUDIT.md")["verdict"] == "leave"


def test_trust_without_a_report_is_refused(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "--trust-report"]) == 2
    assert "--trust-report needs --report" in capfd.readouterr().err


def test_json_tells_the_evidence_and_what_a_report_would_do(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(["check", "--select", "print-to-logger", "--output-format", "json"])
    entry = json.loads(capfd.readouterr().out)["findings"][0]
    assert (entry["verdict"], entry["if_cited"], entry["edits"]) == ("leave", "fix", [])
    text = "a script speaks to the terminal (it lies below `scripts/`)"
    role = {"strength": "role", "reach": "module", "path": PLACE, "line": 1, "text": text}
    assert entry["evidence"] == [role]


def test_explain_tells_it_too(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", f"{PLACE}:5"]) == 0
    told = capfd.readouterr().out
    assert f"role (module)  {PLACE}:1  a script speaks" in told
    assert "fix where a report names this place" in told
