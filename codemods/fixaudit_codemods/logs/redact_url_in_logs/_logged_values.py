"""Values that a log call writes out: as arguments, in f-strings, in `%` and `.format` messages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Edit, Source, rewriting
from fixaudit.authoring import Reader, Style, Unit, UnreadableError


@dataclass(frozen=True, slots=True)
class Exposure:
    """An expression whose text ends up in the log; `spans` are where it begins and ends.

    `start` is None where the literal is written too unusually to be edited.
    """

    value: ast.expr
    start: int | None
    end: int = 0

    def wrapped(self, source: Source, function: str) -> list[Edit]:
        """The edits that hand the value through a function."""
        assert self.start is not None
        opening = source.edit(self.start, self.start, f"{function}(")
        return [opening, source.edit(self.end, self.end, ")")]


def exposures(source: Source, call: ast.Call) -> Iterator[Exposure]:
    """What the call writes out, in the order it is written."""
    for value in [*call.args, *(entry.value for entry in call.keywords)]:
        yield from _of(source, value)


def _of(source: Source, node: ast.expr) -> Iterator[Exposure]:
    match node:
        case ast.JoinedStr():
            yield from _of_formatted(source, node)
        case ast.BinOp(left=left, right=right):
            yield from _of(source, left)
            yield from _of(source, right)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _of(source, part)
        case ast.Dict(values=parts):
            for part in parts:
                yield from _of(source, part)
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="format")):
            for part in [*node.args, *(entry.value for entry in node.keywords)]:
                yield from _of(source, part)
        case ast.Call(func=ast.Name(id="str"), args=[part]):
            yield from _of(source, part)
        case ast.Constant() | ast.Starred():
            return
        case _:
            span = rewriting.outer_parentheses(source, node)
            yield Exposure(node, span.start, span.end)


def _of_formatted(source: Source, node: ast.JoinedStr) -> Iterator[Exposure]:
    values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    try:
        placed = list(_placed(source, node))
    except UnreadableError:
        placed = []
    if len(placed) != len(values):
        yield from (Exposure(value, None) for value in values)
        return
    for value, (start, unit) in zip(values, placed, strict=True):
        text = unit.expression or ""
        offset = unit.raw.find(text, 1)
        after = unit.raw[offset + len(text) :].lstrip()
        if offset < 0 or after.startswith("="):
            yield Exposure(value, None)  # `{url=}` shows the expression itself too
            continue
        begin = start + len(unit.raw[:offset].encode())
        yield Exposure(value, begin, begin + len(text.encode()))


def _placed(source: Source, node: ast.JoinedStr) -> Iterator[tuple[int, Unit]]:
    """Each placeholder with the byte offset of its opening brace."""
    for leaf in Reader(source, Style.NONE).leaves(node):
        position = leaf.start + len(leaf.prefix) + len(leaf.quote)
        for unit in leaf.units:
            if unit.expression is not None:
                yield position, unit
            position += len(unit.raw.encode())
