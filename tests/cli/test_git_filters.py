"""The programs of filters are asked for once, not for every git command, and again when that changes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from repositories import ENVIRONMENT, Work

from fixaudit.files import git as starter


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(tmp_path / "r")
    work.write("a.py", "x = 1\n")
    work.write(".gitattributes", "*.py filter=evil\n")
    work.git("init", "--quiet")
    work.commit()
    return work


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The git commands that were started."""
    started: list[str] = []
    real = starter._run

    def counting(folder: Any, arguments: Any, stdin: bytes, environment: Mapping[str, str] | None, *rest: Any) -> Any:  # fmt: skip
        started.append(next(word for word in arguments if not word.startswith("-") and "=" not in word))  # fmt: skip
        return real(folder, arguments, stdin, environment, *rest)

    monkeypatch.setattr(starter, "_run", counting)
    return started


def _hashed(work: Work, environment: Mapping[str, str] | None = None) -> None:
    done = starter.run_git(work.top, "hash-object", "--stdin", "--path=a.py", stdin=b"x = 2\n", environment=environment)  # fmt: skip
    assert done.returncode == 0, done


def _settled(work: Work) -> None:
    """The configuration was written long ago: only such answers are kept."""
    os.utime(work.top / ".git" / "config", (1_000_000_000, 1_000_000_000))


def _evil(work: Work, marker: Path, *where: str) -> None:
    for name in ("clean", "smudge", "process"):
        work.git("config", *where, f"filter.evil.{name}", f"touch {marker}; cat")


def test_the_settings_are_asked_for_once(work: Work, tmp_path: Path, asked: list[str]) -> None:
    _evil(work, tmp_path / "ran")
    _settled(work)
    for _ in range(20):
        _hashed(work)
    assert not (tmp_path / "ran").exists()
    assert asked.count("hash-object") == 20
    assert asked.count("config") == 1


@pytest.mark.parametrize("where", ["--local", "--worktree", "included", "environment", "onbranch"])
def test_a_filter_that_comes_between_two_commands_is_not_run(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:  # fmt: skip
    marker, included = tmp_path / "ran", tmp_path / "included"
    if where == "--worktree":
        work.git("config", "extensions.worktreeConfig", "true")
    if where == "included":
        work.git("config", "include.path", str(included))
    if where == "onbranch":
        _evil(work, marker, "--file", str(included))
        work.git("config", "includeIf.onbranch:other.path", str(included))
    _settled(work)
    _hashed(work)
    if where == "environment":
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", "filter.evil.clean")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"touch {marker}; cat")
    elif where == "included":
        _evil(work, marker, "--file", str(included))
    elif where == "onbranch":
        work.git("symbolic-ref", "HEAD", "refs/heads/other")
    else:
        _evil(work, marker, where)
    _hashed(work)
    assert not marker.exists()
    git = ("hash-object", "--path=a.py", "a.py")
    work.git(*git)
    assert marker.exists()  # git by itself would have run it


def test_repositories_are_told_apart(work: Work, tmp_path: Path, asked: list[str]) -> None:
    other = Work(tmp_path / "other")
    other.write("a.py", "x = 1\n")
    other.write(".gitattributes", "*.py filter=evil\n")
    other.git("init", "--quiet")
    _evil(other, tmp_path / "ran")
    _settled(work)
    _settled(other)
    for _ in range(2):
        _hashed(work)
        _hashed(other)
    assert not (tmp_path / "ran").exists()
    assert asked.count("config") == 2


def test_a_configuration_that_was_just_written_is_asked_about_again(work: Work, asked: list[str]) -> None:  # fmt: skip
    """Within the precision of a file's time it could be written again unseen."""
    future = 4_000_000_000
    os.utime(work.top / ".git" / "config", (future, future))
    _hashed(work)
    _hashed(work)
    assert asked.count("config") == 2
