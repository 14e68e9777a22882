"""A task that is started and forgotten is kept in a set of the module until it is done.

The event loop holds only a weak reference to a task. One that nobody else holds may be collected
before it has finished, in the middle of its work and without a word; whether it is depends on when
the garbage collector runs. Each such task goes into a set, from which it takes itself out when it is
done, as the documentation of `asyncio.create_task` asks for. A shutdown can then wait for the rest.

It leaves alone: tasks that are awaited, returned, handed on or kept in something that lasts, what a
`TaskGroup` or another object of that kind starts (it keeps its tasks itself), what is given no
coroutine, and tests. A task that is made in a lambda or in the middle of an expression is for a human,
and so is one of a receiver that is not known; one that is an event loop by its name needs `--unsafe`.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source, Verdict, memoized, rewriting
from fixaudit.authoring import (
    Fate,
    FunctionFacts,
    Made,
    definition_of,
    handed_on,
    task_fate,
    task_made_by,
)
from fixaudit_codemods.concurrency.keep_task_reference._task_keeping import free_name, keeper

MAKERS = frozenset({"create_task", "ensure_future"})
CALLBACKS = frozenset({"call_soon", "call_soon_threadsafe", "call_later", "call_at"})
GUIDANCE = (
    "Put the task into a set that lasts as long as the program, and give it "
    "`add_done_callback(<the set>.discard)`; or start it in an `asyncio.TaskGroup`."
)


class KeepTaskReference(Codemod):
    name = "keep-task-reference"
    code = "FA305"
    triggers = (b"create_task", b"ensure_future")
    visits = (ast.Call,)
    tags = frozenset({"async"})
    equivalent_codes = ("RUF006",)
    right_already = (r"^the task is (?:kept|awaited)\b", r"^a task group keeps the tasks")
    report_match = ReportMatch(
        rules=("RUF006", "S7502"),
        keywords=(
            ("create_task", "reference"),
            ("create_task", "garbage"),
            ("fire-and-forget",),
            ("fire and forget",),
            ("background task", "reference"),
            ("background tasks", "shutdown"),
            ("background tasks", "tracking"),
            (
                "task|job|hintergrund*|tâche*|tarea",
                (
                    "garbage*|vanish*|disappear*|holds on|holds a reference|reference|"
                    "not remembered|collected|clean it up|verschwind*|referenz*|disparaî*|"
                    "desaparec*|référence*|referencia*"
                ),
            ),
            (
                "task",
                (
                    "dangling|orphan*|weak reference|strong reference|forgotten|untracked|"
                    "not stored|not kept|not tracked|nobody keeps"
                ),
            ),
            (
                "start|spawn|launch*|kicked off|create_task|ensure_future",
                "thrown away|forgotten|forgets|discard|dropped|never kept|not kept|let go",
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test ends before a collection could matter",
        Role.VENDORED: "vendored code is not edited here",
    }

    def objection(self, advice: Source) -> str | None:
        """All tasks of the loop cancelled, where only the program's own are meant."""
        for loop in advice.nodes(ast.For):
            cancels = any(getattr(part, "attr", "") == "cancel" for part in ast.walk(loop))
            asked = [call for call in ast.walk(loop.iter) if isinstance(call, ast.Call)]
            names = {advice.qualified_name(call.func) for call in asked}
            if cancels and "asyncio.all_tasks" in names:
                return "`asyncio.all_tasks()` holds the server's own tasks too, and cancels them: cancel those that the program keeps, and await them"
        return None

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if not _may_be(source, node.func):
            if _makes_by_callback(source, node) and self.out_of_scope(source) is None:
                reason = "nobody keeps the task: a callback makes it, which the loop drops"
                yield self.review(source, node, reason, GUIDANCE)
            return
        made = task_made_by(source, node)
        if made is Made.OTHERWISE:
            return
        fate, where = task_fate(source, node)
        if fate is Fate.KEPT:
            if made is not Made.SOMEHOW:
                yield self.leave(source, node, f"the task is {where}")
        elif made is Made.IN_GROUP:
            yield self.leave(source, node, "a task group keeps the tasks that it starts")
        elif (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        elif made is Made.SOMEHOW:
            yield self._unknown(source, node, fate)
        elif (handed := _maybe_a_task(source, node)) is not None:
            reason = f"`{handed}` may be a task already, which somebody keeps: not known here"
            yield self.review(source, node, reason, GUIDANCE)
        else:
            yield self._lost(source, node, fate)

    def _unknown(self, source: Source, node: ast.Call, fate: Fate) -> Finding:
        assert isinstance(node.func, ast.Attribute)
        if not _may_be_coroutine(node):
            return self.leave(source, node, "what it is given is no coroutine: no task of asyncio")
        own = definition_of(source, node.func)
        if isinstance(own, FunctionFacts):
            text = f"`{own.name}` of the project starts it, and is judged by itself"
            return self.leave(source, node, source.proof_at(own.path, own.line, text))
        shown = ast.unparse(node.func.value)
        found = self._lost(source, node, fate)
        if re.search(r"loop$", shown):
            hint = source.hint(node, f"`{shown}` is an event loop by its name only")
            return self.doubt(source, node, found, hint, Verdict.UNSAFE)
        hint = source.hint(node, f"`{shown}` may keep what it starts: it is not known here")
        return self.doubt(source, node, found, hint, guidance=GUIDANCE)

    def _lost(self, source: Source, node: ast.Call, fate: Fate) -> Finding:
        if fate is Fate.UNCLEAR:
            reason = f"nobody keeps the task: it is {task_fate(source, node)[1]}"
            return self.review(source, node, reason, GUIDANCE)
        statement = source.statement(node)
        if source.function(statement) is None:
            return self.review(source, node, "it is started outside of any function", GUIDANCE)
        kept = keeper(source, node)
        if kept is None:
            return self.review(source, node, "the names of a set of tasks are taken here", GUIDANCE)
        edits = _edits(source, node, fate, kept.name)
        if not edits:
            return self.review(source, node, "its line is shared with other code", GUIDANCE)
        reason = (
            f"nobody keeps the task, so it may be collected: `{kept.name}` does until it is done"
        )
        guidance = _at_the_end(source, node)
        return self.fix(source, node, reason, edits, kept.needed_names, guidance=guidance)


def _at_the_end(source: Source, node: ast.Call) -> str | None:
    """What is left to do for a task that a lifespan starts: an async generator with one `yield`."""
    function = source.function(node)
    if not isinstance(function, ast.AsyncFunctionDef):
        return None
    pauses = [part for part in ast.walk(function) if isinstance(part, ast.Yield)]
    if len(pauses) != 1 or pauses[0].lineno < node.lineno or not function.decorator_list:
        return None
    line = pauses[0].lineno
    ends = [part for part in ast.walk(function) if getattr(part, "attr", "") == "cancel"]
    if any(part.lineno > line for part in ends if isinstance(part, ast.Attribute)):
        return None
    return f"Nothing behind the `yield` of line {line} ends what is still in the set: cancel its tasks there, and await them."


def _may_be(source: Source, func: ast.expr) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr in MAKERS
    return isinstance(func, ast.Name) and bool(source.lookup(func.id, func))


def _may_be_coroutine(node: ast.Call) -> bool:
    """False where the first argument is written out, or there is none."""
    given = node.args[0] if node.args else None
    return given is not None and not isinstance(
        given, (ast.Constant, ast.JoinedStr, ast.Dict, ast.List, ast.Tuple, ast.Set)
    )


def _makes_by_callback(source: Source, node: ast.Call) -> bool:
    """True for `loop.call_soon(asyncio.create_task, …)`: what a callback gives is dropped."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in CALLBACKS:
        return False
    given = handed_on(source, node)
    if given is None or not _may_be(source, given.func):
        return False
    made = ast.Call(given.func, node.args[given.before :], [])
    return task_made_by(source, made) is Made.ON_LOOP


def _maybe_a_task(source: Source, node: ast.Call) -> str | None:
    """What is handed to `ensure_future`, which gives back a task as it is."""
    given = node.args[0] if node.args else node.keywords[0].value
    name = source.qualified_name(node.func) or ""
    if not name.endswith("ensure_future") or isinstance(given, ast.Call):
        return None
    return ast.unparse(given)


# ------------------------------------------------------------------------------ the edits


def _edits(source: Source, node: ast.Call, fate: Fate, kept: str) -> list[Edit]:
    """The task's name, where it has none, and the two lines that keep it; empty for no tidy way."""
    statement = source.statement(node)
    name, naming = _named(source, node, statement)
    lines = f"{kept}.add({name})\n{name}.add_done_callback({kept}.discard)"
    if fate is Fate.CHAINED:
        return [*naming, *_unchained(source, node, statement, lines, name)]
    below = rewriting.insert_after(source, statement, lines)
    return [*naming, below] if below else []


def _named(source: Source, node: ast.Call, statement: ast.stmt) -> tuple[str, list[Edit]]:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if isinstance(statement, ast.AnnAssign):
        target = statement.target
    if isinstance(target, ast.Name) and target.id != "_":
        return target.id, []
    name = free_name(source, node, _number(source, node))
    if target is not None:
        return name, [source.replace(target, name)]
    start = source.span(statement).start
    return name, [source.edit(start, start, f"{name} = ")]


def _number(source: Source, node: ast.Call) -> int:
    """How many tasks above this one, in the same function, are to be named too."""
    places = _to_be_named(source).get(source.function(node), [])
    return bisect_left(places, (node.lineno, node.col_offset))


@memoized
def _to_be_named(source: Source) -> dict[ast.AST | None, list[tuple[int, int]]]:
    """Where tasks are made that are to be named, in order, by the function around."""
    found: dict[ast.AST | None, list[tuple[int, int]]] = {}
    for call in source.nodes(ast.Call):
        if (
            _may_be(source, call.func)
            and task_made_by(source, call) is Made.ON_LOOP
            and task_fate(source, call)[0] in (Fate.DROPPED, Fate.CHAINED)
        ):
            found.setdefault(source.function(call), []).append((call.lineno, call.col_offset))
    for places in found.values():
        places.sort()
    return found


def _unchained(
    source: Source, node: ast.Call, statement: ast.stmt, lines: str, name: str
) -> list[Edit]:
    """`create_task(…).add_done_callback(…)` on lines of their own."""
    end = source.span(node).end
    if not rewriting.stands_alone(source, statement):
        return []
    if (
        source.span(statement).start != source.span(node).start
        or source.body[end : end + 1] != b"."
    ):
        return []
    text = rewriting.indented(f"\n{lines}\n{name}", source.indent(statement))
    return [source.edit(end, end, text)]
