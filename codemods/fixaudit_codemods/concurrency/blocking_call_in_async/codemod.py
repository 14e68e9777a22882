"""A call that blocks in an `async def` goes to a thread; `time.sleep` becomes `await asyncio.sleep`.

While a coroutine waits in `requests.get` or `subprocess.run`, nothing else on its event loop moves:
no other request, no timeout, no health check. `await asyncio.to_thread(…)` lets the loop go on and
gives the same value. As other code then runs in between, this needs `--unsafe`.

It leaves alone: functions and lambdas inside of a coroutine (an executor may run them), default
values, tests, and coroutines that another framework may run. For a human are: arguments or receivers
that belong to the loop or its thread (sessions, engines, clients, locks), calls while a lock of
threads is held, calls in comprehensions, names that a test replaces, and plain functions of the
project that block inside; those named in the option `functions` are rewritten.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import is_in_default, other_runner, replacing_test
from fixaudit_codemods.concurrency.blocking_call_in_async._blocking import (
    SLEEP,
    blocking_name,
    blocks_inside,
    bound_value,
    held_around,
    not_on_a_loop,
    reads_later,
)
from fixaudit_codemods.concurrency.blocking_call_in_async._threading import slept, threaded

GUIDANCE = (
    "Use a library that awaits, or `await asyncio.to_thread(function, …)` when everything that the "
    "function touches may be used from another thread while the loop goes on."
)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Options:
    functions: tuple[str, ...] = ()
    across_files: bool = False


class BlockingCallInAsync(Codemod):
    name = "blocking-call-in-async"
    code = "FA306"
    triggers = (b"async def",)
    visits = (ast.Call,)
    tags = frozenset({"async"})
    equivalent_codes = (
        "ASYNC210",
        "ASYNC212",
        "ASYNC221",
        "ASYNC222",
        "ASYNC251",
        "ASYNC100",
        "ASYNC101",
    )
    report_match = ReportMatch(
        rules=(
            "ASYNC210",
            "ASYNC212",
            "ASYNC221",
            "ASYNC222",
            "ASYNC251",
            "S7493",
            "S7499",
            "S7501",
        ),
        keywords=(
            ("blocking", "event loop"),
            ("blocks", "event loop"),
            ("blocking", "async context"),
            ("blocking", "async def"),
            ("blocking call", "async"),
            ("time.sleep", "async"),
            ("to_thread",),
            ("subprocess", "blocking"),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "functions": "the project's own blocking functions, as dotted names (`*` stands for anything)",
        "across_files": "report blocking functions of other files of the project too (slow)",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may block on purpose",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if not _in_async(source, node):
            return
        name = blocking_name(source, node.func, self.options.functions)
        if name is not None:
            yield self._known(source, node, name)
        elif source.in_coroutine(node) and self.out_of_scope(source) is None:
            inner = blocks_inside(source, node, across_files=self.options.across_files)
            if inner is not None:
                reason = f"`{ast.unparse(node.func)}` blocks the event loop: it calls `{inner}`"
                yield self.review(source, node, reason, GUIDANCE)

    def _known(self, source: Source, node: ast.Call, name: str) -> Finding:
        if (reason := self.out_of_scope(source) or _left(source, node)) is not None:
            return self.leave(source, node, reason)
        if (reason := _doubt(source, node, name)) is not None:
            return self.review(source, node, reason, GUIDANCE)
        if name == SLEEP:
            changed = slept(source, node)
            reason = "`time.sleep` stops the whole event loop: `asyncio.sleep` lets it go on"
        else:
            changed = threaded(source, node)
            reason = f"`{name}` blocks the event loop: it goes to a thread"
        if changed is None:
            reason = f"`{name}` blocks the event loop, but there is no tidy way to await it here"
            return self.review(source, node, reason, GUIDANCE)
        return self.unsafe(source, node, reason, changed.edits, changed.needed_names)


# ------------------------------------------------------------------------------ the place


def _left(source: Source, node: ast.Call) -> str | None:
    """Why a blocking call may stay."""
    if is_in_default(source, node):
        return "a default value is made once, when the function is"
    if not source.in_coroutine(node):
        inside = source.function(node)
        if isinstance(inside, ast.AsyncFunctionDef):
            return "a generator expression runs where it is iterated over"
        return "it runs in a function of its own, perhaps in an executor"
    runner = other_runner(source)
    return f"{runner} may run this coroutine without asyncio" if runner else None


def _in_async(source: Source, node: ast.Call) -> bool:
    """True anywhere below an `async def`: only there a call is looked at."""
    if not source.nodes(ast.AsyncFunctionDef):
        return False
    return any(isinstance(above, ast.AsyncFunctionDef) for above in source.ancestors(node))


def _doubt(source: Source, node: ast.Call, name: str) -> str | None:
    """Why somebody has to look; None where nothing speaks against the rewrite."""
    for above in source.ancestors(node):
        if isinstance(above, COMPREHENSIONS):
            return f"`{name}` blocks in a comprehension, one call after the other"
        if isinstance(above, ast.stmt):
            break
    if (rest := reads_later(node, name)) is not None:
        return rest
    if (sign := not_on_a_loop(source, node, name)) is not None:
        return sign
    if (held := held_around(source, node)) is not None:
        return f"`{held}` would stay in force while other code of the event loop runs"
    if (value := bound_value(source, node)) is not None:
        return f"`{value}` may belong to the event loop or its thread"
    if (test := replacing_test(source, name)) is not None:
        return f"{test} puts something else in the place of `{name}`"
    return None
