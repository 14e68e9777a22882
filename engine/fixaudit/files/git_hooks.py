"""The hooks of a commit that was asked for, run as `git commit` runs them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from fixaudit.files.atomic_write import write_atomically
from fixaudit.files.git_repository import GitError, Repository

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

_RUNS_HOOKS = (2, 36)


def run_hook(
    repository: Repository, name: str, *arguments: str, environment: Mapping[str, str]
) -> None:
    """Run a hook, if there is one. Raises GitError with what it says where it refuses."""
    if git_version(repository) < _RUNS_HOOKS:
        _run_file(repository, name, arguments, environment)
        return
    done = repository.attempt(
        *("hook", "run", "--ignore-missing", name, "--", *arguments),
        environment=environment,
        hooks=True,
    )
    if done.returncode:
        raise _refusal(name, done)


def hooked_message(
    repository: Repository,
    message: str,
    environment: Mapping[str, str],
    path: Path | None = None,
) -> bytes:
    """The message after the hooks that may change it. Raises GitError where one refuses.

    They are given the file `path`, by default the one that `git commit` gives them.
    """
    shown = os.fspath(path or "")
    path = path or repository.git_path("COMMIT_EDITMSG")
    try:
        write_atomically(path, message.encode())
        shown = shown or os.path.relpath(path, repository.top)
        run_hook(repository, "prepare-commit-msg", shown, "message", environment=environment)
        run_hook(repository, "commit-msg", shown, environment=environment)
        written = path.read_bytes()
    except OSError as error:
        raise GitError(f"cannot write {path}: {error.strerror or error}") from error
    kept = repository.run("stripspace", stdin=written)
    if not kept:
        raise GitError("a hook left no message")
    return kept


@lru_cache(maxsize=16)
def git_version(repository: Repository) -> tuple[int, ...]:
    """The first two numbers of git's version. Raises GitError."""
    said = repository.run("version").decode(errors="replace")
    return tuple(int(number) for number in re.findall(r"\d+", said)[:2])


def _run_file(
    repository: Repository, name: str, arguments: tuple[str, ...], environment: Mapping[str, str]
) -> None:
    path = repository.git_path(f"hooks/{name}", hooks=True)
    if not os.access(path, os.X_OK):
        return
    import subprocess

    try:
        done = subprocess.run(
            [path, *arguments],
            cwd=repository.top,
            env={**os.environ, "GIT_EDITOR": ":", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise GitError(f"the hook {name} cannot be started: {error.strerror}") from error
    if done.returncode:
        raise _refusal(name, done)


def _refusal(name: str, done: subprocess.CompletedProcess[bytes]) -> GitError:
    said = (done.stderr + done.stdout).decode(errors="replace").strip()
    return GitError(f"the hook {name} refused: {said or done.returncode}")
