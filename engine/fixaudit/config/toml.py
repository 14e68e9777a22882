"""TOML files, and the line on which a key stands, for messages that can be clicked."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fixaudit.errors import ConfigError
from fixaudit.files.plain_file import read_regular
from fixaudit.text.suggest import did_you_mean

_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a configuration: a file (or the command line) and the keys down to a table."""

    path: Path | None
    keys: tuple[str, ...] = ()
    label: str = ""

    def __truediv__(self, key: str) -> Where:
        return replace(self, keys=(*self.keys, key))

    def error(self, message: str, key: str | None = None) -> ConfigError:
        """An error at this table, or at one key of it, that begins with `file:line: `."""
        return ConfigError(f"{self._place(key)}: {message}")

    def unknown(self, what: str, name: str, known: Iterable[str]) -> ConfigError:
        """An error for a name nobody knows, with the nearest known one."""
        table = f" in [{'.'.join(self.keys)}]" if self.keys else ""
        return self.error(f'unknown {what} "{name}"{table}{did_you_mean(name, known)}', name)

    def _place(self, key: str | None) -> str:
        if self.path is None:
            return self.label or "configuration"
        keys = self.keys if key is None else (*self.keys, key)
        line = None
        with contextlib.suppress(OSError, UnicodeDecodeError):
            line = line_of(read_regular(self.path).decode("utf-8-sig"), keys)
        return shown(self.path) if line is None else f"{shown(self.path)}:{line}"


def shown(path: Path) -> str:
    """A path as messages name it: relative where it lies below the working folder."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        ConfigError: it cannot be read, is not UTF-8, or is not TOML; with the line.
    """
    try:
        data = read_regular(path)
    except OSError as error:
        raise ConfigError(f"{shown(path)}: cannot be read: {error.strerror}") from error
    return parsed_toml(data, shown(path))


def parsed_toml(data: bytes, name: str) -> dict[str, Any]:
    """The content of the bytes of a TOML file, which errors call `name`. Raises as `read_toml`."""
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line}: is not UTF-8, as TOML must be") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}{_broken(str(error), data)}") from error
    except RecursionError as error:
        raise ConfigError(f"{name}: is nested too deeply") from error


def read_inline(text: str, label: str) -> dict[str, Any]:
    """The content of `key = value` from a command line, with errors that quote it."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{label}: is not valid TOML: {_AT_LINE.sub('', str(error))}") from error


def _broken(message: str, data: bytes) -> str:
    at = _AT_LINE.search(message)
    line = int(at[1]) if at and at[1] else data.rstrip().count(b"\n") + 1
    return f":{line}: is not valid TOML: {_AT_LINE.sub('', message)}"


def line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """The 1-based line of the statement or table header that first gives `keys` a value.

    `tomllib` keeps no positions, so it is asked which prefix of the text is the first to hold the
    keys. Only lines that hold the last key's name are tried.
    """
    if not keys:
        return None
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if keys[-1] in line and _first_to_hold(lines, number, keys):
            return number
    return None


def _first_to_hold(lines: list[str], number: int, keys: tuple[str, ...]) -> bool:
    before = _parsed(lines[: number - 1])
    if before is None or _holds(before, keys):
        return False
    for end in range(number, len(lines) + 1):
        after = _parsed(lines[:end])
        if after is not None:
            return _holds(after, keys)
    return False


def _parsed(lines: list[str]) -> dict[str, Any] | None:
    import tomllib

    try:
        return tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError:
        return None


def _holds(table: object, keys: tuple[str, ...]) -> bool:
    for key in keys:
        if not isinstance(table, Mapping) or key not in table:
            return False
        table = table[key]
    return True
