"""What mypy calls partial types: values that begin as None or empty, of a type that later lines tell.

In a function without annotations mypy takes them for Any, even under `check_untyped_defs`. In one
with an annotation it wants to learn the type in that function, and reports what it cannot
(checked against mypy 2.4: `var-annotated`, and `assignment` at what comes later).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit import Source
from fixaudit.authoring import own_nodes

_EMPTY = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.set",
        "collections.OrderedDict",
        "collections.defaultdict",
    }
)
# What fills a local collection, and so tells its type.
_FILLING = frozenset({"add", "append", "extend", "insert", "setdefault", "update"})


def partial_types(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The attributes and names of a function's own body whose type mypy could not learn in it."""
    declared = _declared(source, function)
    filled = _filled(function)
    found: dict[str, None] = {}
    for target, value in _assignments(function):
        if isinstance(target, ast.Attribute):
            if target.attr not in declared and (_is_none(value) or _is_empty(source, value)):
                found[ast.unparse(target)] = None
        elif isinstance(target, ast.Name) and target.id not in filled:
            if _is_empty(source, value):  # None alone is completed by what comes later
                found[target.id] = None
    return list(found)


def attributes_begun_as_none(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The attributes that a function gives None without saying what else they may be."""
    return [
        target.attr
        for target, value in _assignments(function)
        if isinstance(target, ast.Attribute) and _is_none(value)
    ]


def _assignments(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in own_nodes(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _pairs(target, node.value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """A target with its value; those of a tuple one by one, where the value is one as well."""
    both = isinstance(target, ast.Tuple | ast.List), isinstance(value, ast.Tuple | ast.List)
    if not all(both):
        yield target, value
        return
    assert isinstance(target, ast.Tuple | ast.List)
    assert isinstance(value, ast.Tuple | ast.List)
    for each, part in zip(target.elts, value.elts, strict=False):
        yield from _pairs(each, part)


def _declared(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The attributes that the body of the function's class annotates."""
    owner = source.scopes.scope_of(function).node
    body = owner.body if isinstance(owner, ast.ClassDef) else []
    return {
        item.target.id
        for item in body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }


def _filled(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The local names that the function itself puts something into."""
    found = set()
    for node in own_nodes(function):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr in _FILLING:
                found.add(name)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                found.add(name)
    return found


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_empty(source: Source, value: ast.expr) -> bool:
    match value:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=func, args=arguments, keywords=[]) if len(arguments) <= 1:
            name = source.qualified_name(func)
            return name in _EMPTY and (not arguments or name == "collections.defaultdict")
    return False
