"""A rate limit that is counted in the memory of one process: for a human.

`_hits: dict[str, list[float]]`, filtered by a window and compared with a limit, counts what one process
sees. Behind a server with four workers the limit is four times as high, with three replicas twelve times,
and every restart forgets it: five tries to log in are sixty.

The finding names the dict, the function that limits, who calls it, and a limiter that the project has
already, of its own on Redis or of a library. It never edits by itself; `adopt-rate-limiter` is for that.

It leaves alone: what makes its own calls wait instead of refusing others, objects that no module keeps,
projects in which nothing shows a web server, and tests and scripts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, ReportMatch, Role, Source, memoized
from fixaudit.authoring import FunctionNode, callers_of, kept_instances, walk
from fixaudit_codemods.concurrency._limiters import library, own_limiter
from fixaudit_codemods.concurrency._rate_windows import (
    Limiting,
    is_empty_container,
    limiting,
)
from fixaudit_codemods.concurrency._serving import served

_SHOWN = 4
GUIDANCE = (
    "Three ways: count in Redis ({own}a fixed window by `INCR` and `EXPIRE` in one script or `MULTI`, at the "
    "price of up to twice the limit around a window's end); a library with a shared store (SlowAPI or "
    '`limits` with `storage_uri="redis://…"`: without it they count in memory, too); or at the proxy '
    "(nginx `limit_req`, the gateway), which does not know users. Decide what an outage of Redis does: "
    "refuse all, or let all in. Behind a proxy `request.client.host` is the proxy's, and one limit for all."
)


ADOPTING = (
    "with the project's own `{}`, to which `adopt-rate-limiter` moves the callers: its options stand in "
    "`fixaudit explain adopt-rate-limiter`; else "
)


class InMemoryRateLimiter(Codemod):
    name = "in-memory-rate-limiter"
    code = "FA310"
    triggers = (b"time()", b"monotonic(", b".now(", b"utcnow(", b"perf_counter(", b"_ns(")
    visits = (ast.Assign, ast.AnnAssign)
    tags = frozenset({"security"})
    report_match = ReportMatch(
        rules=("CWE-770", "CWE-307"),
        keywords=(
            ("rate limit*|rate-limit*|ratelimit*", "in-memory|in memory|process-local|per process|per-worker|per worker|memory"),
            ("rate limit*|rate-limit*|ratelimit*", "multiple workers|multi-worker|workers|pods|replicas|distributed|scale|bypass*"),
            ("throttl*", "in-memory|in memory|process-local|per process|per-worker"),
            ("rate limit*|rate-limit*|limiter", "redis"),
            ("login limit*|login attempt*|attempt limit*|request limit*|brute force*|brute-force*", "in-memory|in memory|process-local|per process|per-worker|per worker|bypass*"),
        ),
    )  # fmt: skip
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test runs in one process",
        Role.SCRIPT: "a script runs in one process",
        Role.EXAMPLE: "an example runs in one process",
        Role.NOTEBOOK: "a notebook runs in one process",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Assign | ast.AnnAssign, source: Source) -> Iterator[Finding]:
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        if not isinstance(target, (ast.Name, ast.Attribute)):
            return
        if not is_empty_container(source, node.value):
            return
        around = _functions(source, node, target)
        if not around:
            return
        found = limiting(source, around, ast.unparse(target))
        if found is None:
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        elif found.sleeps:
            reason = f"`{found.function.name}` makes its own calls wait, and refuses nobody"
            yield self.leave(source, node, reason)
        else:
            yield self._judged(source, node, target, found)

    def _judged(
        self,
        source: Source,
        node: ast.Assign | ast.AnnAssign,
        target: ast.Name | ast.Attribute,
        found: Limiting,
    ) -> Finding:
        name = ast.unparse(target)
        proof: list[Evidence] = [
            source.proof(found.function, f"`{found.function.name}` limits by it")
        ]
        kept = f"`{name}`"
        if isinstance(target, ast.Attribute):
            cls = next(e for e in source.ancestors(node) if isinstance(e, ast.ClassDef))
            instances = kept_instances(source, cls)
            if not instances and not _is_middleware(source, cls):
                return self.leave(
                    source, node, f"no module keeps a `{cls.name}`, as far as is seen"
                )
            if instances:
                first = instances[0]
                kept += f" of `{first.name}` ({source.shown(first.path)}:{first.line})"
                proof.append(first.proof(source))
        behind = served(source)
        if behind is None:
            return self.leave(source, node, f"{kept} limits in one process, as far as is seen")
        proof.append(behind)
        return self._counted(source, node, kept, name, found, proof)

    def _counted(
        self,
        source: Source,
        node: ast.Assign | ast.AnnAssign,
        kept: str,
        name: str,
        found: Limiting,
        proof: list[Evidence],
    ) -> Finding:
        """What counts in one process, behind a server."""
        reason = (
            f"{kept} counts what one process sees: `{found.function.name}` (line {found.line}) limits by "
            f"it, and each worker has its own{_callers(source, found.function)}"
        )
        if not _forgets(source, name):
            reason += "; its keys are never removed"
        own, known = own_limiter(source), library(source)
        there = own or known
        if there is not None:
            shown = f"`{there[0]}`" if own is not None else there[0]
            reason += f"; the project has {shown} ({source.shown(there[1])}:{there[2]})"
        guidance = GUIDANCE.replace("{own}", "" if own is None else ADOPTING.format(own[0]))
        return self.review(source, node, reason, guidance, because=proof)


def _functions(
    source: Source, node: ast.stmt, target: ast.Name | ast.Attribute
) -> list[FunctionNode]:
    """The functions that may limit by what is assigned: of the module, or the methods of the class."""
    if isinstance(target, ast.Name):
        if source.function(node) is not None or source.class_of(node) is not None:
            return []
        return [*source.nodes(ast.FunctionDef), *source.nodes(ast.AsyncFunctionDef)]
    if not (isinstance(target.value, ast.Name) and target.value.id in ("self", "cls")):
        return []
    around = next((e for e in source.ancestors(node) if isinstance(e, ast.ClassDef)), None)
    if around is None:
        return []
    return [e for e in walk(around) if isinstance(e, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _is_middleware(source: Source, cls: ast.ClassDef) -> bool:
    """True for a class that the application makes one of: by its base, or where it is added."""
    bases = {ast.unparse(base).rpartition(".")[2] for base in cls.bases}
    if any("Middleware" in base for base in bases):
        return True
    return any(
        "add_middleware" in each.text for each in source.project.mentions(cls.name.encode(), 20)
    )


def _callers(source: Source, function: FunctionNode) -> str:
    """Who asks, in words."""
    callers = callers_of(source, function)
    if not callers:
        return ""
    own = source.project.facts_of_source(source).path
    places = [
        (
            f"line {caller.call.lineno}"
            if caller.module.path == own
            else f"{source.shown(caller.module.path)}:{caller.call.lineno}"
        )
        for caller in callers
    ]
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return f"; asked at {', '.join(places[:_SHOWN])}{more}"


def _forgets(source: Source, name: str) -> bool:
    """True where keys are taken out of the dict: `del hits[key]`, `hits.pop(key)`, `hits.clear()`."""
    return name in _emptied(source)


@memoized
def _emptied(source: Source) -> frozenset[str]:
    """What the file takes keys out of, as written."""
    deleted = [
        target.value
        for node in source.nodes(ast.Delete)
        for target in node.targets
        if isinstance(target, ast.Subscript)
    ]
    called = [
        call.func.value
        for call in source.nodes(ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("pop", "popitem", "clear")
    ]
    return frozenset(ast.unparse(each) for each in (*deleted, *called))
