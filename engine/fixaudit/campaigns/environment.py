"""The environment of a work tree: what is copied into it, what `setup` makes in it, what commands see."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fixaudit.campaigns.copied_files import copy_untracked
from fixaudit.campaigns.kept_environment import KeptEnvironment
from fixaudit.campaigns.settings import WorktreeSettings
from fixaudit.campaigns.setup_run import run_setup
from fixaudit.files.user_folders import make_private

# By these, tools act on an environment of the user's instead of the work tree's.
_ACTIVE = ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "UV_PROJECT_ENVIRONMENT")
# By these, a hook that started us says which repository is its own.
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
_SCRIPTS = "Scripts" if os.name == "nt" else "bin"


@contextmanager
def prepared(
    worktree: Path, source: Path | None, settings: WorktreeSettings, kept: Path, slot: str
) -> Iterator[Mapping[str, str]]:
    """Make the environment of a work tree; gives what commands in it see besides `os.environ`.

    An empty value takes a variable away, as `TimedCommand` understands it.

    Args:
        source: the tree of the user, from which `copy` is taken; None where it is not on this machine.
        kept: the folder, on the work tree's file system, that keeps what `setup` made.
        slot: the name of the work tree's place; one process at a time has it.

    Raises:
        SetupError: what is to be copied is not there or not allowed; a command fails, is not there, or
            does not end in time.
        FolderError: `kept` is not the user's own.
    """
    copy_untracked(source, worktree, settings.copy)
    if not settings.setup:
        yield _unset(_OF_A_HOOK)
        return
    make_private(os.fspath(kept))
    environment = KeptEnvironment(worktree, settings, kept, slot)
    if not environment.take():
        for command in settings.setup:
            # Each sees the environment that one before it has made.
            run_setup(command, worktree, _added(worktree, settings), settings.timeout)
    try:
        yield _added(worktree, settings)
    finally:
        environment.release()


def _added(worktree: Path, settings: WorktreeSettings) -> dict[str, str]:
    added = _unset((*_OF_A_HOOK, *_ACTIVE))
    for name in settings.keep:
        scripts = worktree / name / _SCRIPTS
        if scripts.is_dir():
            path = os.environ.get("PATH", os.defpath)
            added["PATH"] = f"{scripts}{os.pathsep}{path}"
            added["VIRTUAL_ENV"] = os.fspath(worktree / name)
            break
    return added


def _unset(names: tuple[str, ...]) -> dict[str, str]:
    return {name: "" for name in names if name in os.environ}
