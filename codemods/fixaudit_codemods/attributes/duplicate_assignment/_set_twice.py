"""Two equal assignments to one attribute of `self`, with nothing but plain assignments in between."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeGuard

from fixaudit import Source, memoized
from fixaudit.authoring import Where
from fixaudit_codemods.attributes.duplicate_assignment._assigned_twice import (
    Assignment,
    Block,
    Pair,
    blocks_of,
)
from fixaudit_codemods.attributes.duplicate_assignment._constants import (
    is_constant,
    is_equal,
    is_literal,
)


def attribute_pair(source: Source, node: Assignment) -> Pair | None:
    """The pair whose second half is `node`, of a class that only stores what is assigned."""
    pair = _all_pairs(source).get(node)
    return pair if pair is not None and _only_stores(source, pair) else None


@memoized
def _all_pairs(source: Source) -> dict[Assignment, Pair]:
    return {pair.second: pair for block in blocks_of(source) for pair in _pairs(block)}


def _pairs(statements: Sequence[ast.stmt]) -> Iterator[Pair]:
    block, last = Block(statements), _LastSet()
    for position, statement in enumerate(statements):
        if not _is_plain(statement):
            last = _LastSet()
            continue
        for target in statement.targets:
            if isinstance(target, ast.Name):
                last.forget(target.id)
                continue
            receiver, _, attribute = ast.unparse(target).partition(".")
            before = last.put(receiver, attribute, position)
            if before is None or len(statement.targets) > 1 or not is_constant(statement.value):
                continue
            pair = Pair(f"{receiver}.{attribute}", block, before, position)
            if pair.first.value is not None and is_equal(statement.value, pair.first.value):
                yield pair


class _LastSet:
    """Where each attribute was set last, and on which name: another one may mean the same object."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, int]] = {}
        self._set_on: dict[str, set[str]] = {}

    def put(self, receiver: str, attribute: str, position: int) -> int | None:
        """Where the attribute of that name was set before, and of no other since."""
        holder, before = self._last.get(attribute, ("", 0))
        self._last[attribute] = receiver, position
        self._set_on.setdefault(receiver, set()).add(attribute)
        return before if holder == receiver else None

    def forget(self, receiver: str) -> None:
        """A name means something else from now on."""
        for attribute in self._set_on.pop(receiver, ()):
            if self._last.get(attribute, ("", 0))[0] == receiver:
                del self._last[attribute]


def _is_plain(statement: ast.stmt) -> TypeGuard[ast.Assign]:
    """`self.a = b`, `a = 1`: no other code runs, but that of a class which makes more of it."""
    if not isinstance(statement, ast.Assign):
        return False
    if not isinstance(statement.value, ast.Name) and not is_literal(statement.value):
        return False
    return all(
        isinstance(item, ast.Name)
        or (isinstance(item, ast.Attribute) and isinstance(item.value, ast.Name))
        for item in statement.targets
    )


def _only_stores(source: Source, pair: Pair) -> bool:
    """True in a method whose `self` is of a class without setters that could see both."""
    function, owner = source.function(pair.second), source.class_of(pair.second)
    receiver, _, name = pair.name.partition(".")
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or owner is None:
        return False
    first = [*function.args.posonlyargs, *function.args.args][:1]
    if source.parent(function) is not owner or not first or first[0].arg != receiver:
        return False
    cls = source.project.class_of(owner, source.project.facts_of_source(source))
    order = cls.mro()
    return order.complete and not any(
        "__setattr__" in entry.body.found
        or any(_sees(item.where, item.value) for item in entry.body.found.get(name, ()))
        for entry in order.own
    )


def _sees(where: Where, value: ast.expr | None) -> bool:
    if where is Where.CLASS_BODY:
        return value is not None and not is_literal(value)
    return where in (Where.PROPERTY, Where.METHOD, Where.NESTED_CLASS)
