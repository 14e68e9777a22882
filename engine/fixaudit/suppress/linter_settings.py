"""Rules that a project has switched off in its linters: what it decided, edits should respect.

Read are the nearest settings above a file of Ruff (`.ruff.toml`, `ruff.toml`, `pyproject.toml`, with
`extend`), flake8 (`.flake8`, `setup.cfg`, `tox.ini`, `pyproject.toml`) and pylint. Only what is
switched off by name or prefix counts: a rule that nobody selected is no decision.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from fixaudit.config.borders import is_inside, top_of
from fixaudit.files.nearest_ancestor import is_repository
from fixaudit.files.parsed_file import parsed_once
from fixaudit.semantics.project import Project
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.suppress import linter_tables
from fixaudit.suppress.settings_above import SettingsAbove, place_of

_NAMES = (
    ".ruff.toml",
    "ruff.toml",
    ".flake8",
    ".pylintrc",
    "pylintrc",
    "setup.cfg",
    "tox.ini",
    "pyproject.toml",
)
_MOST_EXTENDED = 8


@dataclass(frozen=True, slots=True)
class LintSettings:
    """What one file of settings says to one linter.

    `ignored` and `selected` are codes or prefixes of codes, `per_file` pairs of a glob and the
    codes switched off for what it matches; `extends` is the file these settings build on.
    """

    tool: str
    path: str
    ignored: tuple[str, ...] = ()
    selected: tuple[str, ...] = ()
    per_file: tuple[tuple[str, tuple[str, ...]], ...] = ()
    extends: str | None = None

    def decides(self, rule: str, file: str) -> bool | None:
        """True where the rule is off for the file, False where it is on; None for no decision.

        Of two prefixes the longer one counts, as Ruff and flake8 have it; of equals the ignored.
        """
        for pattern, codes in self.per_file:
            if _longest(codes, rule) and _matches(pattern, os.path.dirname(self.path), file):
                return True
        ignored, selected = _longest(self.ignored, rule), _longest(self.selected, rule)
        return None if not ignored and not selected else ignored >= selected


@memoized
def rule_switched_off(source: Source, *rules: str) -> str | None:
    """Where the project has switched one of the rules (`B904`, …) off for a file.

    A phrase for a reason, such as "B904 is switched off in pyproject.toml"; None where no linter's
    settings say so, and for text that stands in no file. Settings that cannot be read say nothing.
    """
    place = place_of(source)
    if place is None:
        return None
    done: set[str] = set()
    for settings in _settings_above(source.project, os.path.dirname(place)):
        if settings.tool in done:
            continue
        done.add(settings.tool)
        for rule in rules:
            decided = _decision(settings, rule, str(place))
            if decided is not None:
                return f"{rule} is switched off in {os.path.basename(decided.path)}"
    return None


def _decision(settings: LintSettings, rule: str, file: str) -> LintSettings | None:
    """The settings that switch the rule off, these or one they extend."""
    current: LintSettings | None = settings
    for _ in range(_MOST_EXTENDED):
        if current is None:
            return None
        decided = current.decides(rule, file)
        if decided is not None:
            return current if decided else None
        base = current.extends
        current = None
        if base is not None:
            current = next(
                (entry for entry in _parsed(base) or () if entry.tool == settings.tool), None
            )
    return None


def _settings_above(project: Project, folder: str) -> Iterator[LintSettings]:
    """The settings of all folders up to the repository's top, nearest first."""
    while (said := _above.of(project, folder)) is not None:
        yield from said.settings
        folder = os.path.dirname(said.folder)
        if is_repository(said.folder) or folder == said.folder:
            return


class _Said(NamedTuple):
    folder: str
    settings: tuple[LintSettings, ...]


def _said_in(folder: str) -> _Said | None:
    found = [entry for name in _NAMES for entry in _parsed(os.path.join(folder, name)) or ()]
    return _Said(folder, tuple(found)) if found else None


_above = SettingsAbove(_said_in)


@parsed_once
def _parsed(path: str) -> tuple[LintSettings, ...]:
    tables = linter_tables.tables_of(path)
    return tuple(_settings(tool, table, path) for tool, table in tables.items())


def _settings(tool: str, table: Mapping[str, Any], path: str) -> LintSettings:
    words = linter_tables.words
    if tool == "pylint":
        return LintSettings(tool, path, words(table.get("disable")), words(table.get("enable")))
    lint = table.get("lint")
    tables = [table, *([lint] if isinstance(lint, dict) else [])]
    extends = table.get("extend")
    return LintSettings(
        tool,
        path,
        _joined(tables, "ignore", "extend-ignore"),
        _joined(tables, "select", "extend-select", "enable-extensions"),
        tuple(
            pair
            for entry in tables
            for key in ("per-file-ignores", "extend-per-file-ignores")
            for pair in linter_tables.per_file(entry.get(key))
        ),
        _extended(path, extends) if isinstance(extends, str) else None,
    )


def _extended(path: str, name: str) -> str | None:
    """The file that settings build on; None where it lies outside their repository."""
    folder = os.path.dirname(path)
    target = os.path.join(folder, name)
    return target if is_inside(target, top_of(Path(folder))) else None


def _joined(tables: list[Mapping[str, Any]], *keys: str) -> tuple[str, ...]:
    return tuple(
        word for table in tables for key in keys for word in linter_tables.words(table.get(key))
    )


# ------------------------------------------------------------------------------ matching


def _longest(codes: tuple[str, ...], rule: str) -> int:
    """The length of the longest prefix of the rule among the codes; 0 for none."""
    lengths = [1 if code.upper() == "ALL" else len(code) + 1 for code in codes if _covers(code, rule)]  # fmt: skip
    return max(lengths, default=0)


def _covers(code: str, rule: str) -> bool:
    if code.upper() == "ALL":
        return True
    return code == rule if not re.fullmatch(r"[A-Z]+[0-9]*", code) else rule.startswith(code)


def _matches(pattern: str, root: str, file: str) -> bool:
    if pattern.startswith("!"):
        return not _matches(pattern[1:], root, file)
    for plain in _without_braces(pattern):
        absolute = os.path.normpath(os.path.join(root, plain))
        for wanted in {absolute, absolute.replace("**/", "")}:
            if fnmatch.fnmatchcase(file, wanted):
                return True
        if fnmatch.fnmatchcase(os.path.basename(file), plain):
            return True
    return False


def _without_braces(pattern: str) -> Iterator[str]:
    """The globs that `{a,b}` in one stands for."""
    found = re.search(r"\{([^{}]*)\}", pattern)
    if found is None:
        yield pattern
        return
    for choice in found[1].split(","):
        yield from _without_braces(pattern[: found.start()] + choice + pattern[found.end() :])
