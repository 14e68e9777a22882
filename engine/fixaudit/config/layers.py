"""One table of settings laid over another: what `extend` and the command line do."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from fixaudit.config.borders import inside
from fixaudit.config.commit_template import fault
from fixaudit.config.model import (
    MAX_FILE_SIZE,
    Config,
    Ledger,
    OptionTable,
    OwnersSetting,
    PerFileIgnore,
)
from fixaudit.config.options import parse_values
from fixaudit.config.toml import Where

_VERSION = re.compile(r"(?:py)?(\d)\.?(\d+)")


@dataclass(frozen=True)
class _Settings:
    """The keys of `[tool.fixaudit]`."""

    extend: str | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    unsafe: bool | None = None
    format: bool | None = None
    target_version: str | None = None
    line_length: int | None = None
    max_file_size: int | None = None
    codemods: tuple[str, ...] | dict[str, Any] | None = None
    codemod_paths: tuple[str, ...] | None = None
    include_tests: bool | None = None
    per_file_ignores: dict[str, tuple[str, ...]] | None = None
    verify: tuple[str, ...] | None = None
    ledger: dict[str, Any] | None = None
    cache_dir: str | None = None
    commit_message: str | None = None
    owners: str | None = None
    owners_dialect: Literal["github", "gitlab"] | None = None
    packages: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """A table of settings, where it stands, and the folder its relative paths start from."""

    table: Mapping[str, Any]
    where: Where
    folder: Path
    root: Path = field(kw_only=True)
    top: Path | None = field(default=None, kw_only=True)
    """What its paths may not lead out of; None for settings that the command line gives or names."""

    @property
    def is_typed(self) -> bool:
        """True for `key = value` of the command line itself."""
        return self.where.path is None


_PLAIN = (
    "select",
    "ignore",
    "unsafe",
    "format",
    "line_length",
    "verify",
    "include_tests",
    "packages",
)


def laid_over(base: Config, layer: Layer) -> Config:
    """`base` with the settings of `layer` in place of its own; tables are merged key by key.

    Raises:
        ConfigError: an unknown key, a wrong type or a value that makes no sense.
    """
    values = parse_values(_Settings, layer.table, layer.where)
    new: dict[str, Any] = {name: values[name] for name in _PLAIN if name in values}
    if "extend_select" in values:
        new["extend_select"] = (*base.extend_select, *values["extend_select"])
    if "exclude" in values:
        new |= {"exclude": values["exclude"], "exclude_root": layer.root}
    if "target_version" in values:
        new["target_version"] = _version(values["target_version"], layer.where)
    new |= _of_the_user(base, layer, values)
    if "per_file_ignores" in values:
        ignores = values["per_file_ignores"].items()
        added = (PerFileIgnore(layer.root, pattern, names) for pattern, names in ignores)
        new["per_file_ignores"] = (*base.per_file_ignores, *added)
    if "commit_message" in values:
        new["commit_message"] = _template(values["commit_message"], layer.where)
    if "verify" in values:
        new["typed_commands"] = layer.is_typed
    new["owners"] = _owners(base.owners, layer, values)
    return replace(base, **new, **_codemods(base, layer, values))


_WAYS_OUT = {
    "cache-dir": "use --cache-dir or FIXAUDIT_CACHE_DIR",
    "max-file-size": "a tree only lowers it; use --config",
    "ledger": "use --config or FIXAUDIT_LEDGER_MAX_AGE_DAYS, FIXAUDIT_LEDGER_MAX_SIZE_MB",
}


def _of_the_user(base: Config, layer: Layer, values: Mapping[str, Any]) -> dict[str, Any]:
    """What only who runs fixaudit says: where it writes, how long it can be undone, what it may cost.

    In a file that may have come with a tree these keys are checked, and said to be left out.
    """
    new: dict[str, Any] = {}
    unheeded = []
    if "cache_dir" in values:
        if layer.is_typed:
            new["cache_dir"] = Path(os.path.normpath(layer.folder / values["cache_dir"]))
        else:
            unheeded.append("cache-dir")
    if "ledger" in values:
        ledger = parse_values(Ledger, values["ledger"], layer.where / "ledger")
        if layer.top is None:
            new["ledger"] = replace(base.ledger, **ledger)
        else:
            unheeded.append("ledger")
    if "max_file_size" in values:
        size = values["max_file_size"]
        if layer.top is None or 0 < size <= MAX_FILE_SIZE:
            new["max_file_size"] = max(0, size)
        else:
            unheeded.append("max-file-size")
    notes = [
        str(layer.where.error(f'"{key}" is not heeded in a file: {_WAYS_OUT[key]}', key))
        for key in unheeded
    ]
    return new | {"notes": (*base.notes, *notes)}


def _codemods(base: Config, layer: Layer, values: Mapping[str, Any]) -> dict[str, Any]:
    """`codemods` is a list of folders of codemods, or a table of options by codemod."""
    given = values.get("codemods", {})
    folders = values.get("codemod_paths", ())
    if isinstance(given, tuple):
        given, folders = {}, (*given, *folders)
    tables = dict(base.codemods)
    where = layer.where / "codemods"
    for name, table in given.items():
        if not isinstance(table, dict):
            raise where.error(f'"{name}" must be a table of options', name)
        tables[name] = (*tables.get(name, ()), OptionTable(table, where / name))
    key = "codemods" if isinstance(values.get("codemods"), tuple) else "codemod-paths"
    paths = [
        inside(Path(os.path.normpath(layer.folder / folder)), layer.top, layer.where, key)
        for folder in folders
    ]
    typed = map(str, paths) if layer.is_typed else ()
    return {
        "codemods": tables,
        "codemod_paths": tuple(dict.fromkeys((*base.codemod_paths, *paths))),
        "typed_paths": tuple(dict.fromkeys((*base.typed_paths, *typed))),
    }


def _owners(base: OwnersSetting, layer: Layer, values: Mapping[str, Any]) -> OwnersSetting:
    dialect = values.get("owners_dialect", base.dialect)
    if "owners" not in values:
        return replace(base, dialect=dialect)
    path = Path(os.path.normpath(layer.folder / values["owners"]))
    return OwnersSetting(inside(path, layer.top, layer.where, "owners"), dialect, layer.where)


def _template(text: str, where: Where) -> str:
    wrong = fault(text)
    if wrong is not None:
        raise where.error(f'"commit-message" {wrong}', "commit-message")
    return text


def _version(text: str, where: Where) -> tuple[int, int]:
    match = _VERSION.fullmatch(text)
    if match is None:
        raise where.error(
            f'"target-version" must look like "py311", not "{text}"', "target-version"
        )
    return int(match[1]), int(match[2])
