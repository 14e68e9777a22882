"""Running the commands of `[worktree] setup`: none may change what is outside of the work tree."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.settings import Command
from fixaudit.checks.timed_command import CommandError, TimedCommand

_LONGEST = 200
_CHANGING = frozenset({"install", "uninstall"})
_ELSEWHERE = ("-t", "--target", "--prefix", "--root", "--python")


class SetupError(CampaignError):
    """The environment of a work tree cannot be made. `log` is the end of what the command printed."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


def run_setup(command: Command, worktree: Path, added: Mapping[str, str], timeout: float) -> None:
    """Run a command at the top of a work tree, for at most `timeout` seconds.

    `added` is put to this process's environment; an empty value takes a variable away. Raises SetupError
    where the command cannot be started, fails, or does not end in time.
    """
    run = TimedCommand(command, worktree, timeout, added)
    _refuse_foreign(command, run, worktree)
    try:
        result = run.run()
    except CommandError as error:
        raise SetupError(f"[worktree] setup: {error}") from error
    if not result.red:
        return
    how = f"took over {timeout:g} s" if result.timed_out else f"exit code {result.returncode}"
    last = " ".join(result.tail(1).split())[:_LONGEST]
    raise SetupError(f"[worktree] setup: `{run.shown}`: {how}{last and f': {last}'}", result.output)


def _refuse_foreign(command: Command, run: TimedCommand, worktree: Path) -> None:
    """Raise SetupError for a pip that would change an environment of the user's."""
    program, *words = command
    is_pip = os.path.basename(program) in ("pip", "pip3")
    if words[:2] == ["-m", "pip"]:
        is_pip, words = True, words[2:]
    if not is_pip or not _CHANGING.intersection(words):
        return
    if any(word.partition("=")[0] in _ELSEWHERE for word in words):
        return
    path = run.environment.get("PATH") or os.environ.get("PATH")
    named = os.path.join(worktree, program) if os.path.dirname(program) else program
    found = shutil.which(named, path=path)
    if found is None or Path(os.path.abspath(found)).is_relative_to(worktree):
        return
    raise SetupError(
        f"[worktree] setup: `{run.shown}` would change the environment of {found}, which is not the work"
        ' tree\'s; make one there first: ["python3", "-m", "venv", ".venv"]'
    )
