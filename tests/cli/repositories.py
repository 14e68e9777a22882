"""A throw-away git repository for the tests, shielded from the machine's own git settings."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixaudit.files.git_repository import Repository, find_repository

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


@dataclass(frozen=True)
class Work:
    """A work tree at `top`; `git` runs a command in it and returns its output."""

    top: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.top, capture_output=True, text=True, check=True,
            env={**ENVIRONMENT, **os.environ},
        )  # fmt: skip
        return done.stdout

    def write(self, name: str, text: str) -> Path:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def commit(self, **files: str) -> None:
        """Commit files whose names are given with `__` for `/` and without `.py`."""
        for name, text in files.items():
            self.write(name.replace("__", "/") + ".py", text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "more")

    @property
    def repository(self) -> Repository:
        found = find_repository(self.top)
        assert found is not None
        return found

    def hook(self, name: str, script: str) -> None:
        path = self.top / ".git" / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


def new_work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A new repository in `folder/tree`, which this process's git commands are shielded for, too."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(Path(os.path.realpath(folder)) / "tree")
    work.top.mkdir()
    work.git("init", "--quiet", "--initial-branch=main")
    return work
