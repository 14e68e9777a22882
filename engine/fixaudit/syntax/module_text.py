"""The text of one file: lines, spans and edits of it."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import Any

from fixaudit.model.finding import Edit, Span
from fixaudit.text.comments import Comment, comments
from fixaudit.text.encoding import Decoded, decode
from fixaudit.text.positions import Positions

_BARE_NEWLINE = re.compile(r"(?<!\r)\n")


class ModuleText:
    """A Python file as text; nodes that its methods take are of its own tree.

    All offsets are byte offsets into `body`, the file as UTF-8 without a byte order mark; for
    nearly every file that is the file itself.

    Attributes:
        path: path relative to the project root, with `/`; `-` stands for standard input.
        data: the bytes of the file. body: its content, UTF-8.
        newline: the file's line end, by its first line.
        memo: answers about the whole file, by (question, arguments).

    Raises:
        SourceError: the bytes are not readable as Python source text.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.decoded: Decoded = decode(data)
        self.body = self.decoded.body
        self.newline = self.decoded.newline
        self.memo: dict[tuple[object, ...], Any] = {}

    # ---------------------------------------------------------------- text and positions

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """All comments, in order."""
        return tuple(comments(self.text))

    @cached_property
    def comments_by_line(self) -> dict[int, str]:
        """The texts of the comments by their lines, 1-based."""
        return {comment.line: comment.text for comment in self.comments}

    @cached_property
    def positions(self) -> Positions:
        """Lines and columns of the tree as byte offsets."""
        return Positions(self.body)

    def span(self, node: ast.AST) -> Span:
        """The byte span of an expression, statement, keyword, alias, argument or handler."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        end_line, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return Span(
            self.positions.offset(line, column), self.positions.offset(end_line, end_column)
        )

    def segment(self, node: ast.AST) -> str:
        """The exact source text of a node (without parentheses around it)."""
        return self.slice(self.span(node))

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.body[span.start : span.end].decode("utf-8")

    def line_text(self, line: int) -> str:
        """A 1-based line without its newline."""
        start, end = self.positions.line_start(line), self.positions.line_end(line)
        return self.body[start:end].decode("utf-8").rstrip("\r\n")

    def indent(self, statement: ast.stmt) -> str:
        """The white space before the statement's line."""
        text = self.line_text(statement.lineno)
        return text[: len(text) - len(text.lstrip(" \t\f"))]

    # ---------------------------------------------------------------- edits

    def edit(self, start: int, end: int, text: str, *, drops_comments: bool = False) -> Edit:
        """Replace bytes `start` to `end`; a bare `\\n` in `text` becomes the file's newline."""
        return Edit(Span(start, end), self.native(text), drops_comments)

    def native(self, text: str) -> str:
        """`text` with the file's own line ends."""
        return text if self.newline == "\n" else _BARE_NEWLINE.sub(self.newline, text)

    def replace(self, node: ast.AST, text: str) -> Edit:
        """Replace exactly the node's own text."""
        span = self.span(node)
        return self.edit(span.start, span.end, text)
