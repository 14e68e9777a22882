"""What metadata says of other folders: members of uv workspaces, and dependencies that are paths."""

from __future__ import annotations

import os
import posixpath
from typing import Any

from fixaudit.config.settings_files import table_at, toml_in
from fixaudit.files.plain_file import read_regular
from fixaudit.workspace.globs import matcher

_POETRY_GROUPS = (("tool", "poetry", "dependencies"), ("tool", "poetry", "dev-dependencies"))
_EDITABLE = ("-e ", "--editable ", "--editable=")


def workspace_members(path: str, folder: str, folders: list[str]) -> set[str]:
    """Those of `folders` that are members of the uv workspace of a `pyproject.toml`, itself included.

    Args:
        path: the absolute path of the file. folder: its folder, relative to the root like `folders`.
    """
    table = table_at(toml_in(path), "tool", "uv", "workspace")
    if table is None:
        return set()
    is_member = matcher(_texts(table.get("members")))
    is_excluded = matcher(_texts(table.get("exclude")))
    prefix = f"{folder}/" if folder else ""
    found = {folder}
    for each in folders:
        inner = each[len(prefix) :]
        if each.startswith(prefix) and inner and is_member(inner) and not is_excluded(inner):
            found.add(each)
    return found


def poetry_folders(path: str, folder: str) -> dict[str, str]:
    """The folders that Poetry's path dependencies name, relative to the root, each by its key."""
    content = toml_in(path)
    groups = [table_at(content, *keys) for keys in _POETRY_GROUPS]
    more = table_at(content, "tool", "poetry", "group") or {}
    groups += [table_at(group, "dependencies") for group in more.values()]
    found: dict[str, str] = {}
    for group in groups:
        for key, value in (group or {}).items():
            # One table a platform is allowed too.
            for entry in value if isinstance(value, list) else [value]:
                target = _path_of(entry, folder)
                if target is not None:
                    found[target] = key
    return found


def source_folders(path: str, folder: str) -> dict[str, str]:
    """The folders that `[tool.uv.sources]` names by a path, relative to the root, each by its key."""
    sources = table_at(toml_in(path), "tool", "uv", "sources") or {}
    found: dict[str, str] = {}
    for key, value in sources.items():
        for entry in value if isinstance(value, list) else [value]:
            target = _path_of(entry, folder)
            if target is not None:
                found[target] = key
    return found


def fetched_names(path: str) -> set[str]:
    """The keys of `[tool.uv.sources]` that come from elsewhere only: a repository or an address."""
    sources = table_at(toml_in(path), "tool", "uv", "sources") or {}
    found = set()
    for key, value in sources.items():
        entries = value if isinstance(value, list) else [value]
        if entries and all(
            isinstance(entry, dict) and ("git" in entry or "url" in entry) for entry in entries
        ):
            found.add(key)
    return found


def required_folders(path: str, folder: str) -> dict[str, tuple[str, int]]:
    """The folders that lines of a requirements file name, relative to the root: text and line of each."""
    try:
        lines = read_regular(path).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(lines, 1):
        text = line.partition(" #")[0].strip()
        given = next((text[len(mark) :] for mark in _EDITABLE if text.startswith(mark)), text)
        given = given.strip().removeprefix("file:").partition("[")[0].partition(";")[0].strip()
        if given == text and not given.startswith("."):
            continue
        target = _inside(given, folder)
        if target is not None:
            found.setdefault(target, (text, number))
    return found


def _path_of(entry: object, folder: str) -> str | None:
    path = entry.get("path") if isinstance(entry, dict) else None
    return _inside(path, folder) if isinstance(path, str) else None


def _inside(path: str, folder: str) -> str | None:
    """A path as seen from a folder, relative to the root; None for one that is not below the root."""
    path = path.replace(os.sep, "/")
    if path.startswith("/") or "://" in path:
        return None
    joined = posixpath.normpath(posixpath.join(folder or ".", path))
    if joined == ".." or joined.startswith("../"):
        return None
    return "" if joined == "." else joined


def _texts(value: Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
