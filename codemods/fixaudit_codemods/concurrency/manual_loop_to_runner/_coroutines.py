"""What a loop made by hand runs: coroutines, and what these leave behind when it closes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from fixaudit import Evidence, Source
from fixaudit.authoring import (
    FunctionFacts,
    definition_of,
    own_nodes,
    run_by,
    walk,
)
from fixaudit_codemods.concurrency.manual_loop_to_runner._hand_made import (
    HandMade,
    synchronous_calls,
)

_LIBRARY = frozenset(
    {"asyncio.wait_for", "asyncio.sleep", "asyncio.wait", "asyncio.open_connection"}
)
_FUTURES = frozenset(
    {"asyncio.gather", "asyncio.ensure_future", "asyncio.shield", "asyncio.wrap_future"}
)
_COROUTINES = frozenset({"typing.Coroutine", "collections.abc.Coroutine", "types.CoroutineType"})
_THREADS = frozenset({"run_in_executor", "to_thread"})


def not_a_coroutine(source: Source, run: ast.Call) -> str | None:
    """Why what a call of `run_until_complete` gets need not be a coroutine; None where it is one."""
    given = run.args[0]
    shown = ast.unparse(given).split("(")[0]
    if isinstance(given, ast.Call):
        name = source.qualified_name(given.func)
        if name in _FUTURES:
            return f"`{shown}` gives a future, which `asyncio.Runner.run` refuses"
        found = _definition(source, given.func)
        if name in _LIBRARY or (found is not None and found.is_async and not found.is_generator):
            return None
        return f"what `{shown}` gives is not known to be a coroutine"
    if isinstance(given, ast.Name):
        function = source.function(given)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for entry in walk(function.args):
                if isinstance(entry, ast.arg) and entry.arg == given.id:
                    said = entry.annotation
                    said = said.value if isinstance(said, ast.Subscript) else said
                    if said is not None and source.qualified_name(said) in _COROUTINES:
                        return None
        for binding in source.lookup(given.id, given):
            if isinstance(binding.value, ast.Call):
                made = ast.Call(run.func, [binding.value], [])
                return not_a_coroutine(source, made)
    return f"`{shown}` is not known to be a coroutine: `asyncio.Runner.run` refuses futures"


def _definition(source: Source, func: ast.expr) -> FunctionFacts | None:
    found = definition_of(source, func)
    if found is None and isinstance(func, ast.Attribute) and _is_self(func.value):
        for above in source.ancestors(func):
            if isinstance(above, ast.ClassDef):
                module = source.project.facts_of_source(source)
                found = source.project.class_of(above, module).find_method(func.attr)
                break
    return found if isinstance(found, FunctionFacts) else None


def _is_self(owner: ast.expr) -> bool:
    return isinstance(owner, ast.Name) and owner.id == "self"


def in_threads(source: Source, found: HandMade) -> Evidence | None:
    """Where the coroutines hand work to threads: a runner waits for these when it closes."""
    given = [node for run in found.runs for node in walk(run.args[0])]
    for path, call in _reached(source, given):
        last = (
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        )
        if last in _THREADS:
            text = f"`{last}` starts a thread, and a runner waits for it when it closes"
            return source.proof_at(path, call.lineno, text)
    return None


def sets_context(source: Source, found: HandMade) -> Evidence | None:
    """Where code beside the coroutines sets a context variable: these would not see it."""
    for path, call in _reached(source, synchronous_calls(source, found)):
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr in ("set", "bind_contextvars"):
            own = path == source.project.facts_of_source(source).path
            text = source.body if own else source.project.read(path) or b""
            if func.attr != "set" or _is_context_variable(func.value, text):
                shown = f"`{ast.unparse(func)}` sets a context variable"
                told = f"{shown}, which the coroutines would not see"
                return source.proof_at(path, call.lineno, told)
    return None


def asks_later(source: Source, found: HandMade) -> Evidence | None:
    """Where plain code of this file asks for the loop of its thread, which has none afterwards."""
    for call in source.nodes(ast.Call):
        last = (
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        )
        if last == "get_event_loop" and not source.in_coroutine(call):
            if not found.unsets and found.installs:
                text = (
                    "`get_event_loop` finds no loop in the thread once a runner has closed its own"
                )
                return source.proof(call, text)
    return None


def _is_context_variable(receiver: ast.expr, text: bytes) -> bool:
    """True where the file makes the receiver a `ContextVar`, by its text."""
    last = ast.unparse(receiver).rpartition(".")[2]
    made = rf"\b{re.escape(last)}\b[^\n=]*=\s*[\w.]*ContextVar\b"
    return re.search(made.encode(), text) is not None


def _reached(source: Source, nodes: Iterable[ast.AST]) -> Iterator[tuple[Path, ast.Call]]:
    """The calls among some nodes, and those of the functions of the project that they run."""
    nodes = list(nodes)
    own = source.project.facts_of_source(source).path
    yield from ((own, node) for node in nodes if isinstance(node, ast.Call))
    for function in run_by(source, nodes):
        for node in own_nodes(function.node):
            if isinstance(node, ast.Call):
                yield function.path, node
