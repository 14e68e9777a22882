"""Where a tree that a task names stands on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from fixaudit.model.task import ExecutorError, SharedPath, Tree


def top_of(tree: Tree) -> Path:
    """The folder of the tree. Raises ExecutorError: it is not there."""
    if not isinstance(tree, SharedPath):
        raise ExecutorError("not yet")
    if not os.path.isdir(tree.root):
        raise ExecutorError(
            f"{os.uname().nodename}: there is no folder {tree.root}; a worker needs the tree at the"
            " same path, or as a repository that it can clone"
        )
    return Path(tree.root)
