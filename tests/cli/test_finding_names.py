"""Every edit of a report's plan names the finding it answers: preview, formats, patch and dialog."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from example_service import copied_service
from terminals import Terminal

from fixaudit_cli.app import run

DRY = ("apply", "--report", "AUDIT.md", "--unsafe", "--dry-run")


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return copied_service(tmp_path, monkeypatch)


def titles() -> dict[str, str]:
    """The ids and the titles of the report, as its headings have them."""
    text = Path("AUDIT.md").read_text("utf-8").replace("`", "")
    return dict(re.findall(r"^### Issue ([\d.]+): (.+)$", text, re.MULTILINE))


def test_every_edit_and_every_hunk_of_a_dry_run_names_its_finding(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([*DRY]) == 0
    lines = capfd.readouterr().out.splitlines()
    known = titles()
    edits = [number for number, line in enumerate(lines) if line.startswith("# + ")]
    assert len(edits) > 40
    for number in edits:
        found = re.match(r"#\s+(for|like) ([\d.]+) \((\w+)\) (.+)$", lines[number + 1])
        assert found, lines[number : number + 2]
        assert known[found[2]].startswith(found[4][:20])
    hunks = [line for line in lines if line.startswith("@@ ")]
    assert len(hunks) > 20
    for line in hunks:
        found = re.match(r"@@ \S+ \S+ @@ ([\d.]+) \S+", line)
        assert found, line
        assert found[1] in known


def test_what_is_like_a_cited_place_says_so(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([*DRY, "--finding", "4.4"]) == 0
    out = capfd.readouterr().out
    assert "for 4.4 (low) Bare RuntimeError after an endless loop" in out
    assert "like 4.4 (low) Bare RuntimeError after an endless loop" in out


def test_a_plan_file_gives_the_same_names(service: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run([*DRY]) == 0
    direct = capfd.readouterr().out
    assert run(["plan", "AUDIT.md", "-o", "plan.json"]) == 0
    capfd.readouterr()
    assert run(["apply", "--plan", "plan.json", "--unsafe", "--dry-run"]) == 0
    assert capfd.readouterr().out == direct


def test_the_ids_of_several_reports_are_told_apart(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = [{"title": "Weak MD5", "path": "catalog/ids.py", "line": 11, "rule": "S324"}]
    Path("scan.json").write_text(json.dumps(rows))
    assert run([*DRY, "--report", "scan.json", "--finding", "1.1,L1"]) == 0
    out = capfd.readouterr().out
    assert "for AUDIT.md:1.1 (medium) MD5 used for item ids" in out
    assert "for scan.json:L1 Weak MD5" in out


@pytest.mark.parametrize("form", ["json", "sarif", "markdown", "html", "github", "junit"])
def test_the_formats_name_it_too(
    service: Path, capfd: pytest.CaptureFixture[str], form: str
) -> None:
    assert run([*DRY, "--finding", "1.1", "--output-format", form]) == 0
    out = capfd.readouterr().out
    assert "MD5 used for item ids" in out
    if form == "json":
        (row,) = json.loads(out)["findings"]
        assert row["answers"] == [
            {
                "report": "AUDIT.md",
                "id": "1.1",
                "severity": "medium",
                "title": "MD5 used for item ids",
            }
        ]


def test_the_patch_names_it(service: Path) -> None:
    assert run([*DRY[:-1], "--finding", "1.1", "--patch", "out.patch"]) == 0
    assert "@@ 1.1 MD5 used for item ids; md5-to-sha256: " in Path("out.patch").read_text()


def test_the_dialog_names_it_beside_the_hunk(service: Path) -> None:
    terminal = Terminal(service, *DRY[:-1], "-i", "--finding", "1.1")
    assert "for 1.1 (medium) MD5 used for item ids" in terminal.asked()
    terminal.end("q")
