"""Settings of other tools, in TOML and INI: a file is parsed once for all that ask.

A file that cannot be read or is broken says nothing: its own tool will tell its user.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fixaudit.config.toml import parsed_toml, read_toml
from fixaudit.errors import ConfigError
from fixaudit.files.parsed_file import parsed_once
from fixaudit.files.plain_file import read_regular

Table = Mapping[str, Any]


@parsed_once
def toml_in(path: str) -> Table | None:
    """The content of a TOML file; None where there is none, or it is broken."""
    try:
        return read_toml(Path(path))
    except ConfigError:
        return None


def toml_of(content: bytes) -> Table | None:
    """The same of the bytes of a file."""
    try:
        return parsed_toml(content, "")
    except ConfigError:
        return None


@parsed_once
def ini_in(path: str) -> Mapping[str, Mapping[str, str]] | None:
    """The sections of an INI file; None where there is none, or it is broken."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(read_regular(path).decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        return None
    return {name: dict(parser[name]) for name in parser.sections()}


def table_at(content: object, *keys: str) -> Table | None:
    """The table that stands under some keys; None where none does."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content if isinstance(content, dict) else None
