"""A limit that one process counts is left to the async limiter that the project has: configured.

Where `check_rate_limit(key)` counts in a dict and the project has a limiter on Redis, each
`if not check_rate_limit(key): raise HTTPException(429)` in an `async def` becomes
`await limiter.check(key)`. The function, its dict and its constants go once nothing uses them.

It needs the options, as the limit and the window are the project's: without them each such function is
for a human, with the lines of configuration to begin with. It needs `--unsafe`: the window is counted
otherwise (by a fixed window there may be twice as many around its end), all processes share one limit,
what the 429 says is the limiter's text, and an outage of Redis does what the limiter does then.

    [codemods.adopt-rate-limiter]
    function = "app.api.uploads.check_rate_limit"
    limiter = 'create_rate_limiter(name="uploads", capacity=40, window_seconds=60)'
    limiter-import = "app.api.rate_limit.create_rate_limiter"

For a human are: calls in plain functions (they cannot await), calls in a `try` whose broad handler would
take the 429 for an error of its own, answers other than 429, and limiters that are not seen to raise.
`in-memory-rate-limiter` tells of limits for which the project has nothing better yet.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import (
    Codemod,
    Finding,
    NeededModuleName,
    ObsoleteImport,
    ReportMatch,
    Role,
    Source,
    rewriting,
)
from fixaudit.authoring import (
    FunctionFacts,
    check_expression,
    configured_expression,
    definition_of,
    first_statement,
    own_nodes,
    walk,
)
from fixaudit_codemods.concurrency._limiters import own_limiter
from fixaudit_codemods.concurrency._rate_windows import is_empty_container, limiting
from fixaudit_codemods.concurrency.adopt_rate_limiter._adoption import (
    check_method,
    checking,
    is_function,
    raises,
    swallowed,
    without,
)

GUIDANCE = (
    "To move its callers, with the numbers that are meant:\n"
    "    [codemods.adopt-rate-limiter]\n"
    '    function = "{function}"\n'
    "    limiter = '{limiter}(…)'\n"
    '    limiter-import = "{module}.{limiter}"\n'
    "or call the limiter by hand. What changes: one limit for all processes, the way the window is counted, "
    "and what an outage of the store does."
)
BY_HAND = (
    "Call the limiter by hand: from a plain function it must become a coroutine first; in a `try` with a "
    "broad handler put `except HTTPException: raise` above it, or the check above the `try`."
)


@dataclass(frozen=True)
class Options:
    function: str = ""
    limiter: str = ""
    limiter_import: str = ""
    method: str = "check"
    name: str = "_rate_limiter"

    def __post_init__(self) -> None:
        check_expression("limiter", self.limiter)
        if bool(self.function) != bool(self.limiter and self.limiter_import):
            raise ValueError('"function", "limiter" and "limiter-import" belong together')
        for option, text in (("method", self.method), ("name", self.name)):
            if not text.isidentifier():
                raise ValueError(f'"{option}" must be a name, not {text!r}')


class AdoptRateLimiter(Codemod):
    name = "adopt-rate-limiter"
    code = "FA315"
    triggers = (b"limit", b"thrott")
    visits = (ast.Call, ast.FunctionDef)
    default = False  # which limiter takes over, and with which numbers, is the project's to say
    tags = frozenset({"security"})
    report_match = ReportMatch(
        keywords=(
            (
                "rate limit*|rate-limit*|ratelimit*|limiter",
                "existing|already exists|not used",
                "redis",
            ),
            ("create_rate_limiter",),
            ("rate limit*|limiter", "replace*|migrate*|use", "existing limiter|existing redis"),
        ),
        options={
            "function": (r"def (check_\w*limit\w*)\(", r"`(check_\w*limit\w*)` function"),
            "limiter": (r"= ?(create_\w*limiter\([^()]*\))",),
            "name": (r"(?<!\w)(_?\w*limiter) ?= ?create_\w*limiter\(",),
            "limiter_import": (r"from ([\w.]+) import (create_\w*limiter)\b",),
        },
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "function": "the function that limits in the process, as a dotted name",
        "limiter": "the expression that makes the limiter which takes over",
        "limiter_import": "what that expression begins with, as a dotted name to import it by",
        "method": "its method that is awaited with the key, and raises beyond the limit",
        "name": "the name of the module-level limiter",
    }
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may count by itself",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call | ast.FunctionDef, source: Source) -> Iterator[Finding]:
        wanted = self.options.function
        if isinstance(node, ast.FunctionDef):
            if wanted.rpartition(".")[2] == node.name and isinstance(
                source.parent(node), ast.Module
            ):
                yield from self._unused(source, node)
            elif not wanted and isinstance(source.parent(node), ast.Module):
                yield from self._unconfigured(source, node)
        elif wanted and is_function(source, node.func, wanted):
            yield self._moved(source, node)

    def _unconfigured(self, source: Source, node: ast.FunctionDef) -> Iterator[Finding]:
        """A function that limits, where the project has a limiter of its own."""
        if not _limits(source, node):
            return
        own = own_limiter(source)
        if own is None:
            return
        limiter, path, line = own
        module = source.project.module_name(path) or path.stem
        here = source.project.facts_of_source(source).path
        mine = source.project.module_name(here) or source.module
        reason = (
            f"`{node.name}` counts what one process sees, and the project has `{limiter}` "
            f"({source.shown(path)}:{line})"
        )
        guidance = GUIDANCE.format(
            function=f"{mine}.{node.name}", limiter=limiter.rpartition(".")[2], module=module
        )
        proof = source.proof_at(path, line, f"`{limiter}` counts in a store that processes share")
        yield self.review(source, node, reason, guidance, because=proof)

    def _moved(self, source: Source, call: ast.Call) -> Finding:
        found = checking(source, call)
        if isinstance(found, str):
            return self.review(source, call, found, BY_HAND)
        if not source.in_coroutine(call):
            return self.review(source, call, "a plain function cannot await the limiter", BY_HAND)
        handler = swallowed(source, found.statement)
        if handler is not None:
            reason = f"the handler of line {handler} would take the limiter's 429 for an error"
            return self.review(source, call, reason, BY_HAND)
        if (why := self._not_fit(source)) is not None:
            return self.review(source, call, why, BY_HAND)
        anchor = first_statement(source)
        made = configured_expression(
            source, anchor, self.options.limiter, self.options.limiter_import, "limiter's"
        )
        bound = source.scopes.module.bindings.get(self.options.name, [])
        if isinstance(made, str) or (bound and not _is_ours(bound[0].value, self.options.limiter)):
            reason = (
                made
                if isinstance(made, str)
                else f"`{self.options.name}` means something else here"
            )
            return self.review(source, call, reason, BY_HAND)
        if not rewriting.stands_alone(source, found.statement):
            return self.review(source, call, "its line is shared with other code", BY_HAND)
        name = self.options.name
        text = f"await {name}.{self.options.method}({source.segment(found.key)})"
        limiter = NeededModuleName(name, f"{name} = {made.text}", made.needed_names)
        reason = f"`{name}` limits for all processes: its window and its answer count, and an outage of its store"
        span = source.span(found.statement)
        edit = source.edit(span.start, span.end, text, drops_comments=True)
        gone = [
            ObsoleteImport(each.id) for each in walk(found.statement) if isinstance(each, ast.Name)
        ]
        old = definition_of(source, call.func)
        proof = source.proof_at(old.path, old.line, "it counts what one process sees") if isinstance(old, FunctionFacts) else ()  # fmt: skip
        return self.unsafe(source, call, reason, [edit], [limiter, *gone], because=proof)

    def _not_fit(self, source: Source) -> str | None:
        """Why the limiter cannot take over: it is not seen to be awaited, or to refuse."""
        imported, name = self.options.limiter_import, self.options.method
        method = check_method(source, imported, name)
        if method is None:
            return f"`{imported}` is not seen to have a coroutine `{name}`"
        if not raises(method):
            return f"`{method.qualified_name}` is not seen to raise beyond the limit"
        return None

    def _unused(self, source: Source, node: ast.FunctionDef) -> Iterator[Finding]:
        """The function itself, once nothing calls it."""
        inside = {id(each) for each in walk(node)}
        names = [each for each in source.nodes(ast.Name) if each.id == node.name]
        attributes = [each for each in source.nodes(ast.Attribute) if each.attr == node.name]
        uses = [each for each in (*names, *attributes) if id(each) not in inside]
        if uses or not self.options.limiter:
            return
        own = source.project.facts_of_source(source).path
        for each in source.project.mentions(node.name.encode(), 20):
            if each.path != own:
                reason = f"`{node.name}` is used elsewhere ({source.shown(each.path)}:{each.line})"
                yield self.leave(source, node, reason)
                return
        edits = without(source, node)
        if isinstance(edits, str):
            yield self.review(source, node, f"nothing calls it, but {edits}", "Remove it by hand.")
            return
        gone = [ObsoleteImport(each.id) for each in own_nodes(node) if isinstance(each, ast.Name)]
        yield self.unsafe(source, node, f"nothing calls `{node.name}` any more", edits, gone)


def _limits(source: Source, node: ast.FunctionDef) -> bool:
    """True where the function limits by a container of the module."""
    names = {each.id for each in own_nodes(node) if isinstance(each, ast.Name)}
    for name in names:
        for binding in source.scopes.module.bindings.get(name, ()):
            if binding.kind == "assign" and is_empty_container(source, binding.value):
                found = limiting(source, [node], name)
                if found is not None and not found.sleeps:
                    return True
    return False


def _is_ours(value: ast.expr | None, limiter: str) -> bool:
    return value is not None and ast.unparse(value) == ast.unparse(ast.parse(limiter, mode="eval"))
