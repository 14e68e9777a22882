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


def _reads(source: Source, node: ast.expr, holders: set[object]) -> bool:
    match node:
        case ast.Call():
            return is_call(source, node)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            one, other = (_reads(source, item, holders) for item in (left, right))
            return one != other and (one or isinstance(op, ast.Add))
        case ast.IfExp(body=body, orelse=orelse):
            return _reads(source, body, holders) or _reads(source, orelse, holders)
        case ast.Name() | ast.Attribute():
            return _key(source, node) in holders
    return False


def _key(source: Source, node: ast.Name | ast.Attribute) -> object:
    if isinstance(node, ast.Name):
        return source.scopes.lookup(node.id, node)[0], node.id
    return source.class_of(node), node.attr


@memoized
def _holders(source: Source) -> set[object]:
    """The names and the attributes of `self` that hold readings: what is set to one, and so on from there."""
    found: set[object] = set()
    rest = list(_stores(source))
    while True:
        new = {key for key, value in rest if _reads(source, value, found)}
        if not new:
            return found
        found |= new
        rest = [(key, value) for key, value in rest if key not in found]


def _stores(source: Source) -> Iterator[tuple[object, ast.expr]]:
    for target, value in values_assigned(source):
        cls = source.class_of(target)
        own = isinstance(target, ast.Name) or (
            cls is not None and is_own_attribute(source, target, cls)
        )
        if own:
            yield _key(source, target), value


@memoized
def objects_set(source: Source) -> dict[str, int]:
    """The attributes of any object that this file sets to readings, each with the last line."""
    stores = [each for each in values_assigned(source) if isinstance(each[0], ast.Attribute)]
    return {target.attr: target.lineno for target, value in stores if is_reading(source, value)}
