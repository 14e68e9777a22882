"""What settings of tools say in the folders above a file, up to the top of its repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from fixaudit.files.nearest_ancestor import NearestAncestor, is_repository
from fixaudit.semantics.project import Project
from fixaudit.source.source import Source

T = TypeVar("T")


def place_of(source: Source) -> Path | None:
    """Where the file of a source is, or would be; None for text that stands in no file."""
    if source.location is not None or source.project.root is None:
        return source.location
    return source.project.root / source.path


class SettingsAbove(Generic[T]):
    """Answers by folder: each folder is looked at once for all files of a project.

    Args:
        at: what a folder (its absolute path) says itself; None where those above it are asked.
    """

    def __init__(self, at: Callable[[str], T | None]) -> None:
        self._at = at
        self._known: WeakKeyDictionary[Project, NearestAncestor[T]] = WeakKeyDictionary()

    def of(self, project: Project, folder: str) -> T | None:
        """What the folder says, or the nearest above it that says anything; None where none does."""
        if project not in self._known:
            self._known[project] = NearestAncestor(self._at, is_repository)
        return self._known[project].of(folder)
