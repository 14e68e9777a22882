"""Values that are the same each time they are written out."""

from __future__ import annotations

import ast


def is_constant(value: ast.expr) -> bool:
    """Literals that cannot change: numbers, texts, tuples, and sums and products of them."""
    match value:
        case ast.Constant():
            return True
        case ast.Tuple(elts=items):
            return all(is_constant(item) for item in items)
        case ast.UnaryOp(operand=operand):
            return is_constant(operand)
        case ast.BinOp(left=left, right=right):
            return is_constant(left) and is_constant(right)
    return False


def is_literal(value: ast.expr) -> bool:
    """The same with lists, sets and dicts, of which each evaluation makes a new one."""
    match value:
        case ast.List(elts=items) | ast.Set(elts=items) | ast.Tuple(elts=items):
            return all(is_literal(item) for item in items)
        case ast.Dict(keys=keys, values=values):
            return all(item is not None and is_literal(item) for item in [*keys, *values])
    return is_constant(value)


def is_equal(one: ast.expr, other: ast.expr) -> bool:
    """True for the same expression, types of its constants included; layout does not count."""
    return ast.dump(one) == ast.dump(other)
