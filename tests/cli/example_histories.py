"""An example service with a past: the commits of a JSON file, of which the last gives the example as it is."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

HISTORIES = Path(__file__).with_name("services")


def with_history(folder: Path, name: str) -> dict[str, str]:
    """Make `folder`, a copy of an example, the last commit of a repository with the past of
    `services/<name>_history.json`. Full hashes by subject.

    A commit's `changes` are pairs of texts, old and new; they are undone from the last commit to the
    first, then made again one commit after the other. Authors and dates are fixed, so hashes are too.
    """
    commits: list[dict[str, Any]] = json.loads((HISTORIES / f"{name}_history.json").read_text())
    now = {path: path.read_text() for path in _changed(folder, commits)}
    for commit in reversed(commits):
        _replace(folder, commit, old=1, new=0)
    later = {path: (folder / path).read_bytes() for path in _added(commits)}
    for path in later:
        (folder / path).unlink()
    _git(folder, "init", "-q", "-b", "main")
    hashes = {}
    for commit in commits:
        _replace(folder, commit, old=0, new=1)
        for path in commit.get("adds", []):
            (folder / path).write_bytes(later[path])
        _git(folder, "add", "-A")
        _git(folder, "commit", "-q", "-m", commit["subject"], date=commit["date"])
        hashes[commit["subject"]] = _git(folder, "rev-parse", "HEAD").strip()
    assert all(path.read_text() == text for path, text in now.items())
    return hashes


def _changed(folder: Path, commits: list[dict[str, Any]]) -> list[Path]:
    return [folder / path for commit in commits for path in commit.get("changes", {})]


def _added(commits: list[dict[str, Any]]) -> list[str]:
    return [path for commit in commits for path in commit.get("adds", [])]


def _replace(folder: Path, commit: dict[str, Any], *, old: int, new: int) -> None:
    for path, pairs in commit.get("changes", {}).items():
        text = (folder / path).read_text()
        for pair in pairs:
            assert text.count(pair[old]) == 1, (path, pair[old])
            text = text.replace(pair[old], pair[new])
        (folder / path).write_text(text)


def _git(folder: Path, *words: str, date: str = "2026-05-04T10:00:00+00:00") -> str:
    who = {"NAME": "Ada Example", "EMAIL": "ada@notes.example", "DATE": date}
    roles = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    quiet = ("-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null")
    done = subprocess.run(
        ["git", *quiet, *words],
        cwd=folder,
        env=os.environ | roles,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
