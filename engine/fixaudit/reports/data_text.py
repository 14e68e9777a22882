"""JSON, JSON lines and YAML to plain data, what is broken named by its line."""

from __future__ import annotations

import json
import re
from typing import Any

from fixaudit.errors import ReportError

_KEY = re.compile(r"(?:---|\.\.\.|#.*|[\w-]+:(?:\s.*)?|-\s.*)\Z")
_RECORD = re.compile(r"^ *- \w+:", re.M)
_PLACE = re.compile(r"^ *(?:- )?(?:file|filename|path|location):", re.M)


def parse_json(name: str, text: str, must: bool) -> Any:
    """The object or list, for JSON lines the list of their objects; None for other text unless it `must` be
    JSON. Raises `ReportError`."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text.lstrip().startswith("{"):
            return _json_lines(name, text)
        if not must:
            return None
        raise _broken(name, error.lineno, error.msg) from error
    except (RecursionError, ValueError) as error:
        raise ReportError(
            f"{name}:1: JSON nested too deeply or with unreadable numbers; export the report again"
        ) from error
    if not isinstance(value, dict | list):
        raise ReportError(
            f"{name}:1: the JSON is neither an object nor a list; see docs/audit-formats.md"
        )
    return value


def _json_lines(name: str, text: str) -> list[Any]:
    """An object a line; what a tool prints below them in words is left out."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("{"):
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError) as error:
                raise _broken(name, number, getattr(error, "msg", "nested too deeply")) from error
    return found


def _broken(name: str, line: int, why: str) -> ReportError:
    return ReportError(f"{name}:{line}: not valid JSON: {why}; export the report again")


def looks_like_yaml(text: str) -> bool:
    """True for keys and lists at the margin, nothing else, with records that name files."""
    head = text[:20_000].split("\n")[:-1]
    keys = all(_KEY.match(line) for line in head if line and line[0] != " ")
    return keys and bool(_RECORD.search(text)) and bool(_PLACE.search(text))


def parse_yaml(name: str, text: str) -> Any:
    """The object or list, None for anything else. Raises `ReportError`."""
    import yaml

    # A safe loader either way, in C where there is one.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        value = yaml.load(text, Loader=loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "nested too deeply"
        raise ReportError(
            f"{name}:{mark.line + 1 if mark else 1}: not valid YAML: {why}; export the report again"
        ) from error
    return value if isinstance(value, dict | list) else None
