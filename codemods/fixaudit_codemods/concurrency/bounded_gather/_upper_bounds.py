"""Numbers that the code itself bounds: `min(n, 20)`, `Query(le=25)`, and what all callers give."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixaudit import Evidence, Source
from fixaudit.authoring import Function, argument_of, callers_of, default_of, walk

# More at a time than this wait for a limit, though the code names a number.
FEW = 100
_DEPTH = 4
_LIMITS = {"le": 0, "lt": -1, "max_value": 0}


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that a number can be, and where that is known from."""

    most: int
    evidence: tuple[Evidence, ...] = field(default=())


def range_bound(source: Source, call: ast.Call, function: Function | None) -> Bound | None:
    """The most turns that a `range(…)` takes; None where that depends on data."""
    match call.args:
        case [stop]:
            return most_of(source, stop, function)
        case [ast.Constant(value=int() as start), stop, *_] if start >= 0:
            bound = most_of(source, stop, function)
            return None if bound is None else Bound(bound.most - start, bound.evidence)
        case [start, stop, *_]:
            return most_of(source, behind, function) if (behind := _less(stop, start)) else None
    return None


def _less(number: ast.expr, start: ast.expr) -> ast.expr | None:
    """`n + 1` of `start + n + 1`; None for what is no such sum."""
    if isinstance(number, ast.BinOp) and isinstance(number.op, ast.Add):
        if ast.dump(number.left) == ast.dump(start):
            return number.right
        rest = _less(number.left, start)
        return None if rest is None else ast.BinOp(rest, number.op, number.right)
    return None


def most_of(
    source: Source, number: ast.expr, function: Function | None, depth: int = 0
) -> Bound | None:
    """The most that a number can be where it stands in `function`; None where that is not known."""
    if depth > _DEPTH:
        return None
    match number:
        case ast.Constant(value=int() as value):
            return Bound(value)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mult() as op, right=right):
            one, other = (most_of(source, side, function, depth + 1) for side in (left, right))
            if one is None or other is None or min(one.most, other.most) < 0:
                return None
            most = one.most + other.most if isinstance(op, ast.Add) else one.most * other.most
            return Bound(most, (*one.evidence, *other.evidence))
        case ast.Call(func=ast.Name(id="min"), args=[_, _, *_] as items):
            found = [most_of(source, item, function, depth + 1) for item in items]
            known = [bound for bound in found if bound is not None]
            return min(known, key=lambda bound: bound.most, default=None)
        case ast.Name(id=name) if function is not None:
            return _of_name(source, name, function, depth)
    return None


def _of_name(source: Source, name: str, function: Function, depth: int) -> Bound | None:
    values = list(_assigned(function, name))
    arguments = function.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    own = next((entry for entry in parameters if entry.arg == name), None)
    if own is None:
        given = values[0] if len(values) == 1 else None
        return None if given is None else most_of(source, given, function, depth + 1)
    if values:
        # `n = min(n, 20)` bounds it as well, but only where every way leads through it.
        return None
    declared = _declared(own.annotation) or _declared(default_of(function, name))
    if declared is not None:
        return Bound(declared)
    return _of_callers(source, name, function, depth)


def _assigned(function: Function, name: str) -> Iterator[ast.expr | None]:
    """What a function gives to a name; None for what is more than a plain assignment."""
    nodes = walk(function)
    plain = {
        id(node.targets[0]): node.value
        for node in nodes
        if isinstance(node, ast.Assign) and len(node.targets) == 1
    }
    for node in nodes:
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            yield plain.get(id(node))


def _declared(declaration: ast.expr | None) -> int | None:
    """The `le=25` of `Query(…, le=25)` or of `Annotated[int, Query(le=25)]`."""
    for node in walk(declaration) if declaration is not None else ():
        for word in node.keywords if isinstance(node, ast.Call) else ():
            if word.arg in _LIMITS and isinstance(word.value, ast.Constant):
                if isinstance(word.value.value, int):
                    return word.value.value + _LIMITS[word.arg]
    return None


def _of_callers(source: Source, name: str, function: Function, depth: int) -> Bound | None:
    """The most that all callers in the project give."""
    if function not in source.index.parents:
        return None  # a function of another file: one step outside is followed
    callers = callers_of(source, function)
    if not callers:
        return None
    method = source.class_of(function) is not None
    most, evidence = 0, list[Evidence]()
    for caller in callers:
        given = argument_of(caller.call, function, name, bound=method)
        bound = None if given is None else most_of(source, given, caller.function, depth + 1)
        if bound is None:
            return None
        most = max(most, bound.most)
        evidence += [*bound.evidence, caller.proof(source, f"`{name}` is at most {bound.most}")]
    return Bound(most, tuple(evidence))
