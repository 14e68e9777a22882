"""Which patterns the engine of Pydantic takes, and whether they say all of a text."""

from __future__ import annotations

import re

# The `regex` crate has neither; the syntax is that of its documentation.
_LOOK_AROUND = re.compile(r"(?<!\\)\(\?(?:[=!]|<[=!]|>)")
_BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[1-9]|\(\?P=)")
_FLAGS = re.compile(r"(?<!\\)\(\?[a-zA-Z]*[mx]")
_PYTHON_END = re.compile(r"(?<!\\)(?:\\\\)*\\Z")


def check_pattern(option: str, pattern: str) -> None:
    """Raises ValueError where a pattern is none for `Path(pattern=…)`, or may fit a part of a text."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f'"{option}": {pattern!r} is no pattern: {error}') from error
    if _LOOK_AROUND.search(pattern) or _BACK_REFERENCE.search(pattern):
        raise ValueError(
            f'"{option}": {pattern!r} looks around or back, which Pydantic cannot: the service would not start'
        )
    if _PYTHON_END.search(pattern) or _FLAGS.search(pattern):
        raise ValueError(f'"{option}": {pattern!r} has `\\Z` or a flag: end it with `$` alone')
    if not _is_anchored(pattern):
        raise ValueError(
            f'"{option}": {pattern!r} is searched for, not matched: write `^…$`, alternatives in `(?:…|…)`'
        )


def _is_anchored(pattern: str) -> bool:
    """True for `^…$` without an alternative outside of parentheses."""
    if not pattern.startswith("^") or re.search(r"(?<!\\)(?:\\\\)*\$\Z", pattern) is None:
        return False
    depth, in_class, escaped = 0, False, False
    for character in pattern:
        if escaped or character == "\\":
            escaped = not escaped
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            return False
    return True


def literal(pattern: str) -> str:
    """A pattern as a raw string, where it can be one."""
    if '"' not in pattern and not pattern.endswith("\\"):
        return f'r"{pattern}"'
    return repr(pattern)
