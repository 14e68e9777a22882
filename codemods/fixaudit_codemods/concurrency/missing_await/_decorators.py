"""What the project's own decorators make of a coroutine function: another one, or something else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit import Source
from fixaudit.authoring import FunctionFacts, Inference, ModuleFacts, dotted_name, own_nodes

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def keeps_coroutines(source: Source, decorated: FunctionFacts, decorator: ast.expr) -> bool:
    """True where a call of what the decorator gives surely makes a coroutine too.

    Followed is a decorator of the project that gives the function itself, an `async def` of its own,
    or a plain one that gives back what the function gives; with arguments, one that makes such.
    """
    plain = decorator.func if isinstance(decorator, ast.Call) else decorator
    found = Inference(source.project, decorated.module).definition(plain)
    if not isinstance(found, FunctionFacts) or found.is_async or found.decorators:
        return False
    node = _given(found.node) if isinstance(decorator, ast.Call) else found.node
    return isinstance(node, ast.FunctionDef) and _keeps(node, found.module)


def _given(function: Function) -> Function | None:
    """The inner function that all of a function's `return` give; None for anything else."""
    inner = {entry.name: entry for entry in own_nodes(function) if isinstance(entry, _FUNCTIONS)}
    names = {value.id if isinstance(value, ast.Name) else "" for value in _returned(function)}
    return inner.get(names.pop()) if len(names) == 1 else None


def _returned(function: Function) -> Iterator[ast.expr | None]:
    for node in own_nodes(function):
        if isinstance(node, ast.Return):
            yield node.value


def _keeps(decorator: ast.FunctionDef, module: ModuleFacts) -> bool:
    if not decorator.args.args:
        return False
    func = decorator.args.args[0].arg
    returned = list(_returned(decorator))
    if returned and all(isinstance(value, ast.Name) and value.id == func for value in returned):
        return True
    wrapper = _given(decorator)
    if wrapper is None or any(not _is_wraps(entry, module) for entry in wrapper.decorator_list):
        return False
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(wrapper)):
        return False
    if isinstance(wrapper, ast.AsyncFunctionDef):
        return True
    given = list(_returned(wrapper))
    ends = isinstance(wrapper.body[-1], (ast.Return, ast.Raise, ast.With, ast.Try, ast.If))
    return ends and bool(given) and all(_is_call_of(value, func) for value in given)


def _is_wraps(decorator: ast.expr, module: ModuleFacts) -> bool:
    written = dotted_name(decorator.func) if isinstance(decorator, ast.Call) else None
    return written is not None and module.qualify(written) == "functools.wraps"


def _is_call_of(value: ast.expr | None, func: str) -> bool:
    return (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == func
    )
