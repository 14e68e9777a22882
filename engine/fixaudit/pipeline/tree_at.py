"""Where a tree that a task names stands on this machine."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from pathlib import Path

from fixaudit.files.user_folders import CACHE_VARIABLE, FolderError, cache_folder, make_private
from fixaudit.model.task import ExecutorError, GitTree, SharedPath, Tree
from fixaudit.worktrees.clones import Clones
from fixaudit.worktrees.worktree import Worktrees


def top_of(tree: Tree) -> Path:
    """The folder of the tree: where it is shared, or a work tree of this process, made from a clone that
    this machine keeps. It is there until another commit is asked for, or the process ends.

    Raises ExecutorError: there is no such folder here. GitError: the commit cannot be had.
    """
    match tree:
        case SharedPath(root=root):
            if not os.path.isdir(root):
                raise ExecutorError(
                    f"{os.uname().nodename}: there is no folder {root}; a worker needs the tree at the"
                    " same path, or a repository that it can clone"
                )
            return Path(root)
        case GitTree():
            return _CHECKED_OUT.top(tree)


class _CheckedOut:
    """The one work tree that this process has."""

    def __init__(self) -> None:
        self._tree: GitTree | None = None
        self._top = Path()
        self._held = ExitStack()

    def top(self, tree: GitTree) -> Path:
        if self._tree != tree:
            self.close()
            self._top = self._made(tree)
            self._tree = tree
        return self._top

    def close(self) -> None:
        self._tree = None
        self._held.close()

    def _made(self, tree: GitTree) -> Path:
        folder = _folder()
        repository = Clones(folder / "clones").at(tree.url, tree.commit)
        # The work trees of a clone stand apart: what processes left that were killed is found there.
        place = folder / "trees" / repository.top.stem
        make_private(os.fspath(place.parent))
        worktrees = self._held.enter_context(Worktrees(repository, place))
        worktrees.remove_leftovers()
        slot = f"judge-{tree.commit[:16]}-{os.getpid()}"
        return self._held.enter_context(worktrees.at(tree.commit, slot))


_CHECKED_OUT = _CheckedOut()
atexit.register(_CHECKED_OUT.close)


def _folder() -> Path:
    found = cache_folder()
    if found is None:
        raise ExecutorError(f"there is no home to keep clones in; set {CACHE_VARIABLE}")
    try:
        make_private(found)
    except FolderError as error:
        raise ExecutorError(f"{error}; {CACHE_VARIABLE} names another folder") from error
    return Path(found)
