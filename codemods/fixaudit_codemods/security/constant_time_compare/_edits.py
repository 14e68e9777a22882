"""`a == b` becomes a call of `compare_digest`; what stands inside of the two sides stays."""

from __future__ import annotations

import ast

from fixaudit import Edit, Source, Span
from fixaudit.authoring import Reader, Style, outer_parentheses

_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


def between(source: Source, node: ast.Compare) -> Span:
    """The text between the two sides, with the operator."""
    left = outer_parentheses(source, node.left)
    return Span(left.end, outer_parentheses(source, node.comparators[0]).start)


def edits(source: Source, node: ast.Compare, called: str, encode: str, absent: ast.expr | None) -> list[Edit]:  # fmt: skip
    """Insertions around the two sides, and one in the place of the operator."""
    is_equal = isinstance(node.ops[0], ast.Eq)
    right = outer_parentheses(source, node.comparators[0])
    operator = between(source, node)
    left = outer_parentheses(source, node.left)
    head, tail = "" if is_equal else "not ", ""
    if absent is not None:
        asked = "is not None and" if is_equal else "is None or"
        head = f"{source.segment(absent)} {asked} {head}"
        if not _stands_free(source, node, ast.And if is_equal else ast.Or):
            head, tail = f"({head}", ")"
    opened, closed = _wrapped(source, node.left, encode)
    opening, closing = _wrapped(source, node.comparators[0], encode)
    return [
        source.edit(left.start, left.start, f"{head}{called}{opened}"),
        source.edit(operator.start, operator.end, f"{closed}, {opening}"),
        source.edit(right.end, right.end, f"{closing}){tail}"),
    ]


def _stands_free(source: Source, node: ast.Compare, joined: type[ast.boolop]) -> bool:
    """True where `a and b` (`a or b`) means the same without parentheses."""
    if outer_parentheses(source, node) != source.span(node):
        return True
    above = source.parent(node)
    if isinstance(above, ast.BoolOp):
        return isinstance(above.op, joined)
    return isinstance(above, (ast.If, ast.While, ast.Assert, ast.Return, ast.Assign))


def _wrapped(source: Source, side: ast.expr, encode: str) -> tuple[str, str]:
    is_one = isinstance(side, _ATOMS) or outer_parentheses(source, side) != source.span(side)
    if isinstance(side, ast.JoinedStr):
        is_one = is_one or len(Reader(source, Style.NONE).leaves(side)) == 1
    if not encode or is_one:
        return "", encode
    return "(", f"){encode}"
