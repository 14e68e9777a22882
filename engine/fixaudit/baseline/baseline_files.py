"""The baseline files of a tree: where they are, and what stands in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from fixaudit.baseline.baseline_format import NAME, BaselineError, read
from fixaudit.baseline.entries import BaselineFile
from fixaudit.files.ignored_dirs import is_never


def read_all(root: Path) -> tuple[BaselineFile, ...]:
    """Every baseline file below a tree, by folder; those of repositories inside of it left out.

    Raises BaselineError: one cannot be read, or is none.
    """
    found = []
    for folder in folders_of(root):
        shown = f"{folder}/{NAME}" if folder else NAME
        try:
            data = (root / folder / NAME).read_bytes()
        except OSError as error:
            raise BaselineError(f"{shown}: cannot be read: {error.strerror or error}") from error
        found.append(read(data, folder, shown))
    return tuple(found)


def folders_of(root: Path) -> list[str]:
    """The folders that hold a baseline file, relative to the tree, sorted."""
    top = os.fspath(root)
    return sorted(os.path.relpath(each, top).replace(os.sep, "/").removeprefix(".") for each in _holding(top))  # fmt: skip


def _holding(folder: str) -> Iterator[str]:
    todo = [folder]
    while todo:
        here = todo.pop()
        try:
            entries = list(os.scandir(here))
        except OSError:
            continue  # a run names folders that it cannot list
        if here != folder and any(entry.name == ".git" for entry in entries):
            continue
        for entry in entries:
            if entry.name == NAME:
                yield here
            elif entry.is_dir(follow_symlinks=False) and not is_never(entry.path, entry.name):
                todo.append(entry.path)
