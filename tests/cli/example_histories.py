"""The example services as repositories of their own, one of them with a past."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from repositories import ENVIRONMENT, Work

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DATA = Path(__file__).with_name("services")

Commit = dict[str, Any]


def example_repository(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, services: Path = EXAMPLES
) -> Work:
    """A copy of one of the `services` below `folder`, committed, as the current folder.

    Where `services/<name>_history.json` tells its past, the commits are those of the file and the
    last of them gives the example as it is; else there is one.
    """
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    work = Work(folder.resolve() / name)
    shutil.copytree(services / name, work.top, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    monkeypatch.chdir(work.top)
    work.git("init", "--quiet", "--initial-branch=main")
    past = DATA / f"{name}_history.json"
    commits = json.loads(past.read_text()) if past.exists() else [ONE]
    _rebuild(work, commits, monkeypatch)
    return work


ONE: Commit = {"subject": "Release 1.7.2", "date": "2026-04-20T10:00:00+00:00"}


def _rebuild(work: Work, commits: list[Commit], monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo the commits' changes from the last one to the first, then make them one after the other.

    A change is a pair of texts, the old one and the new one, and each stands once in its file.
    """
    now = {path: path.read_bytes() for path in work.top.rglob("*.*") if path.is_file()}
    for commit in reversed(commits):
        _replace(work.top, commit, old=1, new=0)
    later = {work.top / path for commit in commits for path in commit.get("adds", [])}
    for path in later:
        path.unlink()
    for commit in commits:
        _replace(work.top, commit, old=0, new=1)
        for name in commit.get("adds", []):
            (work.top / name).write_bytes(now[work.top / name])
        for role in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{role}_DATE", commit["date"])
        work.git("add", "--all")
        work.git("commit", "--quiet", "-m", commit["subject"])
    assert {path: path.read_bytes() for path in now} == now


def _replace(top: Path, commit: Commit, *, old: int, new: int) -> None:
    for name, pairs in commit.get("changes", {}).items():
        text = (top / name).read_text()
        for pair in pairs:
            assert text.count(pair[old]) == 1, (name, pair[old])
            text = text.replace(pair[old], pair[new])
        (top / name).write_text(text)
