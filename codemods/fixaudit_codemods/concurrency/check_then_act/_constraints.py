"""Which unique constraint of a model keeps a second row out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit.authoring import ClassFacts, keyword, walk
from fixaudit_codemods.concurrency.check_then_act._stores import BY_KEY


@dataclass(frozen=True)
class Unique:
    """A constraint with its columns and the line that declares it."""

    columns: frozenset[str]
    line: int
    is_key: bool = False


def unique_of(cls: ClassFacts) -> Iterator[Unique]:
    """The unique constraints that the classes of a model declare, and its primary key."""
    keys: dict[str, int] = {}
    for each in cls.mro().own:
        for node in walk(each.parse()):
            if isinstance(node, (ast.Assign, ast.AnnAssign)):
                keys.update(_of_key(node))
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                yield from _of_column(node)
            if isinstance(node, ast.Call):
                yield from _of_table(node)
    if keys:
        yield Unique(frozenset(keys), min(keys.values()), is_key=True)


def _of_key(node: ast.Assign | ast.AnnAssign) -> Iterator[tuple[str, int]]:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Name) and isinstance(node.value, ast.Call):
        given = keyword(node.value, "primary_key")
        if given is not None and ast.unparse(given.value) == "True":
            yield target.id, node.lineno


def holding(cls: ClassFacts, words: frozenset[str]) -> Unique | None:
    """The constraint all of whose columns a lookup names."""
    if BY_KEY in words:
        return next((each for each in unique_of(cls) if each.is_key), None)
    return next((each for each in unique_of(cls) if each.columns and each.columns <= words), None)


def _of_column(node: ast.Assign | ast.AnnAssign) -> Iterator[Unique]:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if not isinstance(target, ast.Name):
        return
    if target.id == "unique_together":
        columns = {
            each.value
            for each in walk(node)
            if isinstance(each, ast.Constant) and isinstance(each.value, str)
        }
        yield Unique(frozenset(columns), node.lineno)
    elif isinstance(node.value, ast.Call):
        given = keyword(node.value, "unique")
        if given is not None and isinstance(given.value, ast.Constant) and given.value.value:
            yield Unique(frozenset({target.id}), node.lineno)


def _of_table(call: ast.Call) -> Iterator[Unique]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = keyword(call, "unique")
    is_index = name == "Index" and given is not None and ast.unparse(given.value) == "True"
    if name not in ("UniqueConstraint", "PrimaryKeyConstraint") and not is_index:
        return
    values = call.args[1:] if is_index else call.args
    fields = keyword(call, "fields")
    if fields is not None:
        values = [fields.value]
    columns = {
        each.value
        for value in values
        for each in walk(value)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }
    if columns:
        yield Unique(frozenset(columns), call.lineno)
