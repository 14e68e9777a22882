"""A monorepo with a bare remote, whose packages check themselves; campaigns in it, by the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from repositories import ENVIRONMENT, Work, new_work

REPO = Path(__file__).parents[2]
RERAISE = """def work_{n}(call):
    try:
        return call()
    except ValueError as error:
        print("no")
        raise error
"""
CHECK = """import os, sys
sys.path[:0] = ["."]
with open({log!r}, "a") as log:
    log.write(os.path.basename(os.getcwd()) + "\\n")
import {name}_core
assert {name}_core.__file__.startswith(os.getcwd())
"""
FILE = """name = "tidy"
select = ["bare-reraise"]

[batch]
by = ["package"]

[verify]
commands = [["{python}", "-B", "check.py"]]
scope = "package"
"""


@dataclass(frozen=True)
class Mono:
    """`work` is the clone of the user, `remote` its bare remote, `log` what checks append to."""

    work: Work
    remote: Path
    log: Path

    @property
    def top(self) -> Path:
        return self.work.top

    @property
    def runs(self) -> list[str]:
        """The packages whose check was run, in that order."""
        return self.log.read_text().split() if self.log.exists() else []

    def package(self, name: str, module: str = RERAISE.format(n=0), check: str = "") -> None:
        self.work.write(
            f"packages/{name}/pyproject.toml", f'[project]\nname = "{name}"\nversion = "1"\n'
        )
        self.work.write(f"packages/{name}/{name}_core/__init__.py", module)
        text = CHECK.format(log=str(self.log), name=name) + check
        self.work.write(f"packages/{name}/check.py", text)

    def campaign(self, more: str = "", text: str = FILE) -> None:
        self.work.write("campaigns/tidy.toml", text.replace("{python}", sys.executable) + more)

    def commit(self, message: str = "more") -> str:
        """Commit everything on main, and push it."""
        self.work.git("add", "--all")
        self.work.git("commit", "--quiet", "--allow-empty", "-m", message)
        self.work.git("push", "--quiet", "origin", "main")
        return self.work.git("rev-parse", "HEAD").strip()

    def fixaudit(
        self, *arguments: str, top: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the command line as another process, everything of the repository trusted."""
        return subprocess.run(
            [sys.executable, "-m", "fixaudit_cli", *arguments],
            cwd=top or self.top,
            capture_output=True,
            text=True,
            check=False,
        )

    def status(self, top: Path | None = None) -> list[dict[str, Any]]:
        done = self.fixaudit("campaign", "status", "tidy", "--output-format", "json", top=top)
        assert done.returncode == 0, done.stderr
        rows: list[dict[str, Any]] = json.loads(done.stdout)["repositories"][0]["batches"]
        return rows

    def statuses(self, top: Path | None = None) -> dict[str, str]:
        return {row["batch"]: row["status"] for row in self.status(top)}

    def clone(self, name: str) -> Work:
        """Another clone of the remote, at another path."""
        target = self.top.parent / name
        self.work.git("clone", "--quiet", str(self.remote), str(target))
        return Work(target)

    def ledger(self, top: Path | None = None) -> tuple[bytes, bytes]:
        """What the campaign came to at `top`, as its ledger and as one patch."""
        folder = self.top.parent
        ledger, patch = folder / "ledger.jsonl", folder / "whole.patch"
        for option, path in (("--ledger", ledger), ("--patch", patch)):
            done = self.fixaudit("campaign", "report", "tidy", option, str(path), top=top)
            assert done.returncode == 0, done.stderr
        return ledger.read_bytes(), patch.read_bytes()


def new_mono(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    """A clone without packages yet; its state and caches lie in `folder`, and everything is trusted."""
    home = Path(os.path.realpath(folder))
    work = new_work(home, monkeypatch)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for variable in ("FIXAUDIT_STATE_DIR", "FIXAUDIT_CACHE_DIR"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    monkeypatch.setenv("FIXAUDIT_TRUST", str(home))
    remote = home / "remote.git"
    subprocess.run(
        ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(remote)], check=True
    )
    work.git("remote", "add", "origin", str(remote))
    return Mono(work, remote, home / "log")
