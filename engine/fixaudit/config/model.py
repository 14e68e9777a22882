"""What a configuration says, as typed data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from fixaudit.config.options import (
    INCLUDE_TESTS,
    has_test_policy,
    parse_options,
    parse_values,
)
from fixaudit.config.toml import Where
from fixaudit.files.discovery import excluder

T = TypeVar("T")

MAX_FILE_SIZE = 1_000_000
"""Bytes. A tree takes up to 600 bytes for each byte of its text: numbers of one digit, in a list."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """How long the record of past runs is kept; None where it is not said. Never a tree's word."""

    max_age_days: int | None = None
    max_size_mb: int | None = None


_NOWHERE = Where(None)


@dataclass(frozen=True, slots=True)
class OwnersSetting:
    """Which owner file counts, and by whose rules it is read; None where it is not said."""

    file: Path | None = None
    dialect: Literal["github", "gitlab"] | None = None
    where: Where = _NOWHERE


@dataclass(frozen=True, slots=True)
class PerFileIgnore:
    """Selectors that are ignored in files matching `pattern` (as in `.gitignore`, from `root`)."""

    root: Path
    pattern: str
    selectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptionTable:
    """One file's (or command line's) table of options for one codemod."""

    table: Mapping[str, Any]
    where: Where


@dataclass(frozen=True, slots=True)
class Config:
    """The settings for the files of one package.

    Attributes:
        root: the folder of the configuration file, or of the project where there is none.
        path: that file; None where there is none.
        select: selectors of codemods; None stands for those that are on by default.
        exclude: patterns as in `.gitignore`, relative to `exclude_root`.
        unsafe, format: whether to apply unsafe rewrites; whether to run Black on touched lines
            (None: where the target's own configuration does).
        max_file_size: larger files are not parsed, in bytes; 0 for no limit.
        target_version: oldest Python the code must run on, such as `(3, 11)`.
        codemod_paths: absolute folders of the repository's own codemods.
        typed_paths, typed_commands: those of the folders that the command line itself names, and
            whether it names the commands: what is typed there needs no further trust.
        include_tests: whether codemods that leave tests alone judge them; None: as their own
            tables say, and otherwise not.
        codemods: tables of options by codemod name, later ones overriding earlier ones.
        verify: commands that must pass after a run.
        commit_message: the form of the message of a commit that answers a finding of a report.
        owners: the file that says who owns what, and its dialect.
        packages: globs of the folders that are packages, in place of those found; None: those found.
        notes: what is said, once, of settings that are not heeded.
    """

    root: Path
    path: Path | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    exclude_root: Path | None = None
    unsafe: bool = False
    format: bool | None = None
    target_version: tuple[int, int] | None = None
    line_length: int | None = None
    max_file_size: int = MAX_FILE_SIZE
    codemod_paths: tuple[Path, ...] = ()
    include_tests: bool | None = None
    codemods: Mapping[str, tuple[OptionTable, ...]] = field(default_factory=dict)
    per_file_ignores: tuple[PerFileIgnore, ...] = ()
    verify: tuple[str, ...] = ()
    commit_message: str | None = None
    owners: OwnersSetting = OwnersSetting()
    ledger: Ledger = Ledger()
    cache_dir: Path | None = None
    typed_paths: tuple[str, ...] = ()  # no set: the `repr` of settings is in the cache's keys
    typed_commands: bool = False
    packages: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    def options(self, codemod: str, options_type: type[T]) -> T:
        """The options of one codemod, typed; extended files first, the command line last.

        `include-tests` of the whole configuration counts where no table of the codemod gives it.

        Raises:
            ConfigError: an option that the dataclass does not know, or of another type.
        """
        layers = self.codemods.get(codemod, ())
        merged: dict[str, Any] = {}
        if self.include_tests is not None and has_test_policy(options_type):
            merged[INCLUDE_TESTS.replace("_", "-")] = self.include_tests
        if not merged and not layers:
            return options_type()
        for layer in layers:
            parse_values(options_type, layer.table, layer.where)
            merged |= {key.replace("_", "-"): value for key, value in layer.table.items()}
        where = layers[-1].where if layers else Where(self.path)
        return parse_options(options_type, merged, where)

    def check_codemods(self, names: Iterable[str]) -> None:
        """Refuse options for a codemod that is not among `names`.

        Raises:
            ConfigError: with the file, the line and the nearest name.
        """
        known = set(names)
        for name, layers in self.codemods.items():
            if name not in known:
                where = layers[-1].where
                raise replace(where, keys=where.keys[:-1]).unknown("codemod", name, known)

    def ignored_in(self, path: Path) -> tuple[str, ...]:
        """The selectors that `per-file-ignores` names for an absolute path."""
        if not self.per_file_ignores:
            return ()
        found: list[str] = []
        for entry in self.per_file_ignores:
            if _matcher((entry.pattern,), entry.root)(os.fspath(path)):
                found += entry.selectors
        return tuple(dict.fromkeys(found))

    def excludes(self, path: Path) -> bool:
        """True where `exclude` covers an absolute path."""
        return _matcher(self.exclude, self.exclude_root or self.root)(os.fspath(path))

    def exclusion(self, path: Path) -> str:
        """What of `exclude` covers an absolute path that is excluded, for people."""
        root = self.exclude_root or self.root
        one = next((p for p in self.exclude if _matcher((p,), root)(os.fspath(path))), None)
        pattern = f"`exclude` names `{one}`" if one else "`exclude`"
        return f"excluded by {self.path.name if self.path else 'the configuration'} ({pattern})"


@lru_cache(maxsize=256)
def _matcher(patterns: tuple[str, ...], root: Path) -> Callable[[str], bool]:
    # Compiling a pattern costs far more than a match, and every file of a run asks.
    return excluder(patterns, root)
