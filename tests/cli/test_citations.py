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

WORK = """\
import logging

logger = logging.getLogger(__name__)


def main() -> None:
    for order in open("orders"):
        try:
            book(order)
        except Exception as e:
            logger.error(f"Order {order} could not be booked: {e}")


def book(order: str) -> None:
    print(order, file=open(order, "a"))
"""

STORE = """\
from datetime import datetime


def sent(connection, number):
    now = datetime.utcnow().isoformat()
    connection.execute("UPDATE invoices SET sent_at = ? WHERE number = ?", (now, number))


def created(row):
    return datetime.fromisoformat(row["created"])
"""


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
    assert plan(capfd, "AUDIT.md")["here"] == []
    found = plan(capfd, "AUDIT.md", "--pair", "1.1=print-to-logger")
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
    assert plan(capfd, "AUDIT.md")["verdict"] == "suppressed"


def test_a_cited_call_that_only_a_command_reaches_is_edited(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """That whoever started it wants no traceback is what the code is used for, not what it does."""
    (tree / "pyproject.toml").write_text('[project]\nname = "t"\nscripts.work = "work:main"\n')
    (tree / "work.py").write_text(WORK)
    text = "# Audit\n\n### 2.1 logger.error loses the traceback\n\n**File:** `work.py{}`\n"
    verdicts = []
    for lines in (":11", ""):
        Path("AUDIT.md").write_text(text.format(lines))
        assert run(["plan", "AUDIT.md", "--output-format", "json"]) == 0
        (found,) = json.loads(capfd.readouterr().out)["findings"]
        verdicts.append([site["verdict"] for site in found["here"]])
    assert verdicts == [["unsafe"], []]  # a file alone cites nothing


def test_a_cited_text_of_another_value_is_unsafe(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What a name hints at goes; that the text changes stays."""
    (tree / "store.py").write_text(STORE)
    Path("AUDIT.md").write_text("# Audit\n\n### 3.1 utcnow is naive\n\n**File:** `store.py:5`\n")
    assert run(["plan", "AUDIT.md", "--output-format", "json"]) == 0
    (found,) = json.loads(capfd.readouterr().out)["findings"]
    (site,) = [site for site in found["here"] if site["line"] == 5]
    assert site["verdict"] == "unsafe"
    assert "the text gains `+00:00`" in site["reason"]


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


ONE_OUTPUT = '''\
"""Load the stock."""


def load(path):
    print("Loading", path)
    rows = read(path)
    print("Read", len(rows), "rows")
    tell(rows)
    print("Loaded", path)  # noqa: T201


def tell(rows):
    print("First", rows[0])


def save(path):
    print("Saved", path)
'''


@pytest.fixture
def output(tree: Path) -> Path:
    (tree / PLACE).write_text(ONE_OUTPUT)
    return tree


def test_a_part_of_an_output_takes_the_rest_along_as_unsafe(
    output: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report(f"{PLACE}:5")
    found = plan(capfd, "AUDIT.md")
    assert found["verdict"] == "unsafe"
    verdicts = {site["line"]: site["verdict"] for site in found["here"]}
    assert verdicts == dict.fromkeys((5, 7, 13), "unsafe")
    told = "a report speaks of lines 5, 7 and 13, which go together, and against it speaks: a script speaks"
    assert all(told in site["reason"] for site in found["here"])


def test_the_rest_is_written_with_it_or_not_at_all(
    output: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report(f"{PLACE}:5")
    assert run(["apply", "--report", "AUDIT.md", "--cited-only"]) == 0
    assert logged() == ONE_OUTPUT
    assert run(["apply", "--report", "AUDIT.md", "--cited-only", "--unsafe"]) == 0
    written = [line.strip() for line in logged().splitlines() if "logger." in line]
    assert written == [
        'logger.info("Loading %s", path)',
        'logger.info("Read %s rows", len(rows))',
        'logger.info("First %s", rows[0])',
    ]
    assert 'print("Saved", path)' in logged()


def test_so_it_is_from_a_plan_file_in_which_it_stands(output: Path) -> None:
    report(f"{PLACE}:5")
    assert run(["plan", "AUDIT.md", "-o", "plan.json"]) == 0
    assert run(["apply", "--plan", "plan.json"]) == 0
    assert logged() == ONE_OUTPUT
    assert run(["apply", "--plan", "plan.json", "--unsafe"]) == 0
    assert logged().count("logger.info(") == 3


def test_an_output_that_is_named_as_a_whole_is_fixed(
    output: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report(f"{PLACE}:5-13")
    here = plan(capfd, "AUDIT.md")["here"]
    assert [site["line"] for site in here if site["verdict"] == "fix"] == [5, 7, 13]


def test_what_the_report_wants_kept_is_not_taken_along(
    output: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report(f"{PLACE}:5", f"\n## Do not change\n\n- `{PLACE}:7` prints on purpose, keep it\n")
    found = plan(capfd, "AUDIT.md")
    assert [site["line"] for site in found["here"]] == [5, 13]


def test_functions_that_call_each_other_alone_are_one_output(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = "def ping(n):\n    print('ping', n)\n    pong(n)\n\n\ndef pong(n):\n    print('pong', n)\n    ping(n)\n"
    (tree / PLACE).write_text(text)
    report(f"{PLACE}:2")
    assert [site["line"] for site in plan(capfd, "AUDIT.md")["here"]] == [2, 7]
