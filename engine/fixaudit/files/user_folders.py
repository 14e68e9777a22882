"""The user's own folders: one for what can be made again (caches), one for what cannot (state).

Nothing that fixaudit remembers lies in the tree that it looks at, so that a tree can bring nothing
that counts as remembered. `FIXAUDIT_CACHE_DIR` and `FIXAUDIT_STATE_DIR` name other folders.
"""

from __future__ import annotations

import os
import stat
import sys

from fixaudit.errors import FixauditError

CACHE_VARIABLE = "FIXAUDIT_CACHE_DIR"
STATE_VARIABLE = "FIXAUDIT_STATE_DIR"
_NAME = "fixaudit"


class FolderError(FixauditError):
    """A folder of the user's cannot be made, or is not the user's alone."""


def cache_folder() -> str | None:
    """The folder for caches, which need not exist yet; None where the user has none."""
    named = os.environ.get(CACHE_VARIABLE)
    return os.path.abspath(named) if named else _absolute(_standard_cache())


def state_folder() -> str | None:
    """The folder for the record of runs and decisions, as `cache_folder` gives the other one."""
    named = os.environ.get(STATE_VARIABLE)
    if named:
        return os.path.abspath(named)
    from platformdirs import user_state_dir

    return _absolute(user_state_dir(_NAME, appauthor=False))


def make_private(folder: str) -> None:
    """Make a folder, and those above it, for the user alone (mode 0700); check one that is there.

    Raises:
        FolderError: it cannot be made, is no folder, belongs to somebody else, or others may write
            to it.
    """
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError as error:
        raise FolderError(f"cannot make {folder}: {error.strerror or error}") from error
    if not stat.S_ISDIR(found.st_mode):
        raise FolderError(f"{folder} is a link; a plain folder must be there")
    if hasattr(os, "geteuid"):
        if found.st_uid not in own_ids():
            raise FolderError(f"{folder} belongs to another user")
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise FolderError(f"other users may write to {folder}; take that away: chmod 700")


def own_ids() -> set[int]:
    """The user, and for root under `sudo` the user who called it."""
    own = {os.geteuid()}
    caller = os.environ.get("SUDO_UID", "")
    if own == {0} and caller.isdecimal():
        own.add(int(caller))
    return own


def _standard_cache() -> str:
    if sys.platform in ("darwin", "win32"):
        from platformdirs import user_cache_dir

        return user_cache_dir(_NAME, appauthor=False)
    # As platformdirs says, whose import takes longer than all else that `fixaudit list` does here.
    base = os.environ.get("XDG_CACHE_HOME", "").strip() or os.path.expanduser("~/.cache")
    return os.path.join(base, _NAME)


def _absolute(folder: str) -> str | None:
    """The folder; None for a relative one, which would lie in whatever folder a run starts in."""
    return folder if os.path.isabs(folder) else None
