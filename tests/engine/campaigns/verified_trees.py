"""Repositories with packages whose own checks judge a batch, and the task of one."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from planned_batches import planned
from repositories import Work, new_work

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.places import check_places
from fixaudit.campaigns.settings import VerifySettings, WorktreeSettings
from fixaudit.campaigns.verify_task import Verify
from fixaudit.model.task import SharedPath, Stamp
from fixaudit.workspace.packages import packages

STAMP = Stamp("0" * 32, (3, 11), "1" * 32)
CHECK = (sys.executable, "check.py")
SELECT = ("md5-to-sha256",)
# What a check runs first: it finds the modules of the tree it lies in, and counts its runs.
FRONT = """import os, sys
with open({log!r}, "a") as log:
    log.write(os.path.basename(os.getcwd()) + "\\n")
"""


class Tree:
    """A repository with packages; `runs` are the folders that checks were run in."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.mkdir(exist_ok=True)
        self.work: Work = new_work(folder, monkeypatch)
        self.log = folder / "log"

    @property
    def top(self) -> Path:
        return self.work.top

    @property
    def runs(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []

    def package(self, name: str, module: str, check: str, *needs: str) -> None:
        """A package `name` with the module `NAME_core`, and its check."""
        wanted = ", ".join(f'"{need}"' for need in needs)
        text = f'[project]\nname = "{name}"\nversion = "1"\ndependencies = [{wanted}]\n'
        self.work.write(f"{name}/pyproject.toml", text)
        self.work.write(f"{name}/{name}_core/__init__.py", module)
        self.work.write(f"{name}/check.py", FRONT.format(log=str(self.log)) + check)

    def commit(self) -> str:
        self.work.git("add", "--all")
        self.work.git("commit", "--quiet", "--allow-empty", "-m", "all")
        return self.work.git("rev-parse", "HEAD").strip()

    def batch(self, *names: str) -> Batch:
        """The batch of all md5 of some packages."""
        whole = planned(self.top, *SELECT, verdict="unsafe")
        files = tuple(file for file in whole.files if file.path.partition("/")[0] in names)
        return replace(whole, files=files, packages=names)

    def task(self, *names: str, **verify: Any) -> Verify:
        """The task for the packages of these names, at what is committed now."""
        commit, batch = self.commit(), self.batch(*names)
        settings = VerifySettings(**{"commands": (CHECK,), **verify})
        places, beyond = check_places(packages(self.top), batch, settings)
        return Verify(
            SharedPath(os.fspath(self.top)),
            commit,
            STAMP,
            batch,
            places,
            settings,
            WorktreeSettings(),
            SELECT,
            places_not_run=beyond,
            source=os.fspath(self.top),
        )


def hashes(count: int) -> str:
    """A module with so many functions `h0`, `h1`, …, each with one md5."""
    functions = (
        f"def h{n}(data):\n    return hashlib.md5(data).hexdigest()\n" for n in range(count)
    )
    return "import hashlib\n\n\n" + "\n\n".join(functions)
