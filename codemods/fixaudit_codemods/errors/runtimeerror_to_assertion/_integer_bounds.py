"""Integer expressions as sums, and what a function has checked about them: for counted loops."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit import Source


@dataclass(frozen=True)
class Sum:
    """`constant` plus each named part times its factor; the parts are source text."""

    constant: int
    parts: tuple[tuple[str, int], ...] = ()

    def __sub__(self, other: Sum) -> Sum:
        return _sum(self.constant - other.constant, _joined(self, other, -1))

    def __add__(self, other: Sum) -> Sum:
        return _sum(self.constant + other.constant, _joined(self, other, 1))


def _joined(left: Sum, right: Sum, sign: int) -> dict[str, int]:
    parts = dict(left.parts)
    for name, factor in right.parts:
        parts[name] = parts.get(name, 0) + sign * factor
    return parts


def _sum(constant: int, parts: dict[str, int]) -> Sum:
    return Sum(constant, tuple(sorted((name, f) for name, f in parts.items() if f)))


def as_sum(node: ast.expr, known: dict[str, Sum]) -> Sum | None:
    """The sum a plain integer expression is; names in `known` are replaced. None for other code."""
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return Sum(value)
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.Name() | ast.Attribute():
            return Sum(0, ((ast.unparse(node), 1),))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = as_sum(operand, known)
            return None if inner is None else Sum(0) - inner
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            one, other = as_sum(left, known), as_sum(right, known)
            if one is None or other is None:
                return None
            return one + other if isinstance(op, ast.Add) else one - other
    return None


def decided(test: ast.expr, known: dict[str, Sum]) -> bool | None:
    """Whether a condition is certainly true or false; None where it can be either."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = decided(operand, known)
            return None if inner is None else not inner
        case ast.BoolOp(op=op, values=values):
            found = [decided(value, known) for value in values]
            strong = isinstance(op, ast.Or)
            if strong in found:
                return strong
            return None if None in found else not strong
        case ast.Compare(left=left, ops=[op], comparators=[right]) if known:
            one, other = as_sum(left, known), as_sum(right, known)
            if one is None or other is None:
                return None
            gap = one - other
            return None if gap.parts else _compared(op, gap.constant)
    return None


def _compared(op: ast.cmpop, gap: int) -> bool | None:
    match op:
        case ast.Eq():
            return gap == 0
        case ast.NotEq():
            return gap != 0
        case ast.Lt():
            return gap < 0
        case ast.LtE():
            return gap <= 0
        case ast.Gt():
            return gap > 0
        case ast.GtE():
            return gap >= 0
    return None


# ------------------------------------------------------------------ what is known to be at least


def at_least(source: Source, value: Sum, checks: list[ast.expr]) -> int | None:
    """A lower bound of a sum, from constants and from conditions that did not hold (`checks`)."""
    total = value.constant
    for name, factor in value.parts:
        bound = _bound(source, name, checks) if factor == 1 else None
        if bound is None:
            return None
        total += bound
    return total


def _bound(source: Source, name: str, checks: list[ast.expr]) -> int | None:
    for check in checks:
        for part in _alternatives(check):
            bound = _refused_below(part, name)
            if bound is not None:
                return bound
    return None


def _alternatives(check: ast.expr) -> list[ast.expr]:
    if isinstance(check, ast.BoolOp) and isinstance(check.op, ast.Or):
        return check.values
    return [check]


def _refused_below(check: ast.expr, name: str) -> int | None:
    """`n` where the condition is `name < n` in some spelling: past it, name is at least n."""
    if not isinstance(check, ast.Compare) or len(check.ops) != 1:
        return None
    left, right = as_sum(check.left, {}), as_sum(check.comparators[0], {})
    if left is None or right is None:
        return None
    gap, op = left - right, check.ops[0]
    if isinstance(op, (ast.Gt, ast.GtE)):
        gap = right - left
    if gap.parts != ((name, 1),) or not isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
        return None
    strict = isinstance(op, (ast.Lt, ast.Gt))
    return -gap.constant + (0 if strict else 1)
