"""The settings of Ruff, flake8 and pylint as tables, whichever file they stand in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fixaudit.config.settings_files import ini_in, table_at, toml_in

_WORD = re.compile(r"[^\s,]+")
_COMMENT = re.compile(r"(?:^|\s)#.*$", re.MULTILINE)
_CODE = re.compile(r"[A-Z]{1,4}[0-9]*")


def tables_of(path: str) -> dict[str, Mapping[str, Any]]:
    """The tables of a file by tool (`ruff`, `flake8`, `pylint`); empty where it cannot be read."""
    name = os.path.basename(path)
    if name.endswith(".toml"):
        content = toml_in(path)
        return {} if content is None else _of_toml(name, content)
    sections = ini_in(path)
    return {} if sections is None else _of_ini(name, sections)


def words(value: object) -> tuple[str, ...]:
    """The entries of a list, or of a text that separates them by commas and white space."""
    if isinstance(value, str):
        return tuple(_WORD.findall(_COMMENT.sub("", value)))
    if isinstance(value, list):
        return tuple(word for entry in value for word in words(entry) if isinstance(entry, str))
    return ()


def per_file(value: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Pairs of a glob and its codes, of a table or of flake8's `a.py,b.py: E1 E2` text."""
    if isinstance(value, dict):
        for pattern, codes in value.items():
            yield str(pattern), words(codes)
    elif isinstance(value, list):
        yield from per_file("\n".join(entry for entry in value if isinstance(entry, str)))
    elif isinstance(value, str):
        yield from _per_file_text(value)


def _per_file_text(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    patterns: list[str] = []
    codes: list[str] | None = None
    for word in re.findall(r":|[^\s,:]+", _COMMENT.sub("", text)):
        if word == ":":
            codes = []
        elif codes is None:
            patterns.append(word)
        elif _CODE.fullmatch(word):
            codes.append(word)
        else:
            yield from ((pattern, tuple(codes)) for pattern in patterns)
            patterns, codes = [word], None
    yield from ((pattern, tuple(codes or ())) for pattern in patterns)


def _of_toml(name: str, content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    if name != "pyproject.toml":
        return {"ruff": content}
    tables = {tool: table_at(content, "tool", tool) for tool in ("ruff", "flake8")}
    found = {tool: table for tool, table in tables.items() if table is not None}
    pylint = table_at(content, "tool", "pylint")
    if pylint is not None:
        found["pylint"] = _flat(pylint)
    return found


def _flat(table: Mapping[str, Any]) -> dict[str, Any]:
    """Pylint's sections mean nothing: `[tool.pylint."messages control"]` or any other will do."""
    sections = [entry for entry in table.values() if isinstance(entry, dict)]
    return {
        key: [word for part in (table, *sections) for word in words(part.get(key))]
        for key in ("disable", "enable")
    }


def _of_ini(name: str, sections: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    if "flake8" in sections:
        found["flake8"] = sections["flake8"]
    is_pylint = name.endswith("pylintrc")
    pylint = {key: table for key, table in sections.items() if is_pylint or key.startswith("pylint")}  # fmt: skip
    if pylint:
        found["pylint"] = _flat(pylint)
    return found
