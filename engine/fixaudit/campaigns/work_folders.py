"""A work tree at a commit, for what is planned and not for what is tested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.working_folder import folder_name, slot, working_folder
from fixaudit.errors import FixauditError
from fixaudit.files.git_repository import Repository
from fixaudit.worktrees.worktree import Worktrees


@contextmanager
def plan_tree(repository: Repository, commit: str, left: list[str]) -> Iterator[Path]:
    """A work tree of exactly that commit, gone at the end.

    `left` gets a line for each work tree that could not be removed. An error that names a file in it
    names it as the commit has it. Raises GitError, CampaignError, FolderError.
    """
    name = folder_name(os.fspath(repository.top))
    folder = working_folder(name, "plans")
    slots = working_folder(name, "plan-slots")
    with Worktrees(repository, folder) as worktrees, slot(slots) as own:
        worktrees.remove_leftovers()
        try:
            with worktrees.at(commit, own) as tree:
                yield from _told_of_commit(tree, commit)
        finally:
            left += worktrees.left


def _told_of_commit(tree: Path, commit: str) -> Iterator[Path]:
    try:
        yield tree
    except FixauditError as error:
        told = str(error).replace(f"{tree}{os.sep}", "")
        if told == str(error):
            raise
        raise CampaignError(f"{commit[:9]}: {told}") from error


def clear_leftovers(repository: Repository, left: list[str]) -> None:
    """Remove the work trees of a user's repository whose processes were killed while they tested there.

    `left` gets a line for each that could not be removed. Raises GitError, CampaignError, FolderError.
    """
    folder = working_folder(folder_name(os.fspath(repository.top)), "trees")
    with Worktrees(repository, folder) as worktrees:
        worktrees.remove_leftovers()
        left += worktrees.left
