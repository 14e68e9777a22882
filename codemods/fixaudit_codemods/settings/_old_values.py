"""Comments that repeat a value which is being changed."""

from __future__ import annotations

import ast
import re

from fixaudit import Edit, Source

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\w)")
_FOR_TOOLS = ("# noqa", "# type:", "# pylint", "# nosec", "# pragma", "# fixaudit")


def comment_of_old_value(source: Source, statement: ast.stmt, old: ast.expr) -> list[Edit]:
    """The edit that takes away the comment behind a statement which says its old value; none for others.

    A comment says it that holds one of the value's numbers, or the sum of a list of them.
    """
    line = statement.end_lineno or statement.lineno
    comment = source.comments_by_line.get(line, "")
    if not comment or comment.startswith(_FOR_TOOLS) or not _says(comment, old):
        return []
    start, end = source.span(statement).end, source.positions.line_end(line)
    rest = source.body[start:end].decode("utf-8").rstrip("\r\n")
    if rest.strip() != comment.strip():
        return []  # other code stands in between
    return [source.edit(start, start + len(rest.encode()), "", drops_comments=True)]


def _says(comment: str, old: ast.expr) -> bool:
    found = [node.value for node in ast.walk(old) if isinstance(node, ast.Constant)]
    numbers = [
        item for item in found if isinstance(item, int | float) and not isinstance(item, bool)
    ]
    known = {float(item) for item in numbers}
    if len(numbers) > 1:
        known.add(round(float(sum(numbers)), 6))
    return any(float(hit) in known for hit in _NUMBER.findall(comment))
