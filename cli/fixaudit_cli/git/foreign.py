"""Repositories of other users, which git does not read."""

from __future__ import annotations

import os
from pathlib import Path

from fixaudit.files.git_errors import GitError, OwnershipError
from fixaudit.files.git_repository import find_repository
from fixaudit.files.ownership import is_own
from fixaudit.files.repositories import repository_of


def foreign_note(folder: Path) -> str | None:
    """What is said where git refuses another user's repository and the run goes on without it."""
    top = repository_of(os.path.realpath(folder))
    # git is asked only where it may refuse: mostly the answer is known by looking.
    if top is None or (is_own(top) and is_own(os.path.join(top, ".git"))):
        return None
    try:
        find_repository(Path(top))
    except OwnershipError as error:
        return f"{error}; this run does without, and sees no uncommitted changes"
    except GitError:
        return None
    return None
