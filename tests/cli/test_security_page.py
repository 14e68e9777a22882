"""docs/security.md: every key is in its table, every snippet is run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from projects import CODEMOD, fixaudit
from repositories import ENVIRONMENT, Work

from fixaudit.config import layers

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
TWO = "def two(f):\n    try:\n        f()\n    except ValueError as e:\n        raise e\n"


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("FIXAUDIT_TRUST", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(tmp_path / "clone")
    work.write("pyproject.toml", '[tool.fixaudit]\ncodemods = ["tools/codemods"]\nexclude = ["tools"]\n')  # fmt: skip
    work.write("tools/codemods/old_to_new.py", CODEMOD)
    work.write("two.py", TWO)
    work.git("init", "--quiet")
    work.commit()
    return work.top


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}[^\n]*\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_every_key_stands_in_the_table() -> None:
    settings = layers._Settings
    keys = [entry.name.replace("_", "-") for entry in fields(settings)]
    table = "\n".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    missing = [key for key in keys if f"`{key}" not in table]
    assert missing == []


def test_the_workflow_runs_without_code_of_the_repository(clone: Path) -> None:
    workflow = next(block for block in _blocks("yaml") if "jobs:" in block)
    (command,) = re.findall(r"^ +- run: (fixaudit .*)$", workflow, re.MULTILINE)
    done = fixaudit(clone, *shlex.split(command)[1:])
    assert done.code == 1, done
    assert b"::" in done.output
    assert b"bare-reraise" in done.output


def test_the_hook_runs_without_code_of_the_repository(clone: Path) -> None:
    wanted = next(block for block in _blocks("yaml") if "hooks:" in block)
    (hook,) = re.findall(r"- id: (\S+)\n +args: \[(.*)\]$", wanted, re.MULTILINE)
    known = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    (entry,) = re.findall(rf"- id: {hook[0]}$.*?^  entry: (.*?)$", known, re.MULTILINE | re.DOTALL)[
        :1
    ]
    done = fixaudit(clone, *shlex.split(entry)[1:], *hook[1].split(", "), "two.py")
    assert done.code == 1, done
    assert "trust" not in done.notes


def test_the_hash_that_was_read_is_enough_and_another_is_not(clone: Path) -> None:
    (snippet,) = _blocks("sh")
    fixaudit(clone, "trust")
    digest = fixaudit(clone, "trust", "--list").output.decode().strip().rpartition("=")[2]
    fixaudit(clone, "trust", "--remove")
    command = snippet.replace("<hash of fixaudit trust --list>", digest)
    command = command.replace("fixaudit check", f"{sys.executable} -m fixaudit_cli check")
    assert _shell(command, clone) == 1
    module = clone / "tools" / "codemods" / "old_to_new.py"
    module.write_text(module.read_text() + "# changed\n")
    assert _shell(command, clone) == 2


def _shell(command: str, folder: Path) -> int:
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=dict(os.environ), capture_output=True, check=False
    )
    return done.returncode
