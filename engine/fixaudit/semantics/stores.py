"""Stores on a receiver: `self.x = …` in all its spellings."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit.syntax.tree import walk

STORING = frozenset(
    {ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith}
    | {ast.Delete, ast.Call}
)
"""The types of the nodes that `stores` finds anything in."""


def stores(node: ast.AST, receiver: str) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """`(attribute, annotation, value)` for each store on `receiver` in one statement or call.

    `value` is None where the statement does not bind the attribute to one plain expression.
    """
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if _is_attribute_of(target, receiver):
                    yield target.attr, None, value  # type: ignore[attr-defined]
                else:
                    yield from _inside(target, receiver)
        case ast.AnnAssign(target=ast.Attribute() as target, annotation=annotation, value=value):
            if value is not None and _is_attribute_of(target, receiver):
                yield target.attr, annotation, value
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _inside(target, receiver)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield from _inside(item.optional_vars, receiver)
        case ast.Delete(targets=targets):
            for target in targets:
                yield from _inside(target, receiver)
        case ast.Call(
            func=ast.Attribute(value=owner, attr="__setattr__"),
            args=[*_, ast.Constant(value=str(name)), value],
        ):
            if _is_receiver_setattr(node, owner, receiver):
                yield name, None, value
        case ast.Call(
            func=ast.Name(id="setattr"),
            args=[ast.Name(id=who), ast.Constant(value=str(name)), value],
        ):
            if who == receiver:
                yield name, None, value


def _is_receiver_setattr(call: ast.AST, owner: ast.expr, receiver: str) -> bool:
    """`object.__setattr__(self, "x", v)` and `super().__setattr__("x", v)`."""
    assert isinstance(call, ast.Call)
    if isinstance(owner, ast.Name) and owner.id == "object":
        return (
            len(call.args) == 3
            and isinstance(call.args[0], ast.Name)
            and call.args[0].id == receiver
        )
    is_super = (
        isinstance(owner, ast.Call)
        and isinstance(owner.func, ast.Name)
        and owner.func.id == "super"
    )
    return is_super and len(call.args) == 2


def _inside(target: ast.expr, receiver: str) -> Iterator[tuple[str, None, None]]:
    for inner in () if isinstance(target, ast.Name) else walk(target):
        if _is_attribute_of(inner, receiver) and not isinstance(inner.ctx, ast.Load):  # type: ignore[attr-defined]
            yield inner.attr, None, None  # type: ignore[attr-defined]


def _is_attribute_of(node: ast.AST, receiver: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == receiver
    )
