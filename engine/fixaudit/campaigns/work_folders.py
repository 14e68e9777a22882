"""A work tree at a commit, for what is planned and not for what is tested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.working_folder import slot, working_folder
from fixaudit.errors import FixauditError
from fixaudit.files.git_repository import Repository
from fixaudit.worktrees.worktree import Worktrees


@contextmanager
def plan_tree(repository: Repository, commit: str) -> Iterator[Path]:
    """A work tree of exactly that commit, gone at the end.

    An error that names a file in it names it as the commit has it. Raises GitError, CampaignError,
    FolderError.
    """
    name = _name(repository)
    folder = working_folder(name, "plans")
    slots = working_folder(name, "plan-slots")
    with Worktrees(repository, folder) as worktrees, slot(slots) as own:
        worktrees.remove_leftovers()
        with worktrees.at(commit, own) as tree:
            try:
                yield tree
            except FixauditError as error:
                told = str(error).replace(f"{tree}{os.sep}", "")
                if told == str(error):
                    raise
                raise CampaignError(f"{commit[:9]}: {told}") from error


def clear_leftovers(repository: Repository) -> None:
    """Remove the work trees of a user's repository whose processes were killed while they tested there.

    Raises GitError, CampaignError, FolderError.
    """
    with Worktrees(repository, working_folder(_name(repository), "trees")) as worktrees:
        worktrees.remove_leftovers()


def _name(repository: Repository) -> str:
    return blake2b(os.fsencode(repository.top), digest_size=8).hexdigest()
