"""Move HEAD's branch to a commit, under git's own locks, which get second names of ours."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from fixaudit.files.git import start_git
from fixaudit.files.git_hooks import git_version
from fixaudit.files.git_repository import GitError, Repository

# Before, what `update-ref --stdin` answers may stay in its buffer while it waits for the next word.
_ANSWERS = (2, 36)


def move_branch(
    repository: Repository, old: str, new: str, log: str, prepared: Callable[[], None]
) -> str | None:
    """Move it from `old` to `new`; None, or what git said where it refused.

    `prepared` is called while git holds its locks, right before the branch moves (not by a git too
    old to say so). If this process ends before, git takes the locks away. Raises GitError.
    """
    if git_version(repository) < _ANSWERS:
        done = repository.attempt("update-ref", "-m", log, "HEAD", new, old, hooks=True)
        return _said(done.stderr) if done.returncode else None
    try:
        process = start_git(repository.top, "update-ref", "-m", log, "--stdin", hooks=True)
    except OSError as error:
        raise GitError(f"git cannot be started: {error.strerror}") from error
    with process:
        return _in_steps(process, f"start\nupdate HEAD {new} {old}\nprepare\n".encode(), prepared)


def _in_steps(
    process: subprocess.Popen[bytes], steps: bytes, prepared: Callable[[], None]
) -> str | None:
    assert process.stdin is not None
    assert process.stdout is not None
    said = []
    try:
        process.stdin.write(steps)
        process.stdin.flush()
        for line in process.stdout:
            if line == b"prepare: ok\n":
                prepared()
                break
            said.append(line)
        rest = _committed(process)
    except BrokenPipeError:  # it has ended with an error, which comes before
        rest = process.stdout.read()
    return _said(b"".join([*said, rest])) if process.wait() else None


def _committed(process: subprocess.Popen[bytes]) -> bytes:
    return process.communicate(b"commit\n")[0]


def _said(output: bytes) -> str:
    words = output.replace(b"start: ok\n", b"").decode(errors="replace").split()
    return " ".join(words)
