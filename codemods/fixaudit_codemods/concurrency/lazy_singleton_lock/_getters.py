"""Getters of lazy module globals: where the global is asked for, and the statements that build it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import FunctionNode, origin_match, own_nodes, walk

LOCK = re.compile(r"(?i)(.*_)?(r?lock|mutex)(_.*)?|.*lock")
_LOCK_MADE = re.compile(
    r"(threading|asyncio|multiprocessing)\.(R?Lock|(Bounded)?Semaphore|Condition)\(\)"
)
_LOGGING = re.compile(r"(?i)_*(log|logger|logging)")
_LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


@dataclass(frozen=True)
class Getter:
    """A function that builds a global at its first call.

    `check` asks for the global; `building` are the statements that build it: those of the `if`, or
    where that returns early (`returns`) all below it. `ready` is false where the global is set before
    all is done, so that another thread could see it too early.
    """

    function: FunctionNode
    name: str
    check: ast.If
    returns: bool
    building: list[ast.stmt]
    ready: bool


def getter_of(source: Source, function: FunctionNode, name: str) -> Getter | None:
    """How a function builds the global lazily and gives it; None where it does not."""
    if not starts_as_none(source, name):
        return None
    for check, building in _buildings(function, name):
        ready = _is_ready(building, name, _globals(function))
        return Getter(function, name, check, building is not check.body, building, ready)
    return None


def _buildings(function: FunctionNode, name: str) -> Iterator[tuple[ast.If, list[ast.stmt]]]:
    """Each `if` that asks for the global with the statements that build it, in a function that gives it."""
    checks = [node for node in own_nodes(function) if isinstance(node, ast.If)]
    asked = [(check, asks(check.test, name)) for check in checks]
    for check, found in asked:
        if found and sets(check.body, name) and _uses(function, check, check.body):
            yield check, check.body
        elif found is False and check in function.body and _is_early_return(check, name):
            below = function.body[function.body.index(check) + 1 :]
            if sets(below, name) and _uses(function, check, below):
                yield check, below


def _uses(function: FunctionNode, check: ast.If, building: list[ast.stmt]) -> bool:
    """True where the function needs a global beyond the look at it and the building: it gives it, or
    works with it. An initialiser that notes what was made first does not."""
    if function.name == "__init__":
        return False
    declared = _globals(function)
    apart = {id(node) for node in (*own_below(building), *walk(check.test))}
    return any(
        isinstance(node, ast.Name)
        and node.id in declared
        and isinstance(node.ctx, ast.Load)
        and (id(node) not in apart or _is_returned(building, node))
        for node in own_nodes(function)
    )


def _is_returned(building: list[ast.stmt], use: ast.Name) -> bool:
    return any(isinstance(node, ast.Return) and node.value is use for node in building)


def is_getter(function: FunctionNode) -> bool:
    """True for a function that builds some global lazily, by its own text alone."""
    names = _globals(function)
    return any(next(_buildings(function, name), None) is not None for name in names)


def asks(test: ast.expr, name: str) -> bool | None:
    """True for `x is None` and `not x`, False for `x is not None` and `x`, None for all others."""
    match test:
        case ast.Compare(
            left=ast.Name(id=left), ops=[op], comparators=[ast.Constant(value=None)]
        ) if left == name and isinstance(op, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)):
            return isinstance(op, (ast.Is, ast.Eq))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = asks(operand, name)
            return None if inner is None else not inner
        case ast.Name(id=left) if left == name:
            return False
    return None


def starts_as_none(source: Source, name: str) -> bool:
    """True for a name that the module sets to None, once, and that only functions set otherwise."""
    own = [
        entry
        for entry in source.scopes.module.bindings.get(name, ())
        if source.function(entry.node) is None and entry.kind != "annotation"
    ]
    if len(own) != 1 or not isinstance(source.parent(own[0].statement), ast.Module):
        return False
    value = own[0].value
    return isinstance(value, ast.Constant) and value.value is None


def sets(statements: list[ast.stmt], name: str) -> list[ast.Name]:
    """The places among statements, functions inside of them not counted, that set the global."""
    return [
        node
        for statement in statements
        for node in _own(statement)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]


def locks_around(source: Source, node: ast.AST) -> ast.With | None:
    """The `with` of a lock that a node stands in, in the same function."""
    function = source.function(node)
    for above in source.ancestors(node):
        if above is function:
            return None
        if isinstance(above, ast.With) and any(is_lock(item, source) for item in above.items):
            return above
    return None


def locks_in(source: Source, building: list[ast.stmt], name: str) -> ast.With | None:
    """The `with` of a lock among statements that hold the setting of the global."""
    for statement in building:
        for node in _own(statement):
            if isinstance(node, ast.With) and any(is_lock(item, source) for item in node.items):
                if sets(node.body, name):
                    return node
    return None


def is_lock(item: ast.withitem, source: Source | None = None) -> bool:
    """True for what is a lock by its name, or by what is seen to make it where the source is given."""
    opened = item.context_expr
    plain = opened.func if isinstance(opened, ast.Call) else opened
    last = plain.attr if isinstance(plain, ast.Attribute) else getattr(plain, "id", "")
    if LOCK.fullmatch(last) is not None:
        return True
    return source is not None and origin_match(source, opened, _LOCK_MADE) is not None


def own_below(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of statements, without those of functions and classes inside of them."""
    for statement in statements:
        yield from _own(statement)


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))


def _is_early_return(check: ast.If, name: str) -> bool:
    match check:
        case ast.If(body=[ast.Return(value=ast.Name(id=returned))], orelse=[]):
            return returned == name
    return False


def _globals(function: FunctionNode) -> set[str]:
    return {
        name for node in own_nodes(function) if isinstance(node, ast.Global) for name in node.names
    }


def _is_ready(building: list[ast.stmt], name: str, declared: set[str]) -> bool:
    """True where nothing is done to the object, or set beside it, once the global is set."""
    first = min((node.lineno, node.col_offset) for node in sets(building, name))
    for node in own_below(building):
        place = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        if place <= first:
            continue
        if isinstance(node, ast.Name) and node.id in declared:
            if node.id != name and isinstance(node.ctx, ast.Store):
                return False
            if node.id == name and not _only_looks(building, node):
                return False
    return True


def _only_looks(building: list[ast.stmt], use: ast.Name) -> bool:
    """True for `return x`, for another assignment to it, and for what a log line shows."""
    if isinstance(use.ctx, ast.Store):
        return True
    for node in own_below(building):
        match node:
            case ast.Return(value=value) if value is use:
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=logger), attr=method)) if (
                _LOGGING.fullmatch(logger) and method in _LEVELS
            ):
                if any(inner is use for inner in walk(node)):
                    return True
    return False
