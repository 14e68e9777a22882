"""`--pair`: a person says which codemod answers a finding; it is remembered, and told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fixaudit_cli.app import run

CLIENT = """\
import requests


def get(url):
    return requests.get(url, verify=False)
"""
REPORT = """\
# Audit

### F-1: Names of things

**File:** `app/client.py:1`

### F-2: The client is careless

**File:** `app/client.py`
"""


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "tree"
    (root / "app").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\nname = 't'\n")
    (root / "app/client.py").write_text(CLIENT)
    (root / "AUDIT.md").write_text(REPORT)
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(root)
    return root


def plan(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capfd.readouterr()
    assert run(["plan", *arguments, "--output-format", "json"]) == 0
    content = json.loads(capfd.readouterr().out)
    return {entry["id"]: entry for entry in content["findings"]}


def acting(entry: dict[str, Any]) -> list[str]:
    return [pair["name"] for pair in entry["codemods"] if pair["acts"]]


def test_what_is_paired_is_remembered_told_and_taken_back(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert acting(plan(capfd, "AUDIT.md")["F-2"]) == []
    for arguments in (["--pair", "F-2=tls-verify"], []):
        found = plan(capfd, "AUDIT.md", *arguments)["F-2"]
        assert (acting(found), found["by_hand"]) == (["tls-verify"], True)
        assert found["notes"][0] == "paired by you with `tls-verify`"
    assert acting(plan(capfd, "AUDIT.md", "--pair", "F-2=FA402,request-timeout")["F-2"]) == [
        "tls-verify",
        "request-timeout",
    ]
    assert run(["plan", "AUDIT.md"]) == 0
    assert (
        "  note    paired by you with `tls-verify`, `request-timeout`\n" in capfd.readouterr().out
    )
    for arguments in (["--pair", "F-2=none"], []):
        found = plan(capfd, "AUDIT.md", *arguments)["F-2"]
        assert (acting(found), found["notes"]) == ([], ["unpaired by you"])
    assert plan(capfd, "AUDIT.md", "--pair", "F-2=auto")["F-2"]["by_hand"] is False
    assert plan(capfd, "AUDIT.md")["F-2"]["by_hand"] is False


def test_it_holds_for_the_report_where_it_stands_and_under_another_name(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan(capfd, "AUDIT.md", "--pair", "F-2=tls-verify")
    (tree / "COPY.md").write_text(REPORT)
    assert acting(plan(capfd, "COPY.md")["F-2"]) == ["tls-verify"]
    (tree / "AUDIT.md").write_text(REPORT + "\n### F-3: More\n\n**File:** `app/client.py:5`\n")
    assert acting(plan(capfd, "AUDIT.md")["F-2"]) == ["tls-verify"]
    (tree / "AUDIT.md").write_text(REPORT.replace("The client is careless", "Something else"))
    assert acting(plan(capfd, "AUDIT.md")["F-2"]) == []


def test_apply_does_what_was_paired(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["apply", "--report", "AUDIT.md", "--unsafe"]
    assert run([*arguments, "--dry-run"]) == 0
    assert "+++" not in capfd.readouterr().out
    assert run([*arguments, "--pair", "F-2=tls-verify", "--dry-run"]) == 0
    captured = capfd.readouterr()
    assert "verify=True" in captured.out
    assert "timeout" not in captured.out
    assert "F-2: paired by you with `tls-verify`" in captured.err
    assert run(arguments) == 0
    assert "verify=True" in (tree / "app/client.py").read_text()


def test_a_plan_file_holds_what_was_paired(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["plan", "AUDIT.md", "--pair", "F-2=tls-verify,request-timeout", "-o", "p.json"]) == 0
    )
    assert run(["plan", "AUDIT.md", "--pair", "F-2=auto"]) == 0
    assert acting(plan(capfd, "AUDIT.md", "--after", "p.json")["F-2"]) == [
        "tls-verify",
        "request-timeout",
    ]
    content = json.loads((tree / "p.json").read_text())
    (entry,) = [each for each in content["findings"] if each["id"] == "F-2"]
    entry["codemods"] = [pair for pair in entry["codemods"] if pair["name"] == "tls-verify"]
    (tree / "p.json").write_text(json.dumps(content))
    assert run(["apply", "--plan", "p.json", "--unsafe"]) == 0
    assert "get(url, verify=True)" in (tree / "app/client.py").read_text()


def test_one_of_several_reports_is_named(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tree / "OTHER.md").write_text(REPORT.replace("careless", "rash"))
    assert run(["plan", "AUDIT.md", "OTHER.md", "--pair", "F-2=tls-verify"]) == 2
    assert "several reports have it" in capfd.readouterr().err
    assert run(["plan", "AUDIT.md", "OTHER.md", "--pair", "OTHER.md:F-2=tls-verify"]) == 0
    assert acting(plan(capfd, "AUDIT.md")["F-2"]) == []
    assert acting(plan(capfd, "OTHER.md")["F-2"]) == ["tls-verify"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("F-3=tls-verify", "no finding has this id; did you mean F-2?"),
        ("F-2=tls-verfy", 'no codemod is called tls-verfy; did you mean "tls-verify"?'),
        ("F-2", "write ID=CODEMOD"),
        ("F-2=", "write ID=CODEMOD"),
        ("F-2=none,tls-verify", "paired with something else as well"),
    ],
)
def test_what_means_nothing_is_one_line_and_exit_2(
    capfd: pytest.CaptureFixture[str], said: str, message: str
) -> None:
    for arguments in (["plan", "AUDIT.md"], ["apply", "--report", "AUDIT.md"]):
        assert run([*arguments, "--pair", said]) == 2
        captured = capfd.readouterr()
        assert message in captured.err
        assert captured.err.count("\n") == 1


def test_without_a_report_there_is_nothing_to_pair(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "--pair", "F-2=tls-verify"]) == 2
    assert "--pair needs --report" in capfd.readouterr().err


def test_a_damaged_file_of_pairs_is_named(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan(capfd, "AUDIT.md", "--pair", "F-2=tls-verify")
    (place,) = (tree.parent / "state").rglob("findings.json")
    for text in ("[]", "{", '{"version": 9}', '{"version": 1, "reports": {"a": 1}}'):
        place.write_text(text)
        assert run(["plan", "AUDIT.md"]) == 2
        assert capfd.readouterr().err.count("findings.json") == 1
