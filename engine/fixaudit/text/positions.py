"""Byte offsets, lines and columns of one source text."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate


class Positions:
    """Where lines start in a UTF-8 body. Lines are 1-based, as Python's parser counts them."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._starts = [0, *accumulate(map(len, body.splitlines(keepends=True)))]
        if body and not body.endswith((b"\n", b"\r")):
            self._starts.pop()  # the last line has no end to start another behind

    @property
    def line_count(self) -> int:
        return len(self._starts)

    def offset(self, line: int, column: int) -> int:
        """Byte offset of a 1-based line and a 0-based UTF-8 byte column, as in `ast` nodes."""
        return self._starts[line - 1] + column

    def line_start(self, line: int) -> int:
        return self._starts[line - 1]

    def line_end(self, line: int) -> int:
        """Offset behind the line's newline, or the end of the body on the last line."""
        return self._starts[line] if line < len(self._starts) else len(self._body)

    def line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def line_column(self, offset: int) -> tuple[int, int]:
        """1-based line and 1-based column in characters."""
        line = self.line(offset)
        before = self._body[self._starts[line - 1] : offset]
        return (
            line,
            (len(before) if before.isascii() else len(before.decode("utf-8", "replace"))) + 1,
        )
