"""What is a reading of the clock: `time.time()`, a name or an attribute that holds one, and sums of such."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit import Source, memoized
from fixaudit.authoring import is_own_attribute, values_assigned


@memoized
def is_call(source: Source, node: ast.AST) -> bool:
    """True for `time.time()`, under any name."""
    return (
        isinstance(node, ast.Call)
        and not node.args
        and not node.keywords
        and getattr(node.func, "attr", None) in (None, "time")
        and source.qualified_name(node.func) == "time.time"
    )


def is_reading(source: Source, node: ast.expr) -> bool:
    """True where a reading may be what the expression gives."""
    return _reads(source, node, _holders(source))


def line_setting(source: Source, attribute: str) -> int | None:
    """A line that sets an attribute of some object to a reading; None for none."""
    return _holders(source).get(("", attribute))


def _reads(source: Source, node: ast.expr, holders: dict[object, int]) -> bool:
    match node:
        case ast.Call():
            return is_call(source, node)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            one, other = (_reads(source, item, holders) for item in (left, right))
            return one != other and (one or isinstance(op, ast.Add))
        case ast.IfExp(body=body, orelse=orelse):
            return _reads(source, body, holders) or _reads(source, orelse, holders)
        case ast.Name():
            return (source.scopes.lookup(node.id, node)[0], node.id) in holders
        case ast.Attribute():
            return (source.class_of(node), node.attr) in holders
    return False


@memoized
def _holders(source: Source) -> dict[object, int]:
    """The names and attributes that hold readings, each with a line: what is set to one, and so on from there."""
    found: dict[object, int] = {}
    rest = list(_stores(source))
    while new := [each for each in rest if _reads(source, each[1], found)]:
        found |= {key: value.lineno for key, value in new}
        rest = [each for each in rest if each[0] not in found]
    return found


def _stores(source: Source) -> Iterator[tuple[object, ast.expr]]:
    for target, value in values_assigned(source):
        cls = source.class_of(target)
        if isinstance(target, ast.Name):
            yield (source.scopes.lookup(target.id, target)[0], target.id), value
        else:
            yield ("", target.attr), value
            if cls is not None and is_own_attribute(source, target, cls):
                yield (cls, target.attr), value
