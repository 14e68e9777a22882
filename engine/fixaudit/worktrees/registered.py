"""What git keeps of its work trees in the repository: `worktrees/<id>` in the common git folder.

Only what belongs to a given path is looked at or removed; those of the user stay.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from fixaudit.files.git_repository import Repository
from fixaudit.files.remove_tree import remove_tree


class Registered:
    """The entries of the work trees of a repository."""

    def __init__(self, repository: Repository) -> None:
        common = repository.run("rev-parse", "--git-common-dir").rstrip(b"\r\n")
        self._folder = Path(os.path.realpath(repository.top / os.fsdecode(common))) / "worktrees"

    def of(self, path: Path) -> list[Path]:
        """The entries of the work tree at `path`, which need not be there."""
        return [entry for entry, tree in self._all() if tree == path]

    def inside(self, folder: Path) -> set[str]:
        """The names of the work trees that lie, or lay, directly in `folder`."""
        return {tree.name for _, tree in self._all() if tree is not None and tree.parent == folder}

    def unfinished(self, name: str) -> list[str]:
        """The ids that git gives to a work tree in a folder `name`, of entries that name no tree yet."""
        usual = re.compile(rf"{re.escape(name)}\d*")
        return [
            entry.name
            for entry, tree in self._all()
            if tree is None and usual.fullmatch(entry.name)
        ]

    def remove(self, path: Path, unfinished: list[str]) -> None:
        """Remove the entries of `path` and the unfinished ones named. Raises OSError."""
        for entry in (*self.of(path), *(self._folder / name for name in unfinished)):
            remove_tree(entry)
        with suppress(OSError):  # git leaves no empty folder, either
            self._folder.rmdir()

    def _all(self) -> Iterator[tuple[Path, Path | None]]:
        with suppress(FileNotFoundError):
            for entry in sorted(self._folder.iterdir()):
                yield entry, _tree(entry)


def _tree(entry: Path) -> Path | None:
    """The top of the work tree of an entry; None where it does not say."""
    try:
        pointer = os.fsdecode((entry / "gitdir").read_bytes().rstrip(b"\r\n"))
    except OSError:
        return None
    if not pointer:
        return None
    path = os.path.join(entry, pointer)  # newer gits can be told to write relative ones
    return Path(os.path.realpath(os.path.dirname(path)))
