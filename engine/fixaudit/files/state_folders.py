"""Where the runs and decisions of a tree are kept: a folder of the user's, never one in the tree.

A tree is known by the real path, the device and the inode of its top, so that what another one
brings along, or has taken the place of this one, is not taken for it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit.files.atomic_write import write_atomically
from fixaudit.files.plain_file import read_plain
from fixaudit.files.user_folders import STATE_VARIABLE, FolderError, make_private, state_folder

_TREES = "trees"
_NOTE = "tree.json"
_MOST_NOTE = 100_000


class WorkspaceError(FixauditError):
    """The folder for a tree's runs cannot be made or written."""


@dataclass(frozen=True, slots=True)
class TreeIdentity:
    """A tree's top: its real path, device and inode."""

    path: str
    device: int
    inode: int

    @classmethod
    def at(cls, root: Path) -> TreeIdentity:
        """The tree at `root`. Raises WorkspaceError where there is none."""
        real = os.path.realpath(root)
        try:
            found = os.stat(real)
        except OSError as error:
            raise WorkspaceError(f"cannot read {root}: {error.strerror or error}") from error
        return cls(real, found.st_dev, found.st_ino)

    @property
    def key(self) -> str:
        """The name of its folder."""
        said = os.fsencode(self.path) + b"\0%d\0%d" % (self.device, self.inode)
        return hashlib.blake2b(said, digest_size=16).hexdigest()


def known_state(root: Path) -> Path | None:
    """The folder of the tree at `root`, which need not be there; None where the user has no home."""
    base = state_folder()
    return None if base is None else Path(base, _TREES, TreeIdentity.at(root).key)


def own_state(root: Path) -> Path:
    """The folder of the tree at `root`, made for the user alone where it is missing.

    Raises WorkspaceError.
    """
    tree = TreeIdentity.at(root)
    folder = states_folder() / tree.key
    try:
        make_private(os.fspath(folder))
        if not (folder / _NOTE).exists():
            note_tree(folder, tree)
    except FolderError as error:
        raise _homeless(str(error)) from error
    except OSError as error:
        raise _homeless(f"cannot write {folder}: {error.strerror or error}") from error
    if not os.access(folder, os.W_OK):
        raise _homeless(f"cannot write {folder}")
    return folder


def states_folder() -> Path:
    """The folder with those of all trees, made where it is missing. Raises WorkspaceError."""
    base = state_folder()
    if base is None:
        raise _homeless("there is no home to record runs in")
    folder = Path(base, _TREES)
    try:
        make_private(os.fspath(folder))
    except FolderError as error:
        raise _homeless(str(error)) from error
    return folder


def note_tree(folder: Path, tree: TreeIdentity) -> None:
    """Write down which tree a folder belongs to. Raises OSError."""
    row = {"path": tree.path, "device": tree.device, "inode": tree.inode}
    write_atomically(folder / _NOTE, json.dumps(row).encode("ascii"))


def noted_tree(folder: Path) -> TreeIdentity | None:
    """The tree that a folder belongs to; None where that cannot be read."""
    try:
        row = json.loads(read_plain(folder / _NOTE, _MOST_NOTE))
        return TreeIdentity(str(row["path"]), int(row["device"]), int(row["inode"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _homeless(reason: str) -> WorkspaceError:
    return WorkspaceError(f"{reason}; set {STATE_VARIABLE} to a folder of your own to write to")
