"""Whose a file or folder is, and which folders of other owners the user has vouched for."""

from __future__ import annotations

import os

from fixaudit.files.git import run_git
from fixaudit.files.user_folders import own_ids


def owner_of(path: str | os.PathLike[str]) -> int | None:
    """The user id that owns a path; None where it is not there, or the system knows no owners."""
    if not hasattr(os, "geteuid"):
        return None
    try:
        return _uid_of(path)
    except OSError:
        return None


def _uid_of(path: str | os.PathLike[str]) -> int:
    return os.stat(path).st_uid


def is_own(path: str | os.PathLike[str]) -> bool:
    """True for what belongs to the user, or to who called `sudo`; always where there are no owners."""
    owner = owner_of(path)
    return owner is None or owner in own_ids()


def is_vouched_for(folder: str) -> bool:
    """True where the user's or the machine's git settings name this very folder in `safe.directory`.

    A `*` alone says nothing about this folder and does not count; settings of a repository never do.
    """
    wanted = os.path.realpath(folder)
    for entry in _safe_directories():
        if entry.endswith("/*") and len(entry) > 2:
            if wanted.startswith(os.path.realpath(entry[:-2]) + os.sep):
                return True
        elif os.path.isabs(entry) and os.path.realpath(entry) == wanted:
            return True
    return False


def _safe_directories() -> list[str]:
    """The entries of `safe.directory` in the git settings of the user and the machine, in order."""
    # Without a repository git reads the settings of the user and the machine alone.
    nowhere = {"GIT_DIR": os.devnull}
    asked = ("config", "--null", "--get-all", "safe.directory")
    try:
        done = run_git(os.path.abspath(os.sep), *asked, environment=nowhere)
    except OSError:
        return []
    found: list[str] = []
    for entry in os.fsdecode(done.stdout).split("\0")[:-1]:
        found = [*found, os.path.expanduser(entry)] if entry else []  # an empty one starts anew
    return found
