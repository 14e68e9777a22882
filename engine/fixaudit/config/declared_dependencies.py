"""Which distributions a folder's own metadata names as dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fixaudit.files.plain_file import read_regular

_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_SEPARATORS = re.compile(r"[-_.]+")


def declared_dependencies(folder: Path) -> frozenset[str]:
    """Normalised names (`flask-login`) from `pyproject.toml` and `requirements*.txt` in `folder`.

    Broken or unreadable files name nothing.
    """
    names: set[str] = set()
    for requirement in [*_from_pyproject(folder / "pyproject.toml"), *_from_requirements(folder)]:
        found = _NAME.match(requirement)
        if found:
            names.add(normalised(found.group(1)))
    return frozenset(names)


def normalised(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return _SEPARATORS.sub("-", name).lower()


def _from_requirements(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("requirements*.txt")):
        try:
            yield from read_regular(path).decode("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue


def _from_pyproject(path: Path) -> Iterator[str]:
    import tomllib

    try:
        content = tomllib.loads(read_regular(path).decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return
    project = _table(content.get("project"))
    yield from _strings(project.get("dependencies"))
    for extra in _table(project.get("optional-dependencies")).values():
        yield from _strings(extra)
    for group in _table(content.get("dependency-groups")).values():
        yield from _strings(group)
    poetry = _table(_table(content.get("tool")).get("poetry"))
    yield from _table(poetry.get("dependencies"))
    for group in _table(poetry.get("group")).values():
        yield from _table(_table(group).get("dependencies"))


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
