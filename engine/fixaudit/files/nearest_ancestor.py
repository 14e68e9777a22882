"""What the nearest folder upward says: each folder is looked at once, however many files ask."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class NearestAncestor(Generic[T]):
    """Answers by folder, for as long as nothing on the way is written.

    Args:
        at: what a folder (its absolute path) says itself; None where those above it are asked.
        ends: true for a folder above which nothing counts.
    """

    def __init__(self, at: Callable[[str], T | None], ends: Callable[[str], bool]) -> None:
        self._at = at
        self._ends = ends
        self._known: dict[str, T | None] = {}

    def of(self, folder: str) -> T | None:
        """What the folder says, or the nearest above it that says anything; None where none does."""
        passed = []
        while folder not in self._known:
            passed.append(folder)
            found = self._at(folder)
            above = os.path.dirname(folder)
            if found is not None or above == folder or self._ends(folder):
                self._known[folder] = found
            else:
                folder = above
        found = self._known[folder]
        self._known.update(dict.fromkeys(passed, found))
        return found


def is_repository(folder: str) -> bool:
    """True for the top of a repository, where tools end their search for settings."""
    return os.path.exists(os.path.join(folder, ".git"))
