"""What a work tree lacks that the tree of the user has: ignored files, generated ones, submodules."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_MOST = 5
_WORD = re.compile(r"[\w.@+~-]*(?:[/\\][\w.@+~-]+)+|[\w@+~-]*\.[\w.@+~-]+")
_MODULE = re.compile(r"No module named '([\w.]+)'")
_FILE = re.compile(r"No such file or directory: [brf]?'([^'\n]+)'")
# What tools make as they run: never why a command is red.
_MADE = frozenset({".git", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
_SOURCES = ("", "src", "lib")


def missing_paths(log: str, worktree: Path, source: str | None, folder: str) -> tuple[str, ...]:
    """The paths a log names that are in the tree `source` and not in the work tree, in their order.

    Relative to the top, with `/`; at most five. `folder` is where the command was run. Modules that
    are not found are looked for as files.
    """
    if source is None:
        return ()
    found: dict[str, None] = {}
    for path in _named(log, os.fspath(worktree), folder):
        parts = path.split("/")
        if ".." in parts or _MADE.intersection(parts) or not path:
            continue
        there = os.path.lexists(os.path.join(source, path))
        if there and not os.path.lexists(worktree / path):
            found[path] = None
    # A folder that is missing says it for all below it.
    kept = [path for path in found if not any(path.startswith(f"{other}/") for other in found)]
    return tuple(kept[:_MOST])


def _named(log: str, top: str, folder: str) -> Iterator[str]:
    text = log.replace(f"{top}{os.sep}", "").replace(os.sep, "/")
    for word in dict.fromkeys([*_FILE.findall(text), *_WORD.findall(text)]):
        if not word.startswith("/"):
            yield from _below((folder, ""), word.rstrip(".:"))
    for name in dict.fromkeys(_MODULE.findall(text)):
        places = [posixpath.join(base, each) for base in (folder, "") for each in _SOURCES]
        module = name.replace(".", "/")
        for ending in (".py", "/__init__.py", ""):
            yield from _below(places, module + ending)


def _below(folders: Iterable[str], word: str) -> Iterator[str]:
    for folder in folders:
        yield posixpath.normpath(posixpath.join(folder, word))
