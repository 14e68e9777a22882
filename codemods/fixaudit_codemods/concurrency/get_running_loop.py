"""`asyncio.get_event_loop()` in a coroutine becomes `asyncio.get_running_loop()`.

In a coroutine both give the loop that runs it. But `get_event_loop` has a second meaning, to take or
make some loop where none runs: deprecated since Python 3.10, and an error since 3.14. Where the
running loop is meant, `get_running_loop` says so, and fails at once where a later change moves the
line out of the coroutine, instead of scheduling work on a loop that nobody runs.

It leaves alone: functions inside of a coroutine, which may run later and elsewhere, default values,
coroutines that another framework may run, and functions of other modules and objects that have the
same name. In plain functions and at import there may be no running loop, so those are for a human,
and so is code whose tests replace `get_event_loop`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source, memoized
from fixaudit.authoring import callee_renamed, is_in_default, other_runner, replacing_test

NAMES = frozenset({"asyncio.get_event_loop", "asyncio.events.get_event_loop"})
HOMES = ("asyncio.events",)
DRIVING = frozenset({"run_until_complete", "run_forever"})
GUIDANCE = (
    "Where a coroutine calls this function, use `asyncio.get_running_loop()`; where the program "
    "starts here, `asyncio.run(…)` or an `asyncio.Runner` makes, runs and closes a loop."
)


class GetRunningLoop(Codemod):
    name = "get-running-loop"
    code = "FA303"
    triggers = (b"get_event_loop",)
    visits = (ast.Call,)
    default = False  # in a coroutine it works as it is: it is unclear, not wrong
    tags = frozenset({"async"})
    report_match = ReportMatch(
        keywords=(
            ("get_event_loop",),
            ("get_running_loop",),
            ("event loop", "deprecated"),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {Role.VENDORED: "vendored code is not edited here"}

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if not _may_be(source, node.func) or source.qualified_name(node.func) not in NAMES:
            return
        if node.args or node.keywords:
            yield self.leave(source, node, "`asyncio.get_event_loop` takes no arguments")
        elif is_in_default(source, node):
            yield self.leave(source, node, "a default value is made when no loop runs yet")
        elif not source.in_coroutine(node):
            yield self._outside(source, node)
        else:
            yield self._inside(source, node)

    def _inside(self, source: Source, node: ast.Call) -> Finding:
        if (runner := other_runner(source)) is not None:
            return self.leave(source, node, f"{runner} may run this coroutine without asyncio")
        if source.target_version < (3, 7):
            return self.leave(source, node, "`get_running_loop` is new in Python 3.7")
        if source.is_test and _is_asserted(source, node):
            return self.leave(source, node, "a test asserts what `get_event_loop` itself gives")
        if (test := replacing_test(source, "asyncio.get_event_loop")) is not None:
            return self.review(source, node, f"{test} replaces `get_event_loop`", GUIDANCE)
        changed = callee_renamed(source, node.func, "asyncio", "get_running_loop", homes=HOMES)
        if changed is None:
            reason = "`asyncio` and `get_running_loop` mean something else here"
            return self.review(source, node, reason, GUIDANCE)
        reason = "a coroutine has a running loop, and means that one"
        return self.fix(source, node, reason, [changed.edit], changed.needed_names)

    def _outside(self, source: Source, node: ast.Call) -> Finding:
        if any(isinstance(above, ast.AsyncFunctionDef) for above in source.ancestors(node)):
            return self.leave(
                source, node, "it runs in a function of its own, perhaps with no loop"
            )
        if _drives(source, node):
            reason = "it drives the loop itself, so none is running yet: `asyncio.run` does that"
        elif source.function(node) is None:
            reason = "at import no loop runs: the one it gives need not be the one that runs later"
        else:
            reason = "a plain function may be called with no loop running"
        return self.review(source, node, reason, GUIDANCE)


# ------------------------------------------------------------------------------ the place


def _may_be(source: Source, func: ast.expr) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr == "get_event_loop"
    return isinstance(func, ast.Name) and bool(source.lookup(func.id, func))


def _is_asserted(source: Source, node: ast.Call) -> bool:
    for above in source.ancestors(node):
        if isinstance(above, ast.Call) and re.search(r"assert\w+$", ast.unparse(above.func)):
            return True
        if isinstance(above, ast.stmt):
            return isinstance(above, ast.Assert)
    return False


def _drives(source: Source, node: ast.Call) -> bool:
    """True for `get_event_loop().run_until_complete(…)`, and where its name is used so."""
    above = source.parent(node)
    if isinstance(above, ast.Attribute):
        return above.attr in DRIVING
    if not isinstance(above, ast.Assign) or not isinstance(above.targets[0], ast.Name):
        return False
    return (source.function(node), above.targets[0].id) in _driving(source)


@memoized
def _driving(source: Source) -> frozenset[tuple[ast.AST | None, str]]:
    """The names on which something that drives a loop is called, each with the function around."""
    return frozenset(
        (source.function(use), use.value.id)
        for use in source.nodes(ast.Attribute)
        if use.attr in DRIVING and isinstance(use.value, ast.Name)
    )
