"""A work tree at a commit, for what is planned and not for what is tested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fixaudit.campaigns.working_folder import folder_name, slot, working_folder
from fixaudit.files.git_repository import Repository
from fixaudit.worktrees.worktree import Worktrees


@contextmanager
def plan_tree(repository: Repository, commit: str, left: list[str]) -> Iterator[Path]:
    """A work tree of exactly that commit, gone at the end.

    `left` gets a line for each work tree that could not be removed. Raises GitError, CampaignError,
    FolderError.
    """
    name = folder_name(os.fspath(repository.top))
    folder = working_folder(name, "plans")
    slots = working_folder(name, "plan-slots")
    with Worktrees(repository, folder) as worktrees, slot(slots) as own:
        worktrees.remove_leftovers()
        try:
            with worktrees.at(commit, own) as tree:
                yield tree
        finally:
            left += worktrees.left
