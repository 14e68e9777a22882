"""The folders of all trees that runs are recorded of: moving one, and keeping them to a size."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit.files.locking import LOCK, LockedError, state_lock
from fixaudit.files.state_folders import (
    TreeIdentity,
    WorkspaceError,
    known_state,
    note_tree,
    noted_tree,
    own_state,
    states_folder,
)
from fixaudit_cli.write.ledger import DATABASE

MOST_BYTES = 1_000_000_000
"""Of all trees together. One that takes more than a third goes first, and the one that is written
now counts for no more, so that a single tree does not cost the others their runs."""
MOST_DAYS = 180
"""A tree that nothing was recorded of for so long, and that is gone from its place, is forgotten."""


class MoveError(FixauditError):
    """There is nothing to move, or something in the way."""


@dataclass(frozen=True, slots=True)
class State:
    """One tree's folder, its size in bytes, and when it was written last (seconds since the epoch)."""

    folder: Path
    size: int
    used: float


def states() -> list[State]:
    """Those of all trees, the one written last first. Raises WorkspaceError."""
    found = [_measured(folder) for folder in states_folder().iterdir() if folder.is_dir()]
    return sorted(found, key=lambda state: -state.used)


def size_of(root: Path) -> tuple[Path, int] | None:
    """The folder of the tree at `root` and its size in bytes; None where there is none."""
    folder = known_state(root)
    return None if folder is None or not folder.is_dir() else (folder, _measured(folder).size)


def move(root: Path, earlier: Path, wait: float = 0.0) -> Path:
    """Give the tree at `root` the runs of the one that was at `earlier`; its recorded path.

    Also where the tree is at the same path, but its device or inode is another one by now (a disk
    that was mounted anew, a copy that took its place).
    Raises MoveError, LockedError, WorkspaceError.
    """
    tree, wanted = TreeIdentity.at(root), os.path.realpath(earlier)
    target = states_folder() / tree.key
    if (target / DATABASE).exists():
        raise MoveError(f"{root} has runs of its own; nothing was moved")
    for state in states():
        known = noted_tree(state.folder)
        if known is None or known.path != wanted or state.folder == target:
            continue
        if _is_there(known):
            raise MoveError(f"{wanted} is still there; its runs stay with it")
        with state_lock(state.folder, wait):
            if target.exists():
                with suppress(OSError):
                    shutil.rmtree(target)
            os.rename(state.folder, target)
            note_tree(target, tree)
        return Path(known.path)
    raise MoveError(f"no run is recorded of a tree at {wanted}")


def forget_old(root: Path, *, now: float | None = None, most: int = MOST_BYTES) -> list[Path]:
    """Drop what is kept of other trees where it is too old or too much; their paths.

    Trees with an unfinished run in place, and those that another run holds, are left.
    """
    now = time.time() if now is None else now
    own, gone = own_state(root), []
    with suppress(WorkspaceError, OSError):
        found = states()
        share = most // 3
        total = sum(
            min(state.size, share) if state.folder == own else state.size for state in found
        )
        for state in sorted(found, key=lambda state: (state.size <= share, state.used)):
            tree = noted_tree(state.folder)
            is_old = now - state.used > MOST_DAYS * 86400 and (tree is None or not _is_there(tree))
            if state.folder == own or not (is_old or total > most):
                continue
            if _removed(state.folder):
                total -= state.size
                gone.append(state.folder if tree is None else Path(tree.path))
    return gone


def earlier_state(root: Path) -> bool:
    """True where runs are recorded of a tree at this path that was another one."""
    with suppress(WorkspaceError, OSError):
        tree = TreeIdentity.at(root)
        return any(
            known.path == tree.path and known != tree and (folder / DATABASE).is_file()
            for folder, known in _noted()
        )
    return False


def _noted() -> Iterator[tuple[Path, TreeIdentity]]:
    for folder in states_folder().iterdir():
        known = noted_tree(folder)
        if known is not None:
            yield folder, known


def _removed(folder: Path) -> bool:
    try:
        with state_lock(folder):
            for path in folder.iterdir():
                if path.name != LOCK:
                    path.unlink()
        shutil.rmtree(folder)
    except (LockedError, OSError):
        return False
    return True


def _is_there(tree: TreeIdentity) -> bool:
    with suppress(WorkspaceError):
        return TreeIdentity.at(Path(tree.path)) == tree
    return False


def _measured(folder: Path) -> State:
    size, used = 0, 0.0
    for path in folder.iterdir():
        with suppress(OSError):
            found = path.lstat()
            size += found.st_size
            used = max(used, found.st_mtime)
    return State(folder, size, used)
