"""A call that blocks in an `async def` goes to a thread; `time.sleep` becomes `await asyncio.sleep`.

While a coroutine waits in `requests.get` or `subprocess.run`, nothing else on its event loop moves:
no other request, no timeout, no health check. `await asyncio.to_thread(…)` lets the loop go on and
gives the same value. As other code then runs in between, this needs `--unsafe`.

A plain function of the project blocks where it is seen to call one that does, itself or through
others.

It leaves alone: functions and lambdas inside of a coroutine (an executor may run them), default
values, tests, coroutines that another framework may run, and handlers that see a cancellation, where
an `await` may not return. For a human are: arguments or receivers that belong to the loop or its
thread (sessions, engines, clients, locks), calls while a lock of threads is held, calls in
comprehensions and in a `finally`, a `time.sleep` that a test replaces, and functions that change
attributes or globals, which other code of the loop may read meanwhile.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, ReportMatch, Role, Source
from fixaudit.authoring import Why, is_in_default, other_runner, replacing_test
from fixaudit_codemods.concurrency._cleaning_up import handler_of_cancellation, in_finally
from fixaudit_codemods.concurrency._plain_sessions import (
    WAYS,
    first_in_coroutine,
    is_plain_session,
)
from fixaudit_codemods.concurrency.blocking_call_in_async._blocking import (
    blocking_name,
    bound_value,
    held_around,
    not_on_a_loop,
    reads_later,
)
from fixaudit_codemods.concurrency.blocking_call_in_async._proof import (
    Proof,
    blocks_inside,
    may_block,
)
from fixaudit_codemods.concurrency.blocking_call_in_async._tables import SLEEP
from fixaudit_codemods.concurrency.blocking_call_in_async._threading import slept, threaded

GUIDANCE = (
    "Use a library that awaits, or `await asyncio.to_thread(function, …)` when everything that the "
    "function touches may be used from another thread while the loop goes on."
)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Options:
    functions: tuple[str, ...] = ()
    across_files: bool = True


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
            (
                "sync|synchronous|blocking",
                "async|asynchronous|event loop|coroutine",
                "database|db|session|sqlalchemy|orm|query|queries",
            ),
            ("subprocess", "blocking"),
            (
                (
                    "freez*|stands still|stand still|stall|halt|block|blocking|blockier*|"
                    "steht still|friert*|bloqu*|gèle*"
                ),
                (
                    "event loop|loop|whole application|whole server|whole service|all others|"
                    "all the others|all other|other request|other user|server|async*|asynchron*|"
                    "everything|everyone else|everybody else|"
                    "boucle*|bucle"
                ),
            ),
            (
                "sleep|pause|schläft|dort|duerme",
                "event loop|loop|async*|whole application|whole server",
            ),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "functions": "the project's own blocking functions, as dotted names (`*` stands for anything)",
        "across_files": "look into functions of other files of the project too",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may block on purpose",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if not _in_async(source, node):
            return
        if is_plain_session(source, node):
            yield from self._session(source, node)
            return
        name = blocking_name(source, node, self.options.functions)
        if name is not None:
            yield self._known(source, node, name)
        elif may_block(source, node) and source.in_coroutine(node):
            if self.out_of_scope(source) is None:
                proof = blocks_inside(source, node, across_files=self.options.across_files)
                if proof is not None:
                    yield self._known(source, node, ast.unparse(node.func), proof)

    def _session(self, source: Source, node: ast.Call) -> Iterator[Finding]:
        told = first_in_coroutine(source, node)
        if told is None or not source.in_coroutine(node):
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        else:
            yield self.review(source, node, told, WAYS)

    def _known(
        self, source: Source, node: ast.Call, name: str, proof: Proof | None = None
    ) -> Finding:
        if (reason := self.out_of_scope(source) or _left(source, node)) is not None:
            return self.leave(source, node, reason)
        signs = tuple(_signs(source, node))
        if (why := _objection(source, node, name, proof, signs)) is not None:
            return self.review(source, node, why, GUIDANCE)
        if name == SLEEP:
            changed = slept(source, node)
            reason = "`time.sleep` stops the whole event loop: `asyncio.sleep` lets it go on"
        else:
            changed = threaded(source, node)
            reason = f"`{name}` blocks the event loop: it goes to a thread"
        if proof is not None:
            reason = f"{reason}; {proof.told}"
        if changed is None:
            reason = f"`{name}` blocks the event loop, but there is no tidy way to await it here"
            return self.review(source, node, reason, GUIDANCE)
        because = () if proof is None else proof.evidence
        finding = self.unsafe(
            source, node, reason, changed.edits, changed.needed_names, because=because
        )
        doubts = [entry for entry in signs if entry.is_hint]
        return self.doubt(source, node, finding, doubts, guidance=GUIDANCE)


# ------------------------------------------------------------------------------ the place


def _left(source: Source, node: ast.Call) -> Why | None:
    """Why a blocking call may stay."""
    if is_in_default(source, node):
        return "a default value is made once, when the function is"
    if not source.in_coroutine(node):
        inside = source.function(node)
        if isinstance(inside, ast.AsyncFunctionDef):
            return "a generator expression runs where it is iterated over"
        return "it runs in a function of its own, perhaps in an executor"
    if (runner := other_runner(source)) not in (None, "anyio"):
        return f"{runner} may run this coroutine without asyncio"
    ending = handler_of_cancellation(source, node)
    return ending if ending is not None and not in_finally(source, node) else None


def _in_async(source: Source, node: ast.Call) -> bool:
    """True anywhere below an `async def`: only there a call is looked at."""
    if not source.nodes(ast.AsyncFunctionDef):
        return False
    return any(isinstance(above, ast.AsyncFunctionDef) for above in source.ancestors(node))


def _objection(source: Source, node: ast.Call, name: str, proof: Proof | None, signs: tuple[Evidence, ...]) -> Why | None:  # fmt: skip
    """What is proved to speak against the rewrite; None where somebody need not look."""
    for above in source.ancestors(node):
        if isinstance(above, COMPREHENSIONS):
            return f"`{name}` blocks in a comprehension, one call after the other"
        if isinstance(above, ast.stmt):
            break
    if (rest := reads_later(node, name)) is not None:
        return rest
    if proof is not None and proof.objection is not None:
        return [proof.evidence, proof.objection]
    if (ending := handler_of_cancellation(source, node)) is not None:
        return ending
    found = next((entry for entry in signs if not entry.is_hint), None)
    if found is not None:
        return found
    # A call in a thread finds what a test puts in a function's place; `asyncio.sleep` does not.
    if name == SLEEP and (test := replacing_test(source, name)) is not None:
        return f"{test} puts something else in the place of `{name}`"
    return None


def _signs(source: Source, node: ast.Call) -> Iterator[Evidence]:
    """Proofs and hints that a thread, or an `await`, would be wrong here."""
    if other_runner(source) == "anyio":
        text = "anyio may run this coroutine without asyncio"
        yield source.hint(node, text)
    for sign in (not_on_a_loop, held_around, bound_value):
        if (found := sign(source, node)) is not None:
            yield found
