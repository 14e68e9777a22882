"""Two equal assignments to one attribute of `self`, with nothing but plain assignments in between."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from fixaudit import Source, memoized
from fixaudit.authoring import Where
from fixaudit_codemods.attributes.duplicate_assignment._assigned_twice import (
    Assignment,
    Block,
    Pair,
    blocks_of,
    is_constant,
    is_equal,
    is_literal,
)


def attribute_pair(source: Source, node: Assignment) -> Pair | None:
    """The pair whose second half is `node`, of a class that only stores what is assigned."""
    pair = _all_pairs(source).get(node)
    if pair is None:
        return None
    return pair if _only_stores(source, node, pair.name.rpartition(".")[2]) else None


@memoized
def _all_pairs(source: Source) -> dict[Assignment, Pair]:
    return {pair.second: pair for block in blocks_of(source) for pair in _pairs(block)}


def _pairs(statements: Sequence[ast.stmt]) -> Iterator[Pair]:
    block, last = Block(statements), dict[str, int]()
    for position, statement in enumerate(statements):
        if not _is_plain(statement):
            last.clear()
            continue
        assert isinstance(statement, ast.Assign)
        for target in statement.targets:
            if isinstance(target, ast.Name):
                last = {key: at for key, at in last.items() if key.partition(".")[0] != target.id}
                continue
            name, before = ast.unparse(target), None
            # Another name may stand for the same object.
            tail = name.partition(".")[2]
            last = {
                key: at for key, at in last.items() if key == name or key.partition(".")[2] != tail
            }
            if len(statement.targets) == 1 and is_constant(statement.value):
                before = last.get(name)
            if before is not None and is_equal(statement.value, statements[before].value):  # type: ignore[attr-defined]
                yield Pair(name, block, before, position)
            last[name] = position


def _is_plain(statement: ast.stmt) -> bool:
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


def _only_stores(source: Source, node: Assignment, name: str) -> bool:
    """True in a method whose `self` is of a class without setters that could see both."""
    function, owner = source.function(node), source.class_of(node)
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or owner is None:
        return False
    first = [*function.args.posonlyargs, *function.args.args][:1]
    receiver = target.value.id if isinstance(target, ast.Attribute) else ""  # type: ignore[attr-defined]
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
