"""Comments of a text, found by the tokenizer: never what merely looks like one in a string."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its `#`; `line` is 1-based, `column` counts characters from 0."""

    text: str
    line: int
    column: int


def comments(text: str) -> Iterator[Comment]:
    """All comments of a text that parses; what the tokenizer cannot finish ends the iteration."""
    if "#" not in text:
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                yield Comment(token.string.rstrip(), token.start[0], token.start[1])
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return
