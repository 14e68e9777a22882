"""An `asyncio.gather` that is awaited in a loop whose rounds do not need each other: for a human.

`for team in teams: a, b = await asyncio.gather(players(team), games(team))` waits for two calls at a
time, and for as many rounds as there are teams, each as long as its slower call. Where no round needs
what another one found, all rounds could run at once, within a limit.

The finding says what the rounds run and what shows that they are independent: nothing that one of them
sets is read by the next, and nothing ends the loop early. It never edits: how many may run at once is
for the service that is called to say, and objects such as a database session serve one at a time.

Off by default: it is slower than it could be, not wrong. It leaves alone: rounds that read what an
earlier one set, loops with a `break`, a `return` or a pause, batches that a loop cuts off a list (they
bound how many run at once), `while` and `async for`, loops over a few written-out items, and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import assigned_literal, clipped, walk

GUIDANCE = (
    "Put one round into an `async def` and await all of them under an `asyncio.Semaphore(n)`: "
    "`await asyncio.gather(*(round(item) for item in items))`, or an `asyncio.TaskGroup`, which ends the "
    "others when one fails. Costs: `n` calls at once on the other side, whose rate limit decides; all "
    "results in memory; and rounds that share a database session or connection need one each. A plain "
    "`gather` over all rounds, without the limit, is what is often advised: it starts them all."
)
_CHANGING = frozenset(
    {"append", "extend", "add", "update", "setdefault", "insert", "write", "info", "debug"}
)
_BATCHED = frozenset(
    {"itertools.batched", "more_itertools.chunked", "more_itertools.batched", "toolz.partition_all"}
)
_SHARED = ("session", "db", "conn", "connection", "cursor", "transaction", "page")


class AwaitGatherInLoop(Codemod):
    name = "await-gather-in-loop"
    code = "FA316"
    triggers = (b"gather",)
    visits = (ast.Call,)
    names = frozenset({"gather"})
    default = False  # slower than it could be, not wrong
    tags = frozenset({"async", "performance"})
    report_match = ReportMatch(
        keywords=(
            ("gather", "loop|in a loop|inside a loop|for loop|per iteration|each iteration"),
            ("sequential*|one after another|one after the other|serially", "await*|gather|async*"),
            ("awaits|await", "in a loop|inside a loop|in loop|inside loop"),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test waits as it likes",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) != "asyncio.gather":
            return
        loop = source.loop(node)
        if not isinstance(source.parent(node), ast.Await) or loop is None or not node.args:
            return
        if isinstance(loop, ast.For) and any(child is node for child in walk(loop.iter)):
            return  # `for result in await asyncio.gather(…)` runs it once
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        elif not isinstance(loop, ast.For):
            yield self.leave(source, node, "the loop waits for what comes next")
        elif (why := _needed(source, loop)) is not None:
            yield self.leave(source, node, why)
        else:
            yield self._independent(source, node, loop)

    def _independent(self, source: Source, node: ast.Call, loop: ast.For) -> Finding:
        rounds = ast.unparse(loop.iter)
        rounds = clipped(rounds, 40)
        reason = (
            f"one round for each of `{rounds}`, each as long as its slowest call: no round reads what "
            "another one sets"
        )
        shared = _shared(node)
        if shared is not None:
            reason += f"; the calls share `{shared}`, which may serve one at a time"
        return self.review(source, node, reason, GUIDANCE)


def _needed(source: Source, loop: ast.For) -> str | None:
    """Why the rounds are one after the other; None where nothing shows that they must be."""
    if isinstance(loop.iter, (ast.List, ast.Tuple, ast.Set)):
        return "the loop has a few written-out rounds"
    if _cuts_batches(source, loop):
        return "it is a batch: the loop bounds how many run at once"
    function = source.function(loop)
    for node in _own(loop):
        if isinstance(node, (ast.Break, ast.Return)):
            return f"a round may end the loop (line {node.lineno})"
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return f"a round hands on what it found (line {node.lineno})"
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("sleep", "throttle")):
            return f"a pause is made between the rounds (line {node.lineno})"
    carried = _carried(loop)
    if carried is not None:
        return f"a round reads `{carried[0]}`, which an earlier one sets (line {carried[1]})"
    return None if function is not None else "it runs at import"


def _cuts_batches(source: Source, loop: ast.For) -> bool:
    """True for `range(0, n, size)`, `itertools.batched(…)`, and for a list of slices of a list."""
    if isinstance(loop.iter, ast.Call):
        name = source.qualified_name(loop.iter.func) or ""
        return name in _BATCHED or (name == "builtins.range" and len(loop.iter.args) == 3)
    made = assigned_literal(source, loop.iter)
    return isinstance(made, (ast.ListComp, ast.GeneratorExp)) and isinstance(
        getattr(made.elt, "slice", None), ast.Slice
    )


def _carried(loop: ast.For) -> tuple[str, int] | None:
    """A name or attribute that one round sets and another one reads, with the line that reads it."""
    own = [each.target for each in _own(loop) if isinstance(each, ast.comprehension)]
    targets = {
        node.id for part in (loop.target, *own) for node in walk(part) if isinstance(node, ast.Name)
    }
    first: dict[str, ast.expr] = {}
    stored: dict[str, bool] = {}
    loads: dict[str, int] = {}
    changed: set[str] = set()
    for node, always in _in_order(loop.body, always=True):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            changed.add(ast.unparse(node.value))
        if not isinstance(node, (ast.Name, ast.Attribute)) or ast.unparse(node) in targets:
            continue
        text = ast.unparse(node)
        if isinstance(node.ctx, ast.Store):
            stored[text] = stored.get(text, False) or always
        else:
            loads[text] = node.lineno
        first.setdefault(text, node)
    for text, always in stored.items():
        read_first = isinstance(first[text].ctx, ast.Load)  # type: ignore[attr-defined]
        if text in loads and (read_first or not always):
            return text, loads[text]
    return _read_container(loop, changed)


def _in_order(body: list[ast.stmt], *, always: bool) -> Iterator[tuple[ast.AST, bool]]:
    """The nodes as Python reads them: values before targets; with whether they are always reached, and
    set anew: `total += 1` is not."""
    for statement in body:
        simple = not hasattr(statement, "body")
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            parts: list[ast.AST] = [
                part for part in (statement.value, *targets) if part is not None
            ]
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        elif simple:
            parts = [statement]
        else:
            parts = [
                part for part in ast.iter_child_nodes(statement) if not isinstance(part, ast.stmt)
            ]
        anew = always and not isinstance(statement, ast.AugAssign)
        yield from ((node, anew) for part in parts for node in walk(part))
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            for inner in [getattr(statement, field, None) or []] if not simple else []:
                blocks = [each.body for each in inner if not isinstance(each, ast.stmt)]
                for block in blocks or [inner]:
                    yield from _in_order(
                        block, always=always and isinstance(statement, (ast.With, ast.AsyncWith))
                    )


def _read_container(loop: ast.For, changed: set[str]) -> tuple[str, int] | None:
    """A container that rounds fill and read."""
    reads: dict[str, int] = {}
    for node in _own(loop):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)):
                if attr in _CHANGING:
                    changed.add(name)
                else:
                    reads[name] = node.lineno
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Load()):
                reads[name] = node.lineno
            case ast.Compare(comparators=[ast.Name(id=name)]):
                reads[name] = node.lineno
            case ast.Call(args=arguments):
                for given in arguments:
                    if isinstance(given, ast.Name):
                        reads[given.id] = node.lineno
    return next(((name, reads[name]) for name in sorted(changed) if name in reads), None)


def _shared(node: ast.Call) -> str | None:
    """An object that the calls get from outside of the loop, and that by its name serves one at a time."""
    for inner in walk(node):
        if isinstance(inner, (ast.Name, ast.Attribute)):
            last = inner.attr if isinstance(inner, ast.Attribute) else inner.id
            if last.lower().lstrip("_").endswith(_SHARED):
                return ast.unparse(inner)
    return None


def _own(loop: ast.For) -> Iterator[ast.AST]:
    """The nodes of the loop's body, without those of functions and classes inside of it."""
    stack: list[ast.AST] = [*loop.body]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))
