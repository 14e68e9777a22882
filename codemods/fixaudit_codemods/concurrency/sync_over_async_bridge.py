"""Plain functions that run a coroutine and wait for it, with the coroutines that call them: for a human.

`run_sync(coroutine)` that starts a thread, runs an event loop in it and joins it, works from plain code.
From a coroutine it stops the caller's event loop for as long as the thread takes: nothing else moves, and
what waits for that loop never ends. Without the thread, `asyncio.run` raises there ("cannot be called from
a running event loop"), and `run_coroutine_threadsafe(…).result()` on the own loop waits for itself.

The finding names the bridge, what waits, and each `async def` that reaches it, also through other plain
functions. It never edits: the way out is to make the plain functions in between coroutines, one caller
after the other.

It leaves alone: bridges that no coroutine is seen to reach, `asyncio.run` of a program's start, and tests.
`manual-loop-to-runner` owns loops that are made by hand as such; whom they block is told here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, ReportMatch, Role, Source, Verdict
from fixaudit.authoring import CoroutineCaller, Function, coroutines_calling, walk

_RUNNERS = frozenset(
    {"asyncio.run", "asyncio.runners.run", "anyio.run", "asgiref.sync.async_to_sync"}
)
_SHOWN = 4
GUIDANCE = (
    "Make the functions in between coroutines and await: start at the `async def` that is named, and keep "
    "the bridge for plain callers only. Where that is too much at once, let the coroutine call the plain "
    "function by `await asyncio.to_thread(…)`: the loop goes on, and the coroutine runs on a loop of its "
    "own, so it must not use sessions, clients or locks of the caller's loop. `to_thread` inside of the "
    "bridge does not help: somebody must await it. `nest_asyncio` runs other tasks inside of a plain call, "
    "in the middle of code that does not expect it, and does not work with uvloop."
)


class SyncOverAsyncBridge(Codemod):
    name = "sync-over-async-bridge"
    code = "FA309"
    triggers = (b"asyncio", b"anyio", b"asgiref")
    trigger_pattern = re.compile(
        rb"\brun\b|run_until_complete|run_coroutine_threadsafe|nest_asyncio|async_to_sync"
    )
    visits = (ast.Call,)
    names = frozenset(
        {
            "run",
            "run_until_complete",
            "run_coroutine_threadsafe",
            "apply",
            "async_to_sync",
            "submit",
            "Thread",
        }
    )
    tags = frozenset({"async"})
    report_match = ReportMatch(
        keywords=(
            ("run_sync",),
            ("sync-over-async|sync over async|async-to-sync|async_to_sync",),
            ("sync/async", "bridge*|boundar*|wrapper*|deadlock*|thread*|run_until_complete"),
            ("thread.join|join()|joins", "event loop|loop|async*|coroutine*"),
            ("asyncio.run", "running loop|running event loop|nested|inside"),
            ("nested event loop|nested event loops|nest_asyncio",),
            ("run_coroutine_threadsafe", "result|deadlock*|block*"),
            ("synchronous wrapper|sync wrapper", "async*|event loop|coroutine*"),
        ),
    )  # fmt: skip
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test runs its own loop",
        Role.SCRIPT: "a script starts its own loop",
        Role.NOTEBOOK: "a notebook has a loop of its own",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        name = source.qualified_name(node.func) or ""
        if name == "nest_asyncio.apply":
            reason = "`nest_asyncio` lets a loop run inside of itself, in the middle of plain code"
            yield self._found(source, node, reason, [])
            return
        runs = _runs(source, node, name)
        function = _outermost(source, node)
        if runs is None or function is None:
            return
        reached = coroutines_calling(source, function)
        waiting = _joined(function)
        if not reached:
            if waiting is not None or runs != "asyncio.run":
                yield self.leave(source, node, f"no coroutine is seen to call `{function.name}`")
            return
        if waiting is None and source.function(node) is not function:
            reason = "it runs apart from the function around it, which does not wait for it"
            yield self.leave(source, node, reason)
            return
        what = _what(runs, waiting, function)
        told = "; ".join(_told(source, each) for each in reached[:_SHOWN])
        more = f" and {len(reached) - _SHOWN} more" if len(reached) > _SHOWN else ""
        reason = f"{what}: reached from {told}{more}"
        found = self._found(source, node, reason, _proof(source, reached, function))
        told_of = _telling(source, function, waiting)
        if told_of is not node and found.verdict is Verdict.REVIEW:
            text = f"line {told_of.lineno} tells of this bridge"
            found = self.left_unless_cited(source, node, found, text)
        yield found

    def _found(self, source: Source, node: ast.Call, reason: str, proof: list[Evidence]) -> Finding:
        if (role := self.out_of_scope(source)) is not None:
            return self.leave(source, node, role)
        return self.review(source, node, reason, GUIDANCE, because=proof)


def _runs(source: Source, node: ast.Call, name: str) -> str | None:
    """What runs a coroutine here; None where nothing does."""
    if name in _RUNNERS:
        return "asyncio.run" if name.startswith("asyncio.") else name
    last = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if last == "run_until_complete":
        return "run_until_complete"
    if name.endswith("run_coroutine_threadsafe"):
        above = source.parent(node)
        waits = isinstance(above, ast.Attribute) and above.attr == "result"
        return "run_coroutine_threadsafe" if waits or _result_of(source, node) else None
    given = [*node.args, *(word.value for word in node.keywords if word.arg == "target")]
    if last in ("submit", "Thread") or name == "threading.Thread":
        if any(source.qualified_name(each) in _RUNNERS for each in given):
            return "asyncio.run"
    return None


def _telling(source: Source, function: Function, waiting: int | None) -> ast.Call:
    """Of the calls by which a function runs coroutines the one that tells of them all: the last one
    before it waits, which is what it waits for, or the first."""
    calls = [
        node
        for node in walk(function)
        if isinstance(node, ast.Call)
        and _runs(source, node, source.qualified_name(node.func) or "") is not None
    ]
    calls.sort(key=lambda node: (node.lineno, node.col_offset))
    before = [node for node in calls if waiting is not None and node.lineno <= waiting]
    return before[-1] if before else calls[0]


def _result_of(source: Source, node: ast.Call) -> bool:
    """True where the future is kept in a name whose `result()` is waited for."""
    statement = source.statement(node)
    function = source.function(node)
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return False
    name = statement.targets[0].id
    return function is not None and any(
        isinstance(each, ast.Attribute)
        and each.attr == "result"
        and isinstance(each.value, ast.Name)
        and each.value.id == name
        for each in walk(function)
    )


def _outermost(source: Source, node: ast.Call) -> Function | None:
    """The plain function that others call: the outermost one, with no coroutine in between."""
    found: Function | None = None
    for above in source.ancestors(node):
        if isinstance(above, ast.AsyncFunctionDef):
            return None
        if isinstance(above, ast.FunctionDef):
            found = above
    return found


def _joined(function: Function) -> int | None:
    """The line at which the function waits for a thread that it starts."""
    starts = False
    line = None
    for each in walk(function):
        if isinstance(each, ast.Call):
            shown = ast.unparse(each.func)
            starts |= shown.endswith(("Thread", ".submit"))
            timed = all(word.arg == "timeout" for word in each.keywords)
            if shown.endswith((".join", ".result")) and len(each.args) <= 1 and timed:
                if not isinstance(getattr(each.func, "value", None), ast.Constant):
                    line = each.lineno
    return line if starts else None


def _what(runs: str, waiting: int | None, function: Function) -> str:
    if waiting is not None:
        return f"`{function.name}` waits for a thread (line {waiting}), and stops the caller's event loop"
    if runs == "run_coroutine_threadsafe":
        return f"`{function.name}` waits for a coroutine on a loop: on its own it waits forever"
    if _asks_for_loop(function):
        other = _handed_on(function) or "something else"
        return f"`{function.name}` runs a loop where none runs, and {other} where one does"
    return f"`{function.name}` runs a loop, which raises where one is running"


def _handed_on(function: Function) -> str | None:
    """The call of a plain function that gets what the bridge was given."""
    given = {each.arg for each in (*function.args.posonlyargs, *function.args.args)}
    for call in (each for each in walk(function) if isinstance(each, ast.Call)):
        taken = any(isinstance(word, ast.Name) and word.id in given for word in call.args)
        if taken and isinstance(call.func, ast.Name) and call.func.id not in given:
            return f"`{call.func.id}`"
    return None


def _asks_for_loop(function: Function) -> bool:
    return any(
        isinstance(each, ast.Attribute) and each.attr in ("get_running_loop", "is_running")
        for each in walk(function)
    )


def _name(each: CoroutineCaller) -> str:
    function = each.caller.function
    return function.name if function is not None else "the module"


def _proof(
    source: Source, reached: tuple[CoroutineCaller, ...], function: Function
) -> list[Evidence]:
    """The coroutines' calls, then those of the plain functions in between, each line once."""
    text = f"reaches `{function.name}`"
    calls = [(each.caller, f"`{_name(each)}` {text}") for each in reached]
    for each in reached:
        calls += [
            (call, f"`{call.function.name}` {text}") for call in each.between if call.function
        ]
    found = [call.proof(source, told) for call, told in calls]
    return list({(each.path, each.line): each for each in found}.values())


def _told(source: Source, each: CoroutineCaller) -> str:
    """`refresh` (app/client.py:12) by `load`."""
    place = f"{source.shown(each.caller.module.path)}:{each.caller.call.lineno}"
    through = f" by {', '.join(f'`{name}`' for name in each.through)}" if each.through else ""
    return f"`{_name(each)}` ({place}){through}"
