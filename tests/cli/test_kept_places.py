"""What a report asks to keep is never edited by its plan, unless the command says so; and it is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fixaudit_cli.app import run

HELPERS = '''\
"""Helpers."""

import hashlib


def cache_key(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def wire_key(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
'''
FOUND = """\
# Audit

### 1.1 MD5 used for keys

**Severity:** High
**File:** `app/keys.py:7`, `app/keys.py:11`

MD5 is weak (S324).
"""
KEEP = {
    "lines": "## Do not touch\n\n- `app/keys.py:11`: the partner compares this MD5\n",
    "function": "## Do not touch\n\n- `wire_key()` in `app/keys.py`: the partner compares this MD5\n",
    "function alone": "## Do not touch\n\n- `wire_key()`: the partner compares this MD5\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "t"\n')
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("")
    (tmp_path / "app" / "keys.py").write_text(HELPERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(keep: str) -> None:
    Path("AUDIT.md").write_text(f"{FOUND}\n{KEEP[keep]}")


def hashes() -> list[str]:
    lines = Path("app/keys.py").read_text().splitlines()
    return ["md5" if ".md5(" in line else "sha256" for line in lines if "hexdigest" in line]


def planned(capfd: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capfd.readouterr()
    assert run(["plan", "AUDIT.md", "--output-format", "json", *options]) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


@pytest.mark.parametrize("keep", KEEP)
def test_a_kept_place_is_not_edited(
    tree: Path, capfd: pytest.CaptureFixture[str], keep: str
) -> None:
    report(keep)
    assert run(["apply", "--report", "AUDIT.md", "--unsafe"]) == 0
    assert hashes() == ["sha256", "md5"]
    said = capfd.readouterr().err
    assert "1 site that the report asks to keep is left alone" in said
    assert "--with-kept" in said


@pytest.mark.parametrize("keep", KEEP)
def test_a_kept_place_is_not_edited_from_a_plan_file(tree: Path, keep: str) -> None:
    report(keep)
    assert run(["plan", "AUDIT.md", "-o", "plan.json"]) == 0
    assert run(["apply", "--plan", "plan.json", "--unsafe"]) == 0
    assert hashes() == ["sha256", "md5"]


@pytest.mark.parametrize("keep", KEEP)
def test_the_plan_says_what_is_kept_and_by_which_line(
    tree: Path, capfd: pytest.CaptureFixture[str], keep: str
) -> None:
    report(keep)
    plan = planned(capfd)
    (finding,) = plan["findings"]
    assert [row["line"] for row in plan["edits"]] == [7]
    assert [(row["line"], row["suppressed"] is not None) for row in finding["here"]] == [
        (7, False),
        (11, True),
    ]
    assert "AUDIT.md:12 asks to keep this" in finding["says"]
    assert [row["line"] for row in plan["kept"]] == [11]
    assert finding["verdict"] == "mixed"


@pytest.mark.parametrize("how", ["report", "plan"])
def test_with_kept_edits_them_too_and_says_so(
    tree: Path, capfd: pytest.CaptureFixture[str], how: str
) -> None:
    report("lines")
    if how == "report":
        assert run(["apply", "--report", "AUDIT.md", "--unsafe", "--with-kept"]) == 0
    else:
        assert run(["plan", "AUDIT.md", "-o", "plan.json", "--with-kept"]) == 0
        assert run(["apply", "--plan", "plan.json", "--unsafe"]) == 0
    assert hashes() == ["sha256", "sha256"]
    said = capfd.readouterr()
    assert "AUDIT.md:12 asks to keep this" in said.err + said.out


def test_with_kept_needs_a_report(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report("lines")
    assert run(["apply", "--with-kept"]) == 2
    assert "--with-kept needs --report" in capfd.readouterr().err
    assert run(["plan", "AUDIT.md", "-o", "plan.json"]) == 0
    assert run(["apply", "--plan", "plan.json", "--with-kept"]) == 2
    assert "--with-kept needs --report" in capfd.readouterr().err


def test_looking_again_says_kept_of_what_is_kept(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report("lines")
    assert run(["plan", "AUDIT.md", "-o", "plan.json"]) == 0
    assert run(["apply", "--plan", "plan.json", "--unsafe"]) == 0
    (finding,) = planned(capfd, "--after", "plan.json")["findings"]
    assert "asks to keep this" in finding["says"]
    assert "to be fixed" not in finding["says"]
