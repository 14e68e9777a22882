"""Functions that are handed on instead of called: `to_thread(f, x)`, `partial(f, x)`, `pool.submit(f, x)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit.source.source import Source

# Where the function stands, and whether keywords behind it reach it; by the documentation of
# `functools`, `asyncio`, `concurrent.futures`, `anyio`, Starlette and FastAPI.
_FUNCTIONS = {
    "functools.partial": (0, True),
    "asyncio.to_thread": (0, True),
    "anyio.to_thread.run_sync": (0, False),
    "starlette.concurrency.run_in_threadpool": (0, True),
    "fastapi.concurrency.run_in_threadpool": (0, True),
}
_METHODS = {
    "submit": (0, True),
    "add_task": (0, True),
    "run_in_executor": (1, False),
    "call_soon": (0, False),
    "call_soon_threadsafe": (0, False),
    "call_later": (1, False),
    "call_at": (1, False),
}
_LAST = frozenset({name.rpartition(".")[2] for name in _FUNCTIONS} | {*_METHODS})


@dataclass(frozen=True, slots=True)
class HandedOn:
    """A function that a call hands on with arguments.

    `before` is how many of the call's arguments, the function among them, stand before its own;
    `takes_keywords` says that keywords of the call are keywords of the function.
    """

    func: ast.expr
    before: int
    takes_keywords: bool


def handed_on(source: Source, call: ast.Call) -> HandedOn | None:
    """The function that a call hands on, to be called with the arguments behind it; None for none.

    Methods count by their names, which event loops, executors and task queues share.
    """
    func = call.func
    last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    # A name may have been imported under another one.
    if isinstance(func, ast.Attribute) and last not in _LAST:
        return None
    known = _FUNCTIONS.get(source.qualified_name(func) or "")
    if known is None and isinstance(func, ast.Attribute):
        known = _METHODS.get(last)
    if known is None or len(call.args) <= known[0]:
        return None
    position, takes_keywords = known
    given = call.args[position]
    if not isinstance(given, (ast.Name, ast.Attribute)):
        return None
    return HandedOn(given, position + 1, takes_keywords)
