"""A coroutine that is made and dropped is awaited: without `await` its body never runs.

Calling an `async def` function only makes a coroutine. As a statement of its own the call does
nothing at all, but for a warning when the coroutine is collected; as a condition it is always true,
so that `if is_blocked(user):` lets nobody pass; and where its items or attributes are asked for, that
is an error. Coroutines under a local name are followed to their uses. The function is looked up
through imports, classes, base classes and annotations, and must be an `async def` of the project or
of asyncio; decorators of the project are followed.

It leaves alone: plain functions and methods that only have the same name, mocks, coroutines that are
kept for later, and code that makes them on purpose to see the warning. Calls in plain functions, where
no `await` may stand, functions whose decorators may run them, and methods that a derived class
overrides with a plain one are for a human. Awaiting runs what did not run before: `--unsafe`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit_codemods.concurrency.missing_await._coroutine_calls import Made, made_by, tested
from fixaudit_codemods.concurrency.missing_await._kept import used_as_value, uses_of

GUIDANCE = (
    "Await it in a coroutine; from plain code start it with `asyncio.run(…)` where the program "
    "begins, or keep the task of `asyncio.create_task(…)` where a loop runs."
)

CONDITIONS = (ast.If, ast.While, ast.IfExp, ast.UnaryOp)
Visited = ast.Expr | ast.If | ast.While | ast.Assert | ast.Assign | ast.Call


class MissingAwait(Codemod):
    name = "missing-await"
    code = "FA301"
    triggers = (b"async def", b"asyncio")
    visits = (ast.Expr, ast.If, ast.While, ast.Assert, ast.Assign, ast.Call)
    tags = frozenset({"async"})
    report_match = ReportMatch(
        rules=("unused-coroutine", "reportUnusedCoroutine"),
        keywords=(
            ("missing await",),
            ("missing `await`",),
            ("never awaited",),
            ("not awaited",),
            ("unawaited",),
            ("un-awaited",),
            ("without await", "coroutine"),
            (
                "await",
                (
                    "forgotten|forgot|missing|missed|lack|fehl*|vergessen|oublié*|manque|falta|"
                    "olvid*"
                ),
            ),
            (
                "coroutine|korutine*|corrutina*",
                (
                    "dropped|thrown away|never run|discarded|ignored|verworfen|never executed|"
                    "ignorée*|descart*"
                ),
            ),
            (
                (
                    "nobody waits|no one waits|not waited for|niemand wartet|personne n'attend|"
                    "nadie espera"
                ),
            ),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {Role.VENDORED: "vendored code is not edited here"}

    def judge(self, node: Visited, source: Source) -> Iterator[Finding]:
        if isinstance(node, ast.Expr):
            if isinstance(node.value, ast.Call):
                yield from self._dropped(source, node.value, "nobody awaits it, so it never runs")
        elif isinstance(node, ast.Assign):
            yield from self._kept(source, node)
        elif isinstance(node, ast.Call):
            above = source.parent(node)
            if not isinstance(above, (*CONDITIONS, ast.FormattedValue)):
                how = used_as_value(source, node)
                if how is not None:
                    yield from self._dropped(
                        source, node, f"it is {how}, as only its result can be"
                    )
        else:
            for call in tested(node.test):
                yield from self._dropped(source, call, "a coroutine is always true")

    def _kept(self, source: Source, node: ast.Assign) -> Iterator[Finding]:
        """`later = fetch()` is right where it is awaited later; its uses say what is meant."""
        if not isinstance(node.value, ast.Call) or not source.in_coroutine(node):
            return
        made = made_by(source, node.value)
        if made is None or made.generator:
            return
        target = node.targets[0]
        kept = ast.unparse(target)
        uses = uses_of(source, target) if isinstance(target, ast.Name) else None
        if uses is None:
            reason = f"the coroutine is kept in `{kept}`, whose uses are not followed"
            yield self.leave(source, node.value, reason)
        elif uses.as_coroutine is not None and uses.as_value is None:
            reason = f"the coroutine is kept in `{kept}`, to be awaited later"
            yield self.leave(source, node.value, reason, because=uses.as_coroutine)
        elif uses.as_value is None:
            yield from self._dropped(source, node.value, f"nobody reads `{kept}`, so it never runs")
        elif uses.as_coroutine is not None:
            yield self.review(source, node.value, [uses.as_value, uses.as_coroutine], GUIDANCE)
        else:
            shown = f"{uses.as_value.text} in line {uses.as_value.line}, as only its result can be"
            yield from self._dropped(source, node.value, shown)

    def _dropped(self, source: Source, call: ast.Call, what: str) -> Iterator[Finding]:
        made = made_by(source, call)
        if made is None:
            return
        if b"never awaited" in source.body:
            reason = "this file is about coroutines that are never awaited"
            yield self.leave(source, call, reason)
        elif made.generator:
            reason = f"`{made.name}` is an asynchronous generator, and nothing iterates over it"
            yield self.review(source, call, reason, GUIDANCE)
        else:
            yield self._judged(source, call, made, what)

    def _judged(self, source: Source, call: ast.Call, made: Made, what: str) -> Finding:
        if made.doubt is not None:
            return self.review(source, call, made.doubt, GUIDANCE)
        if not source.in_coroutine(call):
            place = "a plain function" if source.function(call) else "no function at all"
            reason = f"`{made.name}` makes a coroutine: {what}; and this is {place}"
            return self.review(source, call, reason, GUIDANCE)
        span, above = source.span(call), source.parent(call)
        reason = f"`{made.name}` makes a coroutine: {what}"
        edits = [source.edit(span.start, span.start, "await ")]
        if isinstance(above, (ast.Attribute, ast.Subscript)) and above.value is call:
            edits = [
                source.edit(span.start, span.start, "(await "),
                source.edit(span.end, span.end, ")"),
            ]
        return self.unsafe(source, call, reason, edits)
