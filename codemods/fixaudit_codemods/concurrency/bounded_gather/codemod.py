"""`gather` over as many awaitables as there is data gets a limit on how many run at a time.

`await asyncio.gather(*[ask_model(prompt) for prompt in prompts])` starts every call at once: ten in
the test, two thousand on the day of a spike, and then rate limits, exhausted pools and costs follow.

The awaitables are wrapped in a semaphore that is made inside the call: one at module level breaks
with a second event loop, a shared one deadlocks when bounded calls nest. The function that does so is
added to the module, and where several modules of a distribution need it to one of them, or to a
`utils.py` that they import, from which the others import it. A `bounded(awaitables, limit)` that the distribution has, and that is no coroutine
function, is imported where that goes in no circle. Order of calls and results,
`return_exceptions` and cancellation stay. Calls of an `async def` found in the project are rewritten
by default; where a callable is not known, `--unsafe` is needed, because what starts its work when it
is called is not held back by any limit.

It leaves alone: a fixed number of awaitables, also where all callers bound it, unpacked results,
batches and slices, tasks and futures that run already, what is bounded already (semaphores), what
runs until it is cancelled, closing and waiting of objects of a library, cleaning up, `loop=`, and
tests. Pools of equal workers, calls that share a queue or event, lists that are used elsewhere too,
gathers that are not awaited on the spot, and what is bounded, started, closed, waited for, a batch or a
clean-up by its name alone are for a human.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import (
    Access,
    Codemod,
    Edit,
    Evidence,
    Finding,
    NeededName,
    ReportMatch,
    Role,
    Source,
    Verdict,
    access,
    calls,
)
from fixaudit.authoring import (
    FunctionFacts,
    check_expression,
    configured_expression,
    helper_function,
    obsolete_import_of,
)
from fixaudit_codemods.concurrency._cleaning_up import ending
from fixaudit_codemods.concurrency.bounded_gather._advice import harm_of
from fixaudit_codemods.concurrency.bounded_gather._awaitable_sources import FIXED, Feed, feed_of
from fixaudit_codemods.concurrency.bounded_gather._helper_function import BOUNDED
from fixaudit_codemods.concurrency.bounded_gather._place import look_at_result, shared_timeout
from fixaudit_codemods.concurrency.bounded_gather._stops import (
    RefusedError,
    leave,
    review,
    short,
)

GUIDANCE = (
    "Make an `asyncio.Semaphore` in this function (not in the module) and let each coroutine hold it "
    "while it works, where the coroutines are made; whoever makes tasks must bound them there."
)


@dataclass(frozen=True)
class Options:
    limit: int = 10
    limit_env: str = ""
    limit_expression: str = ""
    limit_import: str = ""
    helper: str = ""
    callees: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise ValueError('"limit" must be at least 1: with less nothing would ever run')
        if self.limit_env and self.limit_expression:
            raise ValueError('"limit-env" and "limit-expression" exclude each other')
        if self.helper and "." not in self.helper:
            raise ValueError('"helper" must be a dotted name such as app.aio.bounded_gather')
        check_expression("limit-expression", self.limit_expression)


@dataclass(frozen=True, slots=True)
class Change:
    """The edits of a site and what they need."""

    edits: tuple[Edit, ...]
    needed_names: tuple[NeededName, ...]
    limit: str


class BoundedGather(Codemod):
    name = "bounded-gather"
    code = "FA107"
    triggers = (b"gather",)
    trigger_pattern = re.compile(rb"\bgather\b[\s\\]*(?:\(|as\b)|\.[\s\\]*gather\b")
    visits = (ast.Call,)
    names = frozenset({"gather"})
    tags = frozenset({"core", "async"})
    right_already = (r"^already bounded[: ](?!.*by its name)",)
    report_match = ReportMatch(
        rules=("CWE-770", "CWE-400"),
        keywords=(
            ("asyncio.gather", "unbounded"),
            ("asyncio.gather", "concurrency"),
            ("asyncio.gather", "semaphore"),
            ("unbounded", "parallel"),
            ("unlimited", "parallel"),
            ("concurrency limit", "llm"),
            ("implement concurrency limits",),
            (
                (
                    "at once|at the same time|at the same moment|in parallel|side by side|"
                    "simultaneous*|concurrent*|"
                    "concurrency|parallel*|gleichzeitig*|auf einmal|en même temps|simultané*|"
                    "a la vez"
                ),
                (
                    "no limit|unlimited|unbounded|upper limit|upper bound|without a limit|"
                    "without limit|limit|too many|thousand|semaphore|unbegrenzt|begrenz*|"
                    "zu viele|sans limite|trop de|sin límite|demasiad*|no bound|no cap|uncapped|"
                    "at a time"
                ),
            ),
            (
                "asyncio.gather",
                "pool|resource|exhaust*|limit*|overload*|flood*|too many|throttl*|bound|cap",
            ),
        ),
        options={
            "limit": (
                (
                    r"(?:at most|maximum(?: of)?|max\.?|limit(?:ed)?(?: to| of)?|no more than|"
                    r"up to|höchstens|maximal|au plus|como máximo) (\w+) (?:\w+ ){0,2}(?:at a time|at once|"
                    r"at the same time|in parallel|side by side|(?:concurrent|parallel|"
                    r"simultaneous|gleichzeitig|parallele)\w*|auf einmal|gleichzeitig|"
                    r"en parallèle|à la fois|a la vez)"
                ),
                r"semaphore\((?:value=)?(\d+)\)",
                r"(\w+) (?:at a time|in parallel|at once|concurrent (?:calls|requests|tasks|connections))",
                r"max_concurrent_?\w* ?= ?(\d+)",
            ),
            "limit_env": (r"\b([A-Z]\w*_\w+) env\w*[ -]var|env\w*[ -]var\w* ([A-Z]\w*_\w+)",),
        },
        as_written=("limit_env",),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "limit": "how many may run at a time; the default of `limit-env` too",
        "limit_env": "an environment variable that says how many, read at each call",
        "limit_expression": "an expression that says how many, such as `settings.max_llm_calls`",
        "limit_import": "what that expression begins with, as a dotted name to import it by",
        "helper": "a function called in place of `asyncio.gather`, with its arguments and `limit=`",
        "callees": "bound only calls of these names (`*` stands for anything)",
    }
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test says itself how many it starts",
        Role.VENDORED: "vendored code is not edited here",
    }

    def objection(self, advice: Source) -> str | None:
        return harm_of(advice)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) != "asyncio.gather":
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
            return
        try:
            yield self._judged(source, node, self._spread(source, node))
        except RefusedError as stop:
            if stop.verdict is Verdict.REVIEW:
                yield self.review(source, node, stop.why, GUIDANCE)
            else:
                yield self.leave(source, node, stop.why)

    def _judged(self, source: Source, node: ast.Call, spread: ast.Starred) -> Finding:
        feed = feed_of(source, node, spread.value)
        hints: list[Evidence] = feed.hints
        if (end := ending(source, node)) is not None:
            if not end.is_hint:
                raise leave(end)
            hints.append(end)
        self._look_at_callees(feed)
        change = self._change(source, node, spread)
        doubt = shared_timeout(source, node) or next(iter(feed.doubts), None)
        if doubt is None and feed.running:
            doubt = "some of them run already, and those no limit holds back"
        subject = short(feed.callees[0]) if feed.callees else "call"
        if doubt is not None:
            reason = f"one `{subject}` for each item, all at once; {doubt}"
            finding = self.unsafe(source, node, reason, change.edits, change.needed_names)
        else:
            limit = change.limit if change.limit.isdigit() else f"`{change.limit}`"
            reason = f"one `{subject}` for each item, all at once: now at most {limit}"
            finding = self.fix(source, node, reason, change.edits, change.needed_names)
        return self.doubt(source, node, finding, hints, guidance=GUIDANCE)

    def _spread(self, source: Source, node: ast.Call) -> ast.Starred:
        """The one `*awaitables` of a gather that may be bounded."""
        spreads = [item for item in node.args if isinstance(item, ast.Starred)]
        if not spreads:
            raise leave(FIXED)
        if any(word.arg == "loop" for word in node.keywords):
            raise leave("`loop=` is passed: this code is for a Python older than 3.10")
        if len(spreads) < len(node.args):
            raise leave("some are passed one by one: they are not to queue behind the others")
        if len(spreads) > 1:
            raise review("several spreads in one call: each of them would need its own limit")
        if any(word.arg != "return_exceptions" for word in node.keywords):
            raise review("keywords that are not known here are passed on")
        look_at_result(source, node)
        return spreads[0]

    def _look_at_callees(self, feed: Feed) -> None:
        patterns = [re.escape(entry).replace(r"\*", ".*") for entry in self.options.callees]
        names = [ast.unparse(func) for func in feed.callees]
        if (
            patterns
            and names
            and not any(
                re.fullmatch(rf"(.*\.)?{pattern}", name) for pattern in patterns for name in names
            )
        ):
            raise leave(f"`{names[0]}` is not among the `callees` that are to be bounded")

    # ---------------------------------------------------------------- the edits

    def _change(self, source: Source, node: ast.Call, spread: ast.Starred) -> Change:
        limit = self._limit(source, node)
        if self.options.helper:
            return self._with_helper(source, node, spread, limit)
        helper = helper_function(source, node, BOUNDED)
        if helper is None:
            raise review("the names of a helper function, or its imports, are taken in this module")
        span = source.span(spread.value)
        opening, closing = calls.around(helper.text, behind=[f"limit={limit.text}"])
        edits = (
            source.edit(span.start, span.start, opening),
            source.edit(span.end, span.end, closing),
        )
        return Change(edits, (*limit.needed_names, *helper.needed_names), limit.text)

    def _with_helper(self, source: Source, node: ast.Call, spread: ast.Starred, limit: Access) -> Change:  # fmt: skip
        module, _, name = self.options.helper.rpartition(".")
        if source.module == module:
            raise review(f"this is the module of `{name}` itself")
        reached = access(source, node, module, name)
        if reached is None:
            raise review(f"`{name}` means something else here")
        known = source.project.definition(self.options.helper)
        if isinstance(known, FunctionFacts):
            for keyword in ["limit", *(str(word.arg) for word in node.keywords)]:
                if known.accepts(keyword) is False:
                    raise review(f"`{self.options.helper}` takes no `{keyword}=`")
        editor = calls.CallEditor(source, node).rename(reached.text)
        behind = node.args.index(spread) + 1
        edits = editor.add(f"limit={limit.text}", behind, beside=True).change()
        if isinstance(edits, calls.Refusal):
            raise review(edits.reason)
        gone = obsolete_import_of(node.func)
        return Change(edits, (*limit.needed_names, *reached.needed_names, *gone), limit.text)

    def _limit(self, source: Source, node: ast.Call) -> Access:
        if self.options.limit_env:
            reached = access(source, node, "os")
            if reached is None:
                raise review("`os` means something else here")
            default = f'"{self.options.limit}"'
            text = f'int({reached.text}.environ.get("{self.options.limit_env}", {default}))'
            return Access(f"max(1, {text})", reached.needed_names)
        if self.options.limit_expression:
            return self._limit_expression(source, node)
        return Access(str(self.options.limit))

    def _limit_expression(self, source: Source, node: ast.Call) -> Access:
        text, imported = self.options.limit_expression, self.options.limit_import
        found = configured_expression(source, node, text, imported, "limit's")
        if isinstance(found, str):
            raise review(found)
        return found
