"""What building an object under a lock may wait for: other getters with locks, threads, pools, loops."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from fixaudit import Evidence, Source, memoized
from fixaudit.authoring import (
    FunctionFacts,
    FunctionNode,
    callers_of,
    own_nodes,
    run_by,
    unknown_calls,
)
from fixaudit_codemods.concurrency.lazy_singleton_lock._getters import (
    Getter,
    getter_of,
    is_getter,
    is_lock,
    own_below,
)

_WAITING = frozenset(
    {
        *("run_until_complete", "run_coroutine_threadsafe", "acquire", "as_completed"),
        *("ThreadPoolExecutor", "ProcessPoolExecutor", "run_sync", "async_to_sync"),
    }
)
# Without an argument, or with no other than the time to wait: `", ".join(names)` has one.
_WAITING_FOR = frozenset({"join", "result", "wait"})
_RUNNERS = frozenset({"asyncio.run", "anyio.run", "trio.run", "asyncio.Runner"})


@memoized
def getters(source: Source) -> dict[FunctionNode, list[Getter]]:
    """The getters of the file, by their functions."""
    found: dict[FunctionNode, list[Getter]] = {}
    for node in source.nodes(ast.Global):
        function = source.function(node)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for name in node.names:
                getter = getter_of(source, function, name)
                if getter is not None:
                    found.setdefault(function, []).append(getter)
    return found


@memoized
def sharing(source: Source) -> dict[FunctionNode, frozenset[FunctionNode]]:
    """Functions whose getters must share one lock, since one of them runs the other while it builds."""
    known = getters(source)
    lines = {function.lineno: function for function in known if _is_plain(function)}
    own = source.project.facts_of_source(source).path
    groups = {function: frozenset((function,)) for function in known}
    for function in lines.values():
        for each in _run(source, function):
            other = lines.get(each.line) if each.path == own else None
            if other is not None and other is not function:
                joined = groups[function] | groups[other]
                groups.update(dict.fromkeys(joined, joined))
    return groups


def objections(source: Source, getter: Getter) -> Iterator[Evidence]:
    """What the building waits for, or may wait for, while it holds the lock."""
    own = source.project.facts_of_source(source).path
    yield from _waits(source, own, getter.building)
    lines = {function.lineno for function in getters(source)}
    for each in _run(source, getter.function):
        if each.path == own and each.line in lines:
            continue
        node = each.node
        if is_getter(node):
            text = f"it runs `{each.name}`, a getter of the same kind, while it holds the lock"
            yield source.proof_at(each.path, each.line, text)
        else:
            yield from _waits(source, each.path, node.body)
    yield from _imports(source, getter)
    for call in unknown_calls(source, _calls(getter.building)):
        text = f"what `{call.text}` runs is not known"
        yield source.proof_at(call.path, call.line, text)


def _imports(source: Source, getter: Getter) -> Iterator[Evidence]:
    """A module of the project that is imported under the lock, where others run the getter while they
    are imported: one thread holds the lock and waits for the import, another one the other way round.
    """
    for node in own_below(getter.building):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        names = [alias.name for alias in node.names]
        written = (
            names if isinstance(node, ast.Import) else ["." * node.level + (node.module or "")]
        )
        inside = [
            name
            for name in written
            if name.startswith(".") or not source.project.is_outside(tuple(name.split(".")), source)
        ]
        callers = callers_of(source, getter.function) if inside else ()
        for caller in callers or ():
            if caller.function is None:
                text = (
                    f"it imports `{inside[0]}` under the lock, and runs while a module is imported"
                )
                yield caller.proof(source, text)
                return


@memoized
def _run(source: Source, function: FunctionNode) -> tuple[FunctionFacts, ...]:
    """The functions of the project that the getters of a function run while they build."""
    calls = [call for getter in getters(source)[function] for call in _calls(getter.building)]
    return run_by(source, calls)


def _calls(building: list[ast.stmt]) -> list[ast.AST]:
    return [node for node in own_below(building) if isinstance(node, (ast.Call, ast.withitem))]


def _waits(source: Source, path: Path, body: Iterable[ast.stmt]) -> Iterator[Evidence]:
    for node in own_below(list(body)):
        text = _waiting(source, node)
        if text is not None:
            place = node.context_expr if isinstance(node, ast.withitem) else node
            line = getattr(place, "lineno", 1)
            yield source.proof_at(path, line, text)
            return


def _waiting(source: Source, node: ast.AST) -> str | None:
    if isinstance(node, ast.withitem):
        shown = ast.unparse(node.context_expr)
        return f"it takes `{shown}` while it holds the lock" if is_lock(node) else None
    if not isinstance(node, ast.Call):
        return None
    func = node.func
    last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    timed = not node.args and all(word.arg == "timeout" for word in node.keywords)
    if last in _WAITING or (last in _WAITING_FOR and timed) or ast.unparse(func) in _RUNNERS:
        return f"it waits in `{ast.unparse(func)}`, perhaps for code that needs the same lock"
    return None


def _is_plain(function: FunctionNode) -> bool:
    return isinstance(function, ast.FunctionDef) and not any(
        isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function)
    )
