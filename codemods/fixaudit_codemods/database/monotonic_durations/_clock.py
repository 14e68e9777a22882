"""What is a reading of the clock: `time.time()`, a name or an attribute that holds one, and sums of such."""

from __future__ import annotations

import ast
from functools import partial

from fixaudit import Source, memoized
from fixaudit.authoring import attributes_assigned, is_own_attribute

_DEEPEST = 6


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


def is_reading(source: Source, node: ast.expr, depth: int = 0, *, attributes: bool = True) -> bool:
    """True where a reading may be what the expression gives; `attributes` may hold one too."""
    if depth > _DEEPEST:
        return False
    again = partial(is_reading, source, depth=depth + 1, attributes=attributes)
    match node:
        case ast.Call():
            return is_call(source, node)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            one, other = again(left), again(right)
            return one != other and (one or isinstance(op, ast.Add))
        case ast.IfExp(body=body, orelse=orelse):
            return again(body) or again(orelse)
        case ast.Name():
            found = source.lookup(node.id, node)
            return any(again(item.value) for item in found if item.kind == "assign" and item.value)
        case ast.Attribute() if attributes:
            cls = source.class_of(node)
            return cls is not None and any(
                target.attr == node.attr
                and source.class_of(target) is cls
                and is_own_attribute(source, target, cls)
                for target in _set(source)
            )
    return False


def objects_set(source: Source) -> dict[str, int]:
    """The attributes of any object that this file sets to readings, each with the last line."""
    return {target.attr: target.lineno for target in _set(source)}


@memoized
def _set(source: Source) -> tuple[ast.Attribute, ...]:
    return tuple(
        target
        for target, value in attributes_assigned(source)
        if is_reading(source, value, attributes=False)
    )
