"""What `plan` says of flaws that are not found: fixed only where the history or the ledger shows by whom."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from repositories import ENVIRONMENT, Work

from fixaudit_cli.app import run

KEYS = '''\
"""Cache keys."""

import hashlib


def page_key(path: str) -> str:
    return hashlib.md5(path.encode()).hexdigest()
'''
FIXED = KEYS.replace("hashlib.md5(path", "hashlib.sha256(path")
REPORT = "# Audit\n\n### SEC-1: MD5 used for cache keys\n\n**File:** `app/keys.py:7`\n"
SERVER = '''\
"""The server."""

from app import application


def main() -> None:
    application.run(host="0.0.0.0", port=8000, debug=True)
'''
DEBUG = """\
# Audit

### SEC-2: Interactive debugger in production

**File:** `app/server.py:7`

```python
    application.run(host="0.0.0.0", port=8000, debug=True)
```
"""


def plan(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capfd.readouterr()
    run(["plan", "AUDIT.md", ".", "--isolated", *arguments, "--output-format", "json"])
    (found,) = json.loads(capfd.readouterr().out)["findings"]
    assert isinstance(found, dict)
    return found


def told(capfd: pytest.CaptureFixture[str]) -> tuple[str, str, str]:
    found = plan(capfd)
    return found["flaw"], found["verdict"], found["says"]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(Path(os.path.realpath(tmp_path)) / "tree")
    work.top.mkdir()
    work.git("init", "--quiet", "--initial-branch=main")
    monkeypatch.chdir(work.top)
    work.write("pyproject.toml", '[project]\nname = "t"\nrequires-python = ">=3.11"\n')
    return work


def committed(work: Work, message: str, **files: str) -> str:
    """The id of a commit of files, which are named with `__` for `/` and end in `.py` or `.md`."""
    for name, text in files.items():
        end = ".md" if name.isupper() else ".py"
        work.write(name.replace("__", "/") + end, text)
    work.git("add", "-A")
    work.git("commit", "-qm", message)
    return work.git("rev-parse", "--short", "HEAD").strip()


def test_a_commit_that_took_the_cited_line_away_is_named(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS)
    committed(tree, "The audit", AUDIT=REPORT)
    fix = committed(tree, "Keys of a longer digest", app__keys=FIXED)
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) == ("not here", "fixed")
    assert f"commit {fix}" in says
    assert "Keys of a longer digest" in says


def test_so_it_is_where_the_report_came_with_the_fix(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS)
    fix = committed(tree, "Audit, and what it found", AUDIT=REPORT, app__keys=FIXED)
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) == ("not here", "fixed")
    assert f"commit {fix}" in says


def test_a_silent_codemod_proves_nothing(tree: Work, capfd: pytest.CaptureFixture[str]) -> None:
    committed(tree, "Keys", app__keys=FIXED)
    committed(tree, "The audit", AUDIT=REPORT)
    committed(tree, "More", app__more="X = 1\n")
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) == ("not checked", "manual")
    assert "`md5-to-sha256` finds nothing there" in says


def test_a_line_that_changed_and_kept_the_flaw_is_not_fixed(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    two = (
        KEYS
        + "\n\ndef user_key(name: str) -> str:\n    return hashlib.md5(name.encode()).hexdigest()\n"
    )
    report = REPORT + "\n### SEC-3: MD5 for users\n\n**File:** `app/keys.py:11`\n"
    committed(tree, "Keys", app__keys=two)
    committed(tree, "The audit", AUDIT=report)
    committed(tree, "Fix names", app__keys=two.replace("(path.encode", "(page.encode"))
    run(["plan", "AUDIT.md", ".", "--isolated", "--output-format", "json"])
    found = json.loads(capfd.readouterr().out)["findings"]
    assert [entry["flaw"] for entry in found] == ["here", "here"]


def test_what_moved_to_another_file_is_not_fixed(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Server", app__server=SERVER)
    committed(tree, "The audit", AUDIT=DEBUG)
    moved = SERVER.replace("main", "serve")
    committed(tree, "Fix the debugger", app__server="from app.run import serve\n", app__run=moved)
    flaw, _, says = told(capfd)
    assert flaw == "here", says


def test_a_commit_that_speaks_of_the_finding_is_believed(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Server", app__server=SERVER)
    committed(tree, "The audit", AUDIT=DEBUG)
    fixed = SERVER.replace("debug=True", "debug=False")
    fix = committed(tree, "SEC-2: no debugger any more", app__server=fixed)
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) == ("not here", "fixed")
    assert f"commit {fix}" in says


def test_one_that_only_changed_the_line_is_told_and_not_believed(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Server", app__server=SERVER)
    committed(tree, "The audit", AUDIT=DEBUG)
    change = committed(tree, "Another port", app__server=SERVER.replace("8000", "8080"))
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) == ("not checked", "not-found")
    assert f"changed by commit {change}" in says
    assert "port=8080, debug=True" in says


def test_what_is_gone_from_the_work_tree_only_is_not_said_to_be_fixed(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS)
    committed(tree, "The audit", AUDIT=REPORT)
    tree.write("app/keys.py", FIXED)
    flaw, verdict, _ = told(capfd)
    assert (flaw, verdict) == ("not checked", "manual")


def test_a_shallow_clone_has_no_history_to_ask(
    tree: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS)
    committed(tree, "The audit", AUDIT=REPORT)
    committed(tree, "Keys of a longer digest", app__keys=FIXED)
    clone = tmp_path / "shallow"
    source = tree.top.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth", "1", source, str(clone)], check=True)
    monkeypatch.chdir(clone)
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) == ("not checked", "manual")
    assert "the history is not there: this is a shallow clone" in says


def test_what_a_run_fixed_is_known_from_the_ledger(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS, AUDIT=REPORT)
    assert run(["apply", "--report", "AUDIT.md", ".", "--isolated", "--unsafe"]) == 0
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) == ("not here", "fixed")
    assert "run 1 of fixaudit" in says
    assert run(["undo"]) == 0
    assert told(capfd)[:2] == ("here", "unsafe")
