"""What the settings above a file have mypy do there: check bodies without annotations, name unused ignores."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fixaudit.config.settings_files import ini_in, table_at, toml_in
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.suppress.settings_above import SettingsAbove, place_of

# The files in which mypy looks for its settings, in its order.
_NAMES = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg")
# What `strict` stands for, as far as edits depend on it.
KEYS = ("check_untyped_defs", "warn_return_any", "warn_unused_ignores")


@dataclass(frozen=True, slots=True)
class MypySettings:
    """What one file tells mypy about a key: for all modules, and for those that match a pattern.

    `only` are the packages, modules and paths it is told to check; empty: what it is given.
    """

    path: str
    everywhere: bool
    by_module: tuple[tuple[str, bool], ...] = ()
    only: tuple[str, ...] = ()

    def is_about(self, module: str, place: Path) -> bool:
        """True where the file `place` is among those that mypy checks by these settings."""
        path = os.path.relpath(place, os.path.dirname(self.path)).replace(os.sep, "/")
        return not self.only or any(
            f"{module}.".startswith(f"{name}.") or _is_below(path, name) for name in self.only
        )

    def checks(self, module: str) -> bool:
        """True where the key is on for a module; the longest pattern counts."""
        found = [entry for entry in self.by_module if _matches(entry[0], module)]
        return max(found, key=lambda entry: len(entry[0]))[1] if found else self.everywhere


@memoized
def mypy_is_told(source: Source, key: str) -> str | None:
    """The name of the settings that switch one of `KEYS` on for this file, by itself or by `strict`.

    None where no settings do. By the keys mypy checks bodies without annotations, reports a `return`
    of what is Any to it, and reports an ignore that covers nothing.
    """
    place = place_of(source)
    settings = None if place is None else _above[key].of(source.project, os.path.dirname(place))
    if settings is None or place is None or not settings.is_about(source.module, place):
        return None
    if not settings.checks(source.module):
        return None
    return os.path.basename(settings.path)


def _settings_at(key: str, folder: str) -> MypySettings | None:
    found = (_settings_in(os.path.join(folder, name), key) for name in _NAMES)
    return next((settings for settings in found if settings is not None), None)


_above = {key: SettingsAbove(partial(_settings_at, key)) for key in KEYS}


def _settings_in(path: str, key: str) -> MypySettings | None:
    return _of_toml(path, key) if path.endswith(".toml") else _of_ini(path, key)


def _of_toml(path: str, key: str) -> MypySettings | None:
    table = table_at(toml_in(path), "tool", "mypy")
    if table is None:
        return None
    overrides = table.get("overrides")
    entries = overrides if isinstance(overrides, list) else []
    return MypySettings(
        path, _switched(table, key) or False, tuple(_by_module(entries, key)), _only(table)
    )


def _by_module(entries: list[Any], key: str) -> Iterator[tuple[str, bool]]:
    for entry in entries:
        checks = _switched(entry, key) if isinstance(entry, dict) else None
        if checks is not None:
            modules = entry.get("module")
            for module in modules if isinstance(modules, list) else [modules]:
                yield str(module), checks


def _of_ini(path: str, key: str) -> MypySettings | None:
    sections = ini_in(path) or {}
    if "mypy" not in sections:
        return None
    tables = {name: table for name, table in sections.items() if name.startswith("mypy-")}
    named = ((pattern.strip(), _switched(table, key)) for name, table in tables.items() for pattern in name[5:].split(","))  # fmt: skip
    return MypySettings(
        path,
        _switched(sections["mypy"], key) or False,
        tuple((pattern, checks) for pattern, checks in named if checks is not None),
        _only(sections["mypy"]),
    )


def _only(table: Mapping[str, Any]) -> tuple[str, ...]:
    """The packages, modules and paths that mypy is told to check: a list, or a text with commas."""
    found: list[str] = []
    for key in ("packages", "modules", "files"):
        value = table.get(key, ())
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple):
            continue
        found += [str(name).strip() for name in names if str(name).strip()]
    return tuple(found)


def _is_below(path: str, name: str) -> bool:
    """True for a path that a name or pattern of `files` means, or that lies below what it means."""
    name = name.removeprefix("./").rstrip("/")
    parts = path.split("/")
    above = ("/".join(parts[: number + 1]) for number in range(len(parts)))
    return name == "." or any(fnmatch.fnmatchcase(each, name) for each in above)


def _switched(table: Mapping[str, Any], key: str) -> bool | None:
    """What a table says; None where it leaves that to others."""
    if key in table:
        return _is_on(table[key])
    return True if _is_on(table.get("strict")) else None


def _is_on(value: object) -> bool:
    return value is True or str(value).strip().lower() in ("true", "1", "yes", "on")


def _matches(pattern: str, module: str) -> bool:
    return fnmatch.fnmatchcase(module, pattern) or module == pattern.removesuffix(".*")
