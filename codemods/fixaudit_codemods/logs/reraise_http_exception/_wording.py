"""Functions of the project that only put a message into words: skipping a call of them loses nothing."""

from __future__ import annotations

import ast

from fixaudit import Source, memoized
from fixaudit.authoring import FunctionFacts, definition_of, dotted_name, walk

_STEPS = 3
# What reads its arguments and gives something back, as the documentation of Python has it.
_BUILTINS = frozenset({"str", "repr", "type", "len", "format", "isinstance", "getattr", "hasattr", "dict", "list", "tuple", "int", "bool", "min", "max", "sorted"})  # fmt: skip
_METHODS = frozenset({"format", "strip", "rstrip", "lstrip", "join", "split", "replace", "lower", "upper", "title", "capitalize", "startswith", "endswith", "removeprefix", "removesuffix", "get", "items", "keys", "values", "isoformat", "format_exc", "format_exception"})  # fmt: skip
_ACTS = (ast.Await, ast.Yield, ast.YieldFrom, ast.Delete, ast.AugAssign, ast.Global, ast.Nonlocal, ast.Raise, ast.With, ast.AsyncWith, ast.Import, ast.ImportFrom)  # fmt: skip


def only_words(source: Source, call: ast.Call) -> bool:
    """True where the function is the project's own, and nothing in it but gives a text back."""
    found = definition_of(source, call.func)
    return isinstance(found, FunctionFacts) and _only_words(source, found, _STEPS)


@memoized
def _only_words(source: Source, function: FunctionFacts, steps: int) -> bool:
    if steps == 0 or function.is_async or function.is_generator:
        return False
    if any(name not in ("staticmethod", "classmethod") for name in map(_last, function.decorators)):
        return False
    nodes = [node for statement in function.node.body for node in walk(statement)]
    return any(isinstance(node, ast.Return) for node in nodes) and all(
        _is_harmless(source, function, node, steps) for node in nodes
    )


def _last(name: str | None) -> str:
    return (name or "").rpartition(".")[2]


def _is_harmless(source: Source, function: FunctionFacts, node: ast.AST, steps: int) -> bool:
    if isinstance(node, _ACTS):
        return False
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return isinstance(node.ctx, ast.Load)
    if not isinstance(node, ast.Call):
        return True
    if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
        return True
    dotted = dotted_name(node.func)
    if dotted is None:
        return False
    if dotted in _BUILTINS:
        return True
    found = source.project.resolve(function.module, dotted)
    return isinstance(found, FunctionFacts) and _only_words(source, found, steps - 1)
