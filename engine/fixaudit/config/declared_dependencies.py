"""Which distributions a folder's own metadata names as dependencies."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fixaudit.config.settings_files import ini_in, table_at, toml_in
from fixaudit.config.setup_script import setup_call
from fixaudit.files.plain_file import read_regular

_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_SEPARATORS = re.compile(r"[-_.]+")


def declared_dependencies(folder: Path) -> frozenset[str]:
    """Normalised names (`flask-login`) from `pyproject.toml`, `setup.cfg`, the literals of `setup.py`,
    and `requirements*.txt` in `folder`.

    Broken or unreadable files name nothing.
    """
    names: set[str] = set()
    for requirement in [
        *_from_pyproject(folder / "pyproject.toml"),
        *_from_setup_cfg(folder / "setup.cfg"),
        *_from_setup_py(folder / "setup.py"),
        *_from_requirements(folder),
    ]:
        found = _NAME.match(requirement)
        if found:
            names.add(normalised(found.group(1)))
    return frozenset(names)


def normalised(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return _SEPARATORS.sub("-", name).lower()


def requirements_files(folder: str) -> list[str]:
    """The names of the files in a folder that are called `requirements*.txt`, sorted."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(n for n in names if n.startswith("requirements") and n.endswith(".txt"))


def _from_requirements(folder: Path) -> Iterator[str]:
    for name in requirements_files(os.fspath(folder)):
        try:
            yield from read_regular(folder / name).decode("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue


def _from_pyproject(path: Path) -> Iterator[str]:
    content = toml_in(os.fspath(path))
    yield from _strings((table_at(content, "project") or {}).get("dependencies"))
    for keys in (("project", "optional-dependencies"), ("dependency-groups",)):
        for group in (table_at(content, *keys) or {}).values():
            yield from _strings(group)
    yield from _strings((table_at(content, "tool", "uv") or {}).get("dev-dependencies"))
    for group in (table_at(content, "tool", "pdm", "dev-dependencies") or {}).values():
        yield from _strings(group)
    poetry = table_at(content, "tool", "poetry")
    for key in ("dependencies", "dev-dependencies"):
        yield from table_at(poetry, key) or ()
    for group in (table_at(poetry, "group") or {}).values():
        yield from table_at(group, "dependencies") or ()


def _from_setup_cfg(path: Path) -> Iterator[str]:
    sections = ini_in(os.fspath(path)) or {}
    options = sections.get("options", {})
    values = [options.get(key, "") for key in ("install_requires", "tests_require")]
    for value in (*values, *sections.get("options.extras_require", {}).values()):
        if not value.startswith("file:"):
            yield from value.splitlines()


def _from_setup_py(path: Path) -> Iterator[str]:
    call = setup_call(os.fspath(path))
    yield from () if call is None else call.requires


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
