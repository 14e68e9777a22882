"""`--config`: a file, or settings given as TOML on the command line itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixaudit.config.toml import read_inline
from fixaudit.errors import ConfigError


@dataclass(frozen=True, slots=True)
class CommandLineConfig:
    """A file to use in place of all others, and tables with the words they were given as."""

    path: Path | None = None
    tables: tuple[tuple[Mapping[str, Any], str], ...] = ()


def parse_config_arguments(values: Sequence[str]) -> CommandLineConfig:
    """The values of all `--config` options: at most one file, any number of `key = value`.

    Raises:
        ConfigError: a value that is neither a file nor TOML, or a second file.
    """
    path: Path | None = None
    tables: list[tuple[Mapping[str, Any], str]] = []
    for value in values:
        if Path(value).is_file():
            if path is not None:
                raise ConfigError(f"--config names two files, {path} and {value}; give one")
            path = Path(value).absolute()
        elif "=" in value:
            label = f"--config '{value}'"
            table = read_inline(value, label)
            if "extend" in table:
                raise ConfigError(
                    f'{label}: "extend" belongs in a file; name the file itself instead'
                )
            tables.append((table, label))
        else:
            raise ConfigError(f"--config '{value}': is neither a file nor `key = value`")
    return CommandLineConfig(path, tuple(tables))
