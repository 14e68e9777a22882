"""What is a reading of the clock: `time.time()`, a name or an attribute that holds one, and sums of such."""

from __future__ import annotations

import ast

from fixaudit import Source, memoized

NAMES = frozenset({"time.time"})
_DEEPEST = 6


@memoized
def is_call(source: Source, node: ast.AST) -> bool:
    """True for `time.time()`, under any name."""
    return (
        isinstance(node, ast.Call)
        and not node.args
        and not node.keywords
        and getattr(node.func, "attr", None) in (None, "time")
        and source.qualified_name(node.func) in NAMES
    )


def is_reading(source: Source, node: ast.expr, depth: int = 0) -> bool:
    """True where a reading may be what the expression gives."""
    if depth > _DEEPEST:
        return False
    match node:
        case ast.Call(func=ast.Name(id="min" | "max"), args=args) if len(args) > 1:
            return any(is_reading(source, item, depth + 1) for item in args)
        case ast.Call():
            return is_call(source, node)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            one, other = (is_reading(source, item, depth + 1) for item in (left, right))
            return one != other and (one or isinstance(op, ast.Add))
        case ast.IfExp(body=body, orelse=orelse):
            return any(is_reading(source, item, depth + 1) for item in (body, orelse))
        case ast.NamedExpr(value=value):
            return is_reading(source, value, depth + 1)
        case ast.Name():
            found = source.lookup(node.id, node)
            values = [item.value for item in found if item.kind == "assign" and item.value]
            return any(is_reading(source, item, depth + 1) for item in values)
        case ast.Attribute():
            return node.attr in attributes_set(source, source.class_of(node))
    return False


@memoized
def attributes_set(source: Source, cls: ast.ClassDef | None) -> dict[str, int]:
    """The attributes of `self` that a class of this file sets to readings, each with the first line."""
    found: dict[str, int] = {}
    for target, value in _stores(source):
        if cls is not None and source.class_of(target) is cls and is_own(source, target, cls):
            if holds_call(source, value):
                found.setdefault(target.attr, target.lineno)
    return found


@memoized
def objects_set(source: Source) -> dict[str, int]:
    """The attributes of any object that this file sets to readings, each with the first line."""
    found: dict[str, int] = {}
    for target, value in _stores(source):
        if holds_call(source, value):
            found.setdefault(target.attr, target.lineno)
    return found


def holds_call(source: Source, value: ast.expr) -> bool:
    """True for a call of the clock, sums with one, and a choice between one and something else."""
    match value:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            one, other = (holds_call(source, item) for item in (left, right))
            return one != other and (one or isinstance(op, ast.Add))
        case ast.IfExp(body=body, orelse=orelse):
            return holds_call(source, body) or holds_call(source, orelse)
        case ast.Name():
            found = [item.value for item in source.lookup(value.id, value)]
            return any(item is not None and is_call(source, item) for item in found)
    return is_call(source, value)


@memoized
def _stores(source: Source) -> tuple[tuple[ast.Attribute, ast.expr], ...]:
    found: list[tuple[ast.Attribute, ast.expr]] = []
    for node in source.nodes(ast.Assign):
        found += [(item, node.value) for item in node.targets if isinstance(item, ast.Attribute)]
    for declared in source.nodes(ast.AnnAssign):
        if isinstance(declared.target, ast.Attribute) and declared.value is not None:
            found.append((declared.target, declared.value))
    return tuple(found)


def is_own(source: Source, node: ast.Attribute, cls: ast.ClassDef) -> bool:
    """True for an attribute of the first parameter (`self`) of a method of the class."""
    if not isinstance(node.value, ast.Name):
        return False
    for binding in source.lookup(node.value.id, node.value):
        if binding.kind != "parameter":
            return False
        method = source.parent(source.parent(binding.node) or node)
        if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
        first = [*method.args.posonlyargs, *method.args.args][:1]
        return first == [binding.node] and source.parent(method) is cls
    return False
