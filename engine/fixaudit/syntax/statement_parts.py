"""Which parts of a node bind names, hold statements, or are evaluated in which scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit.syntax.namespace import COMPREHENSIONS, DEFINITIONS, type_parameters
from fixaudit.syntax.tree import children

# Where statements bind names, and where further statements stand.
BINDING_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Assign: ("targets",),
    ast.AugAssign: ("target",),
    ast.AnnAssign: ("target",),
    ast.For: ("target",),
    ast.AsyncFor: ("target",),
    ast.With: ("items",),
    ast.AsyncWith: ("items",),
    ast.Delete: ("targets",),
    ast.match_case: ("pattern",),
}
BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
}
for _newer, _where, _fields in (
    ("TryStar", BLOCKS, BLOCKS[ast.Try]),
    ("TypeAlias", BINDING_FIELDS, ("name",)),
):
    if hasattr(ast, _newer):
        _where[getattr(ast, _newer)] = _fields
# Targets in which nothing but the object or index is named.
UNBINDING = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant)


def runs_in(scope: ast.AST, part: ast.AST) -> bool:
    """True where `scope` opens a scope in which its child `part` is evaluated."""
    if isinstance(scope, DEFINITIONS):
        return isinstance(part, ast.stmt)
    return isinstance(scope, ast.Lambda) and not isinstance(part, ast.arguments)


def results(node: ast.AST) -> list[ast.AST]:
    """What a comprehension makes of each element."""
    if isinstance(node, ast.DictComp):
        return [node.key, node.value]
    assert isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp))
    return [node.elt]


def evaluated_around(node: ast.AST, kind: type[ast.AST]) -> list[ast.AST] | None:
    """The children that are evaluated in the scope the node stands in; None for a comprehension.

    What type parameters are known in is left out: it cannot bind.
    """
    generic = bool(type_parameters(node))
    if kind in DEFINITIONS:
        assert isinstance(node, DEFINITIONS)
        parts: list[ast.AST] = [*node.decorator_list]
        if isinstance(node, ast.ClassDef):
            return parts if generic else [*node.bases, *node.keywords, *parts]
        if generic:
            given = (*node.args.defaults, *node.args.kw_defaults)
            return [*(item for item in given if item is not None), *parts]
        return [node.args, *parts, *([node.returns] if node.returns is not None else [])]
    if kind is ast.Lambda:
        assert isinstance(node, ast.Lambda)
        return [node.args]
    if kind in COMPREHENSIONS:
        return None
    if generic:  # an alias
        return [node.name]  # type: ignore[attr-defined]
    return children(node)


def own_statements(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """The statements of a function's body and of the blocks in it, with the handlers and cases that hold
    some, in the order of the text; of functions and classes inside it none."""
    stack: list[ast.AST] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        yield node
        for name in reversed(BLOCKS.get(node.__class__, ())):
            stack += reversed(getattr(node, name))
