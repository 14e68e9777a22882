"""The one walk over a file's tree: who is whose parent, and all nodes by type."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

N = TypeVar("N", bound=ast.AST)

# A node type says its own part of the grammar: `Assign(expr* targets, expr value, string? type_comment)`.
_DECLARED = re.compile(r"(\w+)[*?]? (\w+)")
# Of these a field holds no node below: names, numbers, constants, and the marks of an operator.
_NO_NODES = frozenset(
    {"identifier", "int", "string", "constant", "object"}
    | {"boolop", "operator", "unaryop", "cmpop", "expr_context"}
)
# One call gets all fields that may hold nodes, last one first: the walk's stack turns them round.
_Getter = Callable[[ast.AST], tuple[Any, ...]]
_getters: dict[type[ast.AST], _Getter | None] = {}


def node_fields(kind: type[ast.AST]) -> tuple[str, ...] | None:
    """The fields that hold nodes by the grammar of the running Python, in its order.

    Contexts and operators (`ast.Load`, `ast.Add`) do not count. None for a type that the grammar
    does not name.
    """
    declared = _DECLARED.findall(kind.__doc__ or "")
    if tuple(name for _, name in declared) != kind._fields:
        return None
    return tuple(name for holds, name in declared if holds not in _NO_NODES)


def _getter(kind: type[ast.AST]) -> _Getter | None:
    """Gets the fields that may hold nodes; None for a type that has none, such as a name."""
    names = node_fields(kind)
    found: _Getter | None = None
    if names is None:
        found = partial(_nodes_held, kind._fields[::-1])
    elif len(names) > 1:
        found = attrgetter(*reversed(names))
    elif names:
        only = attrgetter(names[0])
        found = lambda node: (only(node),)  # noqa: E731  a pair with attrgetter
    _getters[kind] = found
    return found


def _nodes_held(names: tuple[str, ...], node: ast.AST) -> tuple[Any, ...]:
    """The same for a type that the grammar does not name, by what its fields hold."""
    values = (getattr(node, name, None) for name in names)
    return tuple(
        [item for item in value if isinstance(item, ast.AST)] if isinstance(value, list) else value
        for value in values
        if isinstance(value, (list, ast.AST)) and not isinstance(value, _MARKS)
    )


_MARKS = (ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.expr_context)


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below one, in the order of its fields."""
    kind = node.__class__
    getter = _getters[kind] if kind in _getters else _getter(kind)
    found: list[ast.AST] = []
    for value in reversed(getter(node)) if getter is not None else ():
        if value.__class__ is list:
            found += [child for child in value if child is not None]
        elif value is not None:
            found.append(value)
    return found


def walk(root: ast.AST) -> list[ast.AST]:
    """The node and all below it, in the order of `ast.walk` and three times as fast.

    Contexts, operators and the like (`ast.Load`, `ast.Add`) are left out.
    """
    found = [root]
    add = found.append
    for node in found:
        kind = node.__class__
        getter = _getters[kind] if kind in _getters else _getter(kind)
        for value in reversed(getter(node)) if getter is not None else ():
            if value.__class__ is list:
                found += value if None not in value else [item for item in value if item]
            elif value is not None:
                add(value)
    return found


class _Kinds(dict[type[ast.AST], tuple[Callable[[ast.AST], None], "_Getter | None"]]):
    """What takes a node of a type down, and what gets its children, in one lookup."""

    def __init__(self) -> None:
        self.nodes: defaultdict[type[ast.AST], list[ast.AST]] = defaultdict(list)

    def __missing__(self, kind: type[ast.AST]) -> tuple[Callable[[ast.AST], None], _Getter | None]:
        getter = _getters[kind] if kind in _getters else _getter(kind)
        found = self[kind] = self.nodes[kind].append, getter
        return found


class TreeIndex:
    """Parents and nodes by type of one tree; built in one iterative walk, in source order.

    Attributes: `parents` maps a node to its parent; `by_type` maps an exact node type to its nodes.
    """

    __slots__ = ("by_type", "parents")

    def __init__(self, tree: ast.AST) -> None:
        kinds = _Kinds()
        parents: dict[ast.AST, ast.AST] = {}
        stack = [tree]
        pop, push = stack.pop, stack.append
        while stack:
            node = pop()
            add, getter = kinds[node.__class__]
            add(node)
            if getter is None:
                continue
            for value in getter(node):
                if not value:
                    continue
                if value.__class__ is list:
                    for child in value[::-1]:
                        if child is not None:
                            parents[child] = node
                            push(child)
                else:
                    parents[value] = node
                    push(value)
        self.by_type = kinds.nodes
        self.parents = parents

    def nodes(self, *kinds: type[ast.AST]) -> Iterable[ast.AST]:
        """All nodes of the given exact types, type by type, each in source order."""
        for kind in kinds:
            yield from self.by_type.get(kind, ())

    def of_type(self, kind: type[N]) -> Sequence[N]:
        """All nodes of one exact type, in source order."""
        return self.by_type.get(kind, ())  # type: ignore[return-value]
