"""Paths as they are kept: relative to a tree's top, so that another checkout asks by the same names."""

from __future__ import annotations

import os


class Place:
    """The top of a tree. What does not lie below it keeps its absolute path."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = os.fspath(root)
        self._prefix = os.path.join(self.root, "")

    def name(self, path: str) -> str:
        """An absolute path as it is kept."""
        if path.startswith(self._prefix):
            return path[len(self._prefix) :]
        return os.curdir if path == self.root else path

    def path(self, name: str) -> str:
        """The absolute path of what `name` gave."""
        return self.root if name == os.curdir else os.path.join(self._prefix, name)

    def relative(self, folder: str) -> str:
        """A folder's place seen from the top, also of one above it: `src`, `.`, `..`, `../..`."""
        try:
            return os.path.relpath(folder, self.root)
        except ValueError:  # on another drive
            return folder

    def without(self, text: str) -> str:
        """A text such as the `repr` of settings, with the tree's own place taken out."""
        return text.replace(repr(self._prefix)[1:-1], "./").replace(repr(self.root), "'.'")
