"""The life of an event loop that a function makes by hand: where it is set, used and closed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixaudit import Source
from fixaudit.authoring import variable_uses, walk

_AFTERWARDS = frozenset({"shutdown_asyncgens", "shutdown_default_executor"})


@dataclass
class HandMade:
    """`name = asyncio.new_event_loop()`, and what becomes of it.

    `installs` are `asyncio.set_event_loop(name)` statements, `body` the `try` behind them; `runs` are
    its calls of `run_until_complete`. `unsets` says that the `finally` takes the loop from the thread.
    `objection` says why this is not the whole of it.
    """

    made: ast.stmt
    name: str
    body: ast.Try | None = None
    installs: list[ast.stmt] = field(default_factory=list)
    runs: list[ast.Call] = field(default_factory=list)
    unsets: bool = False
    objection: str = ""


def hand_made(source: Source, call: ast.Call) -> HandMade | None:
    """How the loop lives that a call makes; None where it gets no local name."""
    statement = source.statement(call)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call:
            found = HandMade(statement, name)
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is call:
            found = HandMade(statement, name)
        case _:
            return None
    block = source.block(statement)
    rest = block[block.index(statement) + 1 :]
    while rest and _installs(source, rest[0], name):
        found.installs.append(rest.pop(0))
    if not rest or not isinstance(rest[0], ast.Try) or not _closes(rest[0].finalbody, name):
        found.objection = f"no `finally` right below it closes `{name}`"
        return found
    found.body = rest[0]
    if _installs(source, found.body.body[0], name) and len(found.body.body) > 1:
        found.installs.append(found.body.body[0])
    _read(source, found)
    return found


def _read(source: Source, found: HandMade) -> None:
    """Note the runs, and what else is done with the loop."""
    assert found.body is not None
    closing = {id(node) for entry in found.body.finalbody for node in walk(entry)}
    installing = {id(node) for entry in found.installs for node in walk(entry)}
    scope = source.scopes.scope_of(found.made)
    for use in variable_uses(source, scope, found.name):
        if id(use) in closing or id(use) in installing:
            continue
        run = _run(source, use)
        inside = any(above is found.body for above in source.ancestors(use))
        if run is None or not inside:
            found.objection = (
                f"`{found.name}` is used for more than to run coroutines (line {use.lineno})"
            )
            return
        found.runs.append(run)
    if len(scope.bindings.get(found.name, ())) != 1:
        found.objection = f"`{found.name}` is set more than once"
    for entry in found.body.finalbody:
        if not _ends(source, entry, found.name):
            shown = ast.unparse(entry).splitlines()[0]
            found.objection = f"the `finally` does more than close it: `{shown}`"
        found.unsets |= _unsets(source, entry)
    if not found.runs:
        found.objection = f"nothing runs on `{found.name}`"


def _run(source: Source, use: ast.Name) -> ast.Call | None:
    """`loop.run_until_complete(…)`, awaited by nobody and in the function itself."""
    above = source.parent(use)
    if isinstance(above, ast.Attribute) and above.attr == "run_until_complete":
        call = source.parent(above)
        if isinstance(call, ast.Call) and call.func is above:
            if len(call.args) == 1 and not call.keywords:
                return call
    return None


def _installs(source: Source, statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=func, args=[ast.Name(id=given)], keywords=[])):
            return given == name and _is(source, func, "set_event_loop")
    return False


def _closes(final: list[ast.stmt], name: str) -> bool:
    return any(_is_method(entry, name, "close") for entry in final)


def _ends(source: Source, entry: ast.stmt, name: str) -> bool:
    """True for what a runner does of itself when it ends."""
    if _is_method(entry, name, "close") or _unsets(source, entry):
        return True
    match entry:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=loop), attr="run_until_complete"),
                args=[ast.Call(func=ast.Attribute(value=ast.Name(id=same), attr=attr))],
            )
        ):
            return loop == same == name and attr in _AFTERWARDS
    return False


def _unsets(source: Source, entry: ast.stmt) -> bool:
    match entry:
        case ast.Expr(value=ast.Call(func=func, args=[ast.Constant(value=None)])):
            return _is(source, func, "set_event_loop")
    return False


def _is_method(entry: ast.stmt, name: str, method: str) -> bool:
    match entry:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attr), args=[])
        ):
            return owner == name and attr == method
    return False


def _is(source: Source, func: ast.expr, name: str) -> bool:
    return source.qualified_name(func) in (f"asyncio.{name}", f"asyncio.events.{name}")


def synchronous_calls(source: Source, found: HandMade) -> Iterator[ast.Call]:
    """The calls that run between the making of the loop and its end, outside of its coroutines."""
    assert found.body is not None
    runs = {id(run) for run in found.runs}
    given = {id(run.args[0]) for run in found.runs}
    for entry in (*found.body.body, *found.body.handlers, *found.body.orelse):
        for node in walk(entry):
            if isinstance(node, ast.Call) and id(node) not in runs | given:
                if source.function(node) is source.function(found.made):
                    yield node
