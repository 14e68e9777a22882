"""What becomes of a client (of Redis, HTTP, a database) that a function makes each time it is called."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from fixaudit import Source, memoized
from fixaudit.authoring import variable_uses

Function = ast.FunctionDef | ast.AsyncFunctionDef
Fate = Literal["returned", "yielded", "stored", "handed", "closed", "local"]
CACHES = frozenset(
    {
        "functools.lru_cache",
        "functools.cache",
        "functools.cached_property",
        "async_lru.alru_cache",
        "cachetools.cached",
        "streamlit.cache_resource",
        "django.utils.functional.cached_property",
    }
)
# Decorators of Quart, Sanic, aiohttp and Celery for what runs once a process.
_STARTING = frozenset(
    {
        "before_serving",
        "before_server_start",
        "main_process_start",
        "on_startup",
        "worker_process_init",
    }
)
_SETUP = frozenset({"__init__", "__new__", "__post_init__", "__aenter__", "__enter__", "model_post_init"})  # fmt: skip
CLOSING = frozenset({"close", "aclose", "dispose", "disconnect", "shutdown", "connection_pool.disconnect"})  # fmt: skip
# Their result holds the engine that it comes from.
_OPENING = frozenset({"connect", "raw_connection", "begin"})
_CONTEXTS = frozenset({"contextlib.closing", "contextlib.aclosing"})


@dataclass(frozen=True, slots=True)
class Made:
    """A client that `function` makes at each call; `name` is its local name, empty for none.

    `where` is the place that shows its fate: the `return`, the assignment, the call that gets it.
    """

    call: ast.Call
    function: Function
    fate: Fate
    where: ast.AST
    name: str = ""

    @property
    def line(self) -> int:
        """Where its fate is shown, 1-based."""
        line: int = getattr(self.where, "lineno", self.call.lineno)
        return line


def made_by(source: Source, call: ast.Call) -> Made | None:
    """The client as its function makes it; None where it is made once: in a module, a class body, a
    constructor, a cached function, a lambda, or what runs when the process starts."""
    function = source.function(call)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    if function.name in _SETUP or _is_cached(source, function) or _starts(source, function):
        return None
    return _followed(source, function, call, call)


def _starts(source: Source, function: Function) -> bool:
    """True for what runs when the process starts: a lifespan, a handler of `startup`."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        last = str(getattr(called, "attr", ""))
        if last in _STARTING or (last == "on_event" and "startup" in ast.unparse(decorator)):
            return True
    return function.name in _lifespans(source)


@memoized
def _lifespans(source: Source) -> frozenset[str]:
    """The functions that this file gives as `lifespan=` or `on_startup=[…]`."""
    return frozenset(
        node.id
        for word in source.nodes(ast.keyword)
        if word.arg in ("lifespan", "on_startup")
        for node in ast.walk(word.value)
        if isinstance(node, ast.Name)
    )


def _is_cached(source: Source, function: Function) -> bool:
    for decorator in function.decorator_list:
        inner = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = source.qualified_name(inner) or ""
        if name in CACHES or name.rpartition(".")[2].endswith("cache"):
            return True
    return False


def _followed(source: Source, function: Function, call: ast.Call, node: ast.expr) -> Made:
    """The fate of the value of `node`, from where it stands in its statement."""
    above = source.parent(node)
    if isinstance(above, ast.Await):
        return _followed(source, function, call, above)
    if isinstance(above, (ast.IfExp, ast.BoolOp)) and node is not getattr(above, "test", None):
        return _followed(source, function, call, above)
    match above:
        case ast.Return():
            return Made(call, function, "returned", above)
        case ast.Yield() | ast.YieldFrom():
            return Made(call, function, "yielded", above)
        case ast.withitem():
            return Made(call, function, "closed", call)
        case ast.Attribute():
            return _used_at_once(source, function, call, above)
        case ast.Call() if source.qualified_name(above.func) in _CONTEXTS:
            return Made(call, function, "closed", above)
        case ast.Call() | ast.keyword() | ast.Starred():
            return Made(call, function, "handed", above)
        case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
            return _assigned(source, function, call, above)
        case ast.Expr():
            return Made(call, function, "local", call)
    return Made(call, function, "stored", call)


def _used_at_once(source: Source, function: Function, call: ast.Call, used: ast.Attribute) -> Made:
    """`make().method(…)`: what comes of it is not followed, but for a connection."""
    method = source.parent(used)
    if isinstance(method, ast.Call) and method.func is used:
        if used.attr in CLOSING:
            return Made(call, function, "closed", used)
        if used.attr in _OPENING:
            return Made(call, function, *_of_result(source, function, method))
    return Made(call, function, "local", call)


def _of_result(source: Source, function: Function, result: ast.Call) -> tuple[Fate, ast.AST]:
    """The fate of a client by what becomes of a connection or session of it: one that is given back
    or stored keeps it, one that is closed does not close it."""
    made = _followed(source, function, result, result)
    if made.fate in ("returned", "yielded", "stored"):
        return made.fate, made.where
    return "local", result


def _assigned(
    source: Source,
    function: Function,
    call: ast.Call,
    statement: ast.Assign | ast.AnnAssign | ast.NamedExpr,
) -> Made:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return Made(call, function, "stored", statement)
    name = targets[0].id
    scope, _ = source.scopes.lookup(name, targets[0])
    if scope is None or scope.node is not function:
        return Made(call, function, "stored", statement, name)  # `global`, `nonlocal`
    fate: Fate = "local"
    where: ast.AST = call
    for use in variable_uses(source, scope, name):
        found, place = _use(source, function, use)
        if _WEIGHT[found] > _WEIGHT[fate]:
            fate, where = found, place
    return Made(call, function, fate, where, name)


# What counts where a client has several uses: one that is stored is not made in vain.
_WEIGHT: dict[Fate, int] = {
    "local": 0,
    "handed": 1,
    "returned": 2,
    "yielded": 3,
    "stored": 4,
    "closed": 5,
}


def _use(source: Source, function: Function, use: ast.Name) -> tuple[Fate, ast.AST]:
    above = source.parent(use)
    if source.function(use) is not function:
        return "stored", use  # a nested function keeps it
    match above:
        case ast.Attribute(attr=attr):
            method = source.parent(above)
            is_call = isinstance(method, ast.Call) and method.func is above
            if attr in CLOSING and (is_call or isinstance(method, (ast.Call, ast.keyword))):
                return "closed", above
            if isinstance(method, ast.Call) and is_call and attr in _OPENING:
                return _of_result(source, function, method)
            if isinstance(method, ast.Return):
                return "returned", method  # `return engine.pool`
            return "local", above
        case ast.Call(func=func) if func is use:
            return _of_result(source, function, above)
        case ast.Return() | ast.Tuple() | ast.List() | ast.Dict() | ast.Set():
            return ("returned" if isinstance(above, ast.Return) else "stored"), above
        case ast.Yield() | ast.YieldFrom():
            return "yielded", above
        case ast.withitem():
            return "closed", above.context_expr
        case ast.Call() if source.qualified_name(above.func) in _CONTEXTS:
            return "closed", above
        case ast.Call() | ast.keyword() | ast.Starred() | ast.FormattedValue():
            return "handed", above
        case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
            return "stored", above
    return "local", use
