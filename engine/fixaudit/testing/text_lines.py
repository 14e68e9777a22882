"""Lines of Python text that may be re-indented: those that do not begin inside a string."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from functools import lru_cache

_FSTRING_START = getattr(tokenize, "FSTRING_START", -1)
_FSTRING_END = getattr(tokenize, "FSTRING_END", -1)


def split(text: str) -> list[str]:
    """Lines with their ends; a form feed or a Unicode line separator ends none."""
    return io.StringIO(text, newline="\n").readlines()


@lru_cache(maxsize=256)
def lines_in_strings(text: str) -> frozenset[int]:
    """The 1-based lines that begin inside a string literal.

    Raises:
        SyntaxError: the text is not Python.
    """
    try:
        return frozenset(_inside(text))
    except tokenize.TokenError as error:
        raise SyntaxError(str(error)) from error


def _inside(text: str) -> Iterator[int]:
    open_fstrings: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if token.type == tokenize.STRING:
            yield from range(token.start[0] + 1, token.end[0] + 1)
        elif token.type == _FSTRING_START:
            open_fstrings.append(token.start[0])
        elif token.type == _FSTRING_END:
            yield from range(open_fstrings.pop() + 1, token.end[0] + 1)


def indent(text: str, first_line: int, by: str) -> str:
    """`text` from a 1-based line on, each line that holds something behind `by`."""
    inside = lines_in_strings(text)
    lines = split(text)[first_line - 1 :]
    return "".join(
        by + line if line.strip() and number not in inside else line
        for number, line in enumerate(lines, first_line)
    )


def with_tabs(text: str) -> str:
    """Each four leading spaces as one tab, strings left alone."""
    inside = lines_in_strings(text)
    result = []
    for number, line in enumerate(split(text), 1):
        bare = line.lstrip(" ")
        spaces = len(line) - len(bare)
        keep = number in inside or spaces < 4
        result.append(line if keep else "\t" * (spaces // 4) + " " * (spaces % 4) + bare)
    return "".join(result)
