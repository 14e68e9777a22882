"""A loop that a plain function makes, sets and closes by hand becomes an `asyncio.Runner`.

`new_event_loop`, `set_event_loop`, `run_until_complete` and a `finally` that closes leave undone what
`asyncio.run` does: tasks that are left are not ended ("Task was destroyed but it is pending"),
asynchronous generators are not closed, and the thread keeps a closed loop. `with asyncio.Runner() as
runner:` does all of it, and keeps one loop throughout, as before. It needs Python 3.11.

It needs `--unsafe`, as the end is another one: the runner waits for the threads of the loop's default
executor, takes the loop from the thread (`asyncio.get_event_loop()` raises afterwards), and runs the
coroutines in the context that was there when the block began.

It leaves alone: loops that are kept, handed on or run forever; coroutines that hand work to threads, for
which closing would now wait; code that sets a context variable before a coroutine runs; files in which
plain code asks for the thread's loop later; other event loops than asyncio's; older Pythons; tests. For
a human are: a loop that no `finally` closes, a future or `gather` in place of a coroutine (the runner
refuses it), and what else is done with the loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source, Span, access
from fixaudit.authoring import (
    line_span,
    move_below,
    obsolete_import_of,
    stands_alone,
)
from fixaudit_codemods.concurrency.manual_loop_to_runner._coroutines import (
    asks_later,
    in_threads,
    not_a_coroutine,
    sets_context,
)
from fixaudit_codemods.concurrency.manual_loop_to_runner._hand_made import HandMade, hand_made

_NAMES = frozenset({"asyncio.new_event_loop", "asyncio.events.new_event_loop"})
GUIDANCE = (
    "Let `asyncio.run(main())` make and close the loop, with one `async def main` that awaits all that "
    "runs here (`gather` too); or `with asyncio.Runner() as runner:` where several calls need one loop. "
    "Where this runs in a thread because its caller is a coroutine, await there instead: "
    "`anyio.from_thread.run`, which is often recommended, needs a thread that anyio itself started."
)


class ManualLoopToRunner(Codemod):
    name = "manual-loop-to-runner"
    code = "FA304"
    triggers = (b"new_event_loop",)
    visits = (ast.Call,)
    names = frozenset({"new_event_loop"})
    tags = frozenset({"async"})
    report_match = ReportMatch(
        keywords=(
            ("new_event_loop",),
            ("asyncio.runner",),
            (
                "new event loop|new event loops|own event loop|event loop by hand",
                "create*|creat*|mak*",
            ),
            ("manual|manually", "event loop"),
            ("event loop", "leak*|not closed|never closed"),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may want a loop of its own",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) not in _NAMES:
            return
        found = hand_made(source, node)
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        elif found is None:
            yield self.leave(
                source, node, "the loop is kept, or handed on: what ends it is not seen here"
            )
        elif source.function(node) is None:
            yield self.leave(source, node, "it is made while the module is imported, for all of it")
        elif source.target_version < (3, 11):
            yield self.leave(
                source,
                node,
                "`asyncio.Runner` is new in Python 3.11, and the project does not ask for that",
            )
        elif found.body is None:
            yield self._open(source, node, found)
        else:
            yield self._closed(source, node, found)

    def _open(self, source: Source, node: ast.Call, found: HandMade) -> Finding:
        """A loop that no `finally` closes."""
        uses = [
            use.attr
            for use in source.nodes(ast.Attribute)
            if isinstance(use.value, ast.Name) and use.value.id == found.name
        ]
        if "run_until_complete" not in uses:
            return self.leave(source, node, f"`{found.name}` is kept, handed on or run forever")
        closed = "" if "close" in uses else ", nor does anything else"
        return self.review(source, node, f"{found.objection}{closed}", GUIDANCE)

    def _closed(self, source: Source, node: ast.Call, found: HandMade) -> Finding:
        if found.objection:
            return self.review(source, node, found.objection, GUIDANCE)
        for run in found.runs:
            if source.function(run) is not source.function(node):
                return self.review(source, node, "another function runs coroutines on it", GUIDANCE)
            if (why := not_a_coroutine(source, run)) is not None:
                return self.review(source, node, why, GUIDANCE)
        for reason in (in_threads, sets_context, asks_later):
            if (against := reason(source, found)) is not None:
                return self.leave(source, node, against)
        return self._edited(source, node, found)

    def _edited(self, source: Source, node: ast.Call, found: HandMade) -> Finding:
        reached = access(source, node, "asyncio", None if _by_module(node) else "Runner")
        runner = _free(source, found)
        edits = None
        if reached is not None and runner is not None:
            made = f"{reached.text}.Runner" if _by_module(node) else reached.text
            edits = _edits(source, node, found, made, runner)
        if reached is None or edits is None:
            reason = (
                f"`{found.name}` is made and closed by hand, but there is no tidy way to rewrite it"
            )
            return self.review(source, node, reason, GUIDANCE)
        reason = (
            f"a runner ends what is left on `{found.name}` and closes it: it waits for the threads of its "
            "default executor"
        )
        if found.installs and not found.unsets:
            reason += ", and `get_event_loop()` raises in this thread afterwards"
        old = [node.func, *(entry.value.func for entry in found.installs)]  # type: ignore[attr-defined]
        gone = [name for func in old for name in obsolete_import_of(func)]
        return self.unsafe(source, node, reason, edits, [*reached.needed_names, *gone])


def _by_module(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute)


def _free(source: Source, found: HandMade) -> str | None:
    for name in ("runner", f"{found.name}_runner"):
        function = source.function(found.made)
        used = {each.id for each in ast.walk(function or source.tree) if isinstance(each, ast.Name)}
        if name not in used and not source.lookup(name, found.made):
            return name
    return None


def _edits(source: Source, node: ast.Call, found: HandMade, made: str, runner: str) -> list[Edit] | None:  # fmt: skip
    """The loop's making as a `with`, its runs as the runner's, and its end taken away."""
    body = found.body
    assert body is not None
    outside = [entry for entry in found.installs if entry is not body.body[0]]
    # What makes a loop that the thread does not get is told to a runner.
    given = "" if found.installs else f"loop_factory={source.segment(node.func)}"
    header = f"with {made}({given}) as {runner}:"
    if not all(stands_alone(source, entry) for entry in (found.made, *outside, body)):
        return None
    if _comments(source, found.made.end_lineno or 0, body.lineno, outside):
        return None
    edits = [source.replace(run.func, f"{runner}.run") for run in found.runs]
    if body.body[0] in found.installs:
        edits.append(Edit(line_span(source, body.body[0]), "", drops_comments=True))
    end = source.positions.line_end(body.end_lineno or body.lineno)
    last = (body.orelse or body.handlers or body.body)[-1]
    ended = source.positions.line_end(last.end_lineno or last.lineno)
    edits.append(source.edit(ended, end, "", drops_comments=True))
    start = source.positions.line_start(found.made.lineno)
    below = source.positions.line_start(body.lineno)
    indent = source.indent(found.made)
    if not body.handlers:
        behind = source.positions.line_end(body.lineno)
        edits.append(source.edit(start, behind, f"{indent}{header}\n", drops_comments=True))
        return edits
    step = source.indent(body.body[0]).removeprefix(indent)
    if not step:
        return None
    moved = move_below(
        source, body.lineno, last.end_lineno or last.lineno, f"{indent}{header}", step
    )
    first = Edit(Span(start, below), moved[0].text, drops_comments=True)
    gone = [edit.span for edit in edits if edit.drops_comments]
    return [*edits, first, *(each for each in moved[1:] if not any(map(each.span.overlaps, gone)))]


def _comments(source: Source, first: int, last: int, outside: list[ast.stmt]) -> bool:
    """True for a comment on a line of its own between the making and the `try`, but for those right
    above a statement that goes."""
    gone = {line for entry in outside for line in (entry.lineno, entry.lineno - 1)}
    return any(line not in gone for line in source.comments_by_line if first < line < last)
