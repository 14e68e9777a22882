"""Lines of Python text that may be re-indented: those that do not begin inside a string."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from functools import lru_cache

_FSTRING_START = getattr(tokenize, "FSTRING_START", -1)
_FSTRING_END = getattr(tokenize, "FSTRING_END", -1)


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
