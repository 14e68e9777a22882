"""Which patterns the engine of Pydantic takes, and whether they say all of a text."""

from __future__ import annotations

import re

# What the `regex` crate has not, or reads in another way: its documentation, "Syntax".
_FOREIGN = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[1-9Z]|\(\?(?:[=!>]|<[=!]|P=|[a-zA-Z]*[mx]))|[*+?}]\+")
_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]")
_GROUP = re.compile(r"\([^()]*\)")


def check_pattern(option: str, pattern: str) -> None:
    """Raises ValueError where a pattern is none for `Path(pattern=…)`, or may fit a part of a text."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f'"{option}": {pattern!r} is no pattern: {error}') from error
    if _FOREIGN.search(pattern):
        raise ValueError(
            f'"{option}": {pattern!r} looks around or back, ends with `\\Z`, or sets a flag, which '
            "Pydantic's engine cannot: the service would not start"
        )
    plain, count = _ATOM.sub("x", pattern), 1
    while count:
        plain, count = _GROUP.subn("x", plain)
    if not (pattern.startswith("^") and plain.endswith("$")) or "|" in plain:
        raise ValueError(
            f'"{option}": {pattern!r} is searched for, not matched: write `^…$`, alternatives in `(?:…|…)`'
        )


def literal(pattern: str) -> str:
    """A pattern as a raw string, where it can be one."""
    return repr(pattern) if '"' in pattern else f'r"{pattern}"'
