"""A module global that a function builds at its first call is built by one thread only.

`if _client is None: _client = Client()` in a function that two threads call at once gives two clients:
the second replaces the first, which somebody may hold already, with its connections, its cache or its
half of the registrations. An `RLock` beside the global and a second look inside of it let one thread
build; the others wait for it, and later calls pay no lock. Where the global is set before the object is
ready (`_client = Client()`, then `_client.connect()`), each call takes the lock, as an unlocked look
would see it too early. Getters of one file that run each other share one lock.

It needs `--unsafe` where the building may wait for something that needs the same lock: another getter
in another file, a thread, a pool, an event loop, another lock, or a function that is not known.

It leaves alone: what a lock guards already, values that are the same however often they are worked out
(numbers, texts, what an import gives), coroutines that do not await in between (one event loop runs
them one after the other), projects without a sign of threads, tests and scripts. For a human are:
coroutines that await while they build, generators (they would keep the lock while they are suspended),
conditions that ask for more than the global, and globals that a lock guards elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import (
    Codemod,
    Edit,
    Finding,
    NeededModuleName,
    ReportMatch,
    Role,
    Source,
    access,
    memoized,
)
from fixaudit.authoring import (
    FunctionNode,
    first_statement,
    move_below,
    own_nodes,
    stands_alone,
)
from fixaudit_codemods.concurrency.lazy_singleton_lock._deadlocks import (
    getters,
    objections,
    sharing,
)
from fixaudit_codemods.concurrency.lazy_singleton_lock._getters import (
    Getter,
    asks,
    is_lock,
    locks_around,
    locks_in,
    own_below,
    sets,
    starts_as_none,
)
from fixaudit_codemods.concurrency.lazy_singleton_lock._threads import (
    belongs_to_loop,
    gives_the_same,
    only_noted,
    said_against,
    threads,
)

_AWAITING = (ast.Await, ast.AsyncWith, ast.AsyncFor)
GUIDANCE = (
    "Build it where the program starts, before threads do; or keep a `threading.RLock` beside it, and "
    "ask for it again inside of the lock before it is built. `functools.lru_cache` is no lock: two "
    "first calls at once both run the function."
)
GUIDANCE_ASYNC = (
    "Build it once at start-up (the lifespan of the application), which needs no lock; or keep an "
    "`asyncio.Lock` beside it and ask again inside of it, where one event loop uses the module; or set "
    "the global to the task that builds it before the first `await`, and await that task. A "
    "`threading.Lock` held over an `await` would stop the loop."
)


class LazySingletonLock(Codemod):
    name = "lazy-singleton-lock"
    code = "FA307"
    triggers = (b"global ",)
    visits = (ast.Global,)
    tags = frozenset({"threads"})
    right_already = (r"^it is built under `",)
    report_match = ReportMatch(
        keywords=(
            ("singleton", "thread safe*|thread-safe*|threadsafe*|thread safety|race*|lock*"),
            ("global state", "thread safe*|thread-safe*|thread safety|race*|singleton"),
            ("lazy|lazily", "global|singleton|initiali*", "race*|lock*|thread*|twice"),
            ("double-checked|double checked", "lock*"),
            ("unsynchronized|unsynchronised|not synchronized", "global|singleton|initiali*"),
            (
                "threads|thread",
                "global|singleton|module-level",
                "built twice|created twice|initiali*",
            ),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test makes its own objects",
        Role.SCRIPT: "a script runs in one thread",
        Role.EXAMPLE: "an example shows the short form",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
        Role.NOTEBOOK: "a notebook runs in one thread",
    }

    def judge(self, node: ast.Global, source: Source) -> Iterator[Finding]:
        function = source.function(node)
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        for name in node.names:
            found = [each for each in getters(source).get(function, ()) if each.name == name]
            for getter in found:
                said = said_against(source, getter.function)
                yield self.doubt(source, _site(source, getter), self._judged(source, getter), said)
            if not found:
                yield from self._others(source, function, name)

    def _others(self, source: Source, function: FunctionNode, name: str) -> Iterator[Finding]:
        """Functions that build the global on a condition that asks for more."""
        if isinstance(function, ast.AsyncFunctionDef) or not starts_as_none(source, name):
            return
        for node in own_nodes(function):
            if (
                isinstance(node, ast.If)
                and isinstance(node.test, ast.BoolOp)
                and sets(node.body, name)
            ):
                if any(asks(part, name) for part in node.test.values):
                    if locks_around(source, node) or locks_in(source, node.body, name):
                        yield self.leave(source, node, "it is built under a lock")
                    elif only_noted(source, node, name):
                        reason = "it is a note of what was worked out before: nothing is built"
                        yield self.leave(source, node, reason)
                    elif threads(source) is not None and not belongs_to_loop(source, node.body):
                        shown = ast.unparse(node.test)
                        reason = (
                            f"two threads may each build `{name}`: `{shown}` asks for more than it"
                        )
                        yield self.review(source, node, reason, GUIDANCE)
                    return

    def _judged(self, source: Source, getter: Getter) -> Finding:
        check, name = _site(source, getter), getter.name
        if (role := self.out_of_scope(source)) is not None:
            return self.leave(source, check, role)
        if isinstance(getter.function, ast.AsyncFunctionDef):
            return self._asynchronous(source, getter)
        if (held := locks_around(source, getter.check)) is not None:
            return self.leave(source, check, f"it is built under `{ast.unparse(held.items[0])}`")
        if (held := locks_in(source, getter.building, name)) is not None:
            return self._locked(source, getter, held)
        if gives_the_same(source, getter.building, name):
            return self.leave(source, check, f"`{name}` is the same whoever works it out")
        if belongs_to_loop(source, getter.building):
            reason = "it belongs to the event loop, whose coroutines run one after the other"
            return self.leave(source, check, reason)
        signs = threads(source)
        if signs is None:
            return self.leave(source, check, "nothing in the project starts threads")
        reason = f"two threads may each build `{name}`"
        if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(getter.function)):
            reason += (
                ", and a generator would keep a lock while it is suspended: move it to a function"
            )
            return self.review(source, check, reason, GUIDANCE, because=signs)
        return self._edited(source, getter, reason)

    def _asynchronous(self, source: Source, getter: Getter) -> Finding:
        waiting = [node for node in own_below(getter.building) if isinstance(node, _AWAITING)]
        name, check = getter.name, _site(source, getter)
        first = min((each.lineno, each.col_offset) for each in sets(getter.building, name))
        before = [node for node in waiting if node.lineno <= first[0]]
        held = [
            above
            for above in source.ancestors(getter.check)
            if isinstance(above, ast.AsyncWith)
            and any(is_lock(item, source) for item in above.items)
        ]
        inside = any(
            isinstance(node, ast.AsyncWith) and any(is_lock(item, source) for item in node.items)
            for node in waiting
        )
        if held or inside:
            return self.leave(source, check, "it is built under a lock of the event loop")
        if not before:
            return self.leave(source, check, "nothing is awaited between the look and the building")
        line = before[0].lineno
        reason = f"two tasks may each build `{name}`: it awaits (line {line}) before it is set"
        return self.review(source, check, reason, GUIDANCE_ASYNC)

    def _locked(self, source: Source, getter: Getter, held: ast.With) -> Finding:
        shown = ast.unparse(held.items[0])
        for node in own_below(held.body):
            if isinstance(node, ast.If) and asks(node.test, getter.name) is not None:
                return self.leave(source, _site(source, getter), f"it is built under `{shown}`")
        reason = (
            f"`{shown}` lets the threads build `{getter.name}` one after the other, but each builds"
        )
        return self.review(source, _site(source, getter), reason, GUIDANCE)

    # -------------------------------------------------------------------------- the edit

    def _edited(self, source: Source, getter: Getter, reason: str) -> Finding:
        check = _site(source, getter)
        guarding = _guarding_elsewhere(source, getter)
        if guarding is not None:
            shown, line = guarding
            reason = f"{reason}; `{shown}` guards it elsewhere (line {line}), and is not taken here"
            return self.review(source, check, reason, GUIDANCE)
        lock = _lock(source, getter)
        edits = None if lock is None else _edits(source, getter, lock.name)
        if lock is None or edits is None:
            reason = f"{reason}, but there is no tidy way to put that under a lock here"
            return self.review(source, check, reason, GUIDANCE)
        reason = f"{reason}: `{lock.name}` lets one of them"
        if not getter.ready:
            reason += ", and as it is set before all is ready, every call takes it"
        against = next(objections(source, getter), None)
        if against is not None:
            shown = f"{against.text} ({against.path}:{against.line})"
            return self.unsafe(source, check, f"{reason}; {shown}", edits, [lock], because=against)
        return self.fix(source, check, reason, edits, [lock])


def _site(source: Source, getter: Getter) -> ast.stmt:
    """The getter as a whole, since reports cite any of its lines; the look where it has several."""
    alone = len(getters(source)[getter.function]) == 1
    return getter.function if alone else getter.check


def _guarding_elsewhere(source: Source, getter: Getter) -> tuple[str, int] | None:
    """A lock under which other code of the file sets the global."""
    for binding in source.scopes.module.bindings.get(getter.name, ()):
        held = locks_around(source, binding.node)
        if held is not None:
            return ast.unparse(held.items[0]), binding.node.lineno  # type: ignore[attr-defined]
    return None


def _lock(source: Source, getter: Getter) -> NeededModuleName | None:
    """The lock of the getter, or the one that it shares; None where its names are taken."""
    group = sorted(sharing(source)[getter.function], key=lambda each: source.span(each).start)
    first = getter if len(group) == 1 else getters(source)[group[0]][0]
    stem = first.name.strip("_").lower()
    word = "guard" if stem.endswith("lock") else "lock"
    reached = access(source, first_statement(source), "threading")
    if reached is None:
        return None
    for name in (f"_{stem}_{word}", f"_{stem}_building_{word}"):
        if name not in _bound(source):
            return NeededModuleName(name, f"{name} = {reached.text}.RLock()", reached.needed_names)
    return None


@memoized
def _bound(source: Source) -> frozenset[str]:
    """Every name that a scope of the file binds."""
    return frozenset(name for scope in source.scopes.scopes() for name in scope.bindings)


def _edits(source: Source, getter: Getter, lock: str) -> list[Edit] | None:
    """The `with`, the second look, and what stands below them, a step deeper."""
    check, building = getter.check, getter.building
    header = check.test.end_lineno or check.lineno
    inner = check.body[0]
    whole = [check, *building]
    if (
        check.lineno != header
        or inner.lineno == header
        or not all(stands_alone(source, each) for each in whole)
    ):
        return None
    indent = source.indent(check)
    step = source.indent(inner).removeprefix(indent)
    if check.orelse or not step or not source.line_text(check.lineno).lstrip().startswith("if"):
        return None
    last = building[-1].end_lineno or building[-1].lineno
    test = source.segment(check.test)
    if not getter.ready:
        return move_below(source, check.lineno, last, f"{indent}with {lock}:", step)
    if not getter.returns:
        lines = f"{indent}{step}with {lock}:\n{indent}{step}{step}if {test}:"
        return move_below(source, header + 1, last, lines, step + step)
    lines = (
        f"{indent}with {lock}:\n{indent}{step}if {test}:\n"
        f"{indent}{step}{step}return {getter.name}"
    )
    return move_below(source, (check.end_lineno or header) + 1, last, lines, step)
