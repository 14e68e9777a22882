"""A router whose routes ask nobody who calls gets the configured dependency: `dependencies=[Depends(…)]`.

One route without the dependency of its neighbours is a way around them; on the router it counts for all.

Off by default: which routes are for everybody only the project knows. With `dependency` it is written
on the module's one `APIRouter(…)`; callers without credentials then get what the dependency raises.

It leaves alone: routers that have `dependencies`, that are included with some or in a router that has
some, whose routes all ask, and those of health checks, logins, webhooks and documentation, which must
stay open. For a human are: routers where such a route stands beside others, with websockets (a
dependency on a `Request` raises there), with reads alone, and modules with several routers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source, access, memoized
from fixaudit.authoring import (
    METHODS,
    Function,
    Refusal,
    add_keywords,
    check_expression,
    configured_expression,
    keyword,
)
from fixaudit_codemods.web._routes import last_name
from fixaudit_codemods.web._wording import listed
from fixaudit_codemods.web.route_dependencies._callers import (
    asks,
    included_with,
    middleware_that_may_ask,
    usual_dependency,
)

TABLE = "[tool.fixaudit.codemods.route-dependencies]"
WRITES = frozenset({"post", "put", "patch", "delete"})
# Words of paths and functions that must stay open: those that say so in any name, and those that say
# so alone or with each other (a version, but not a version's tag).
_OPEN = re.compile(r"(log|sign)(in|out|up)|oauth2?|authori[sz]e|callback|sso|saml|forgot|health(z|check)?|livez|readyz|webhooks?|openapi|redoc|favicon|csrf|captcha")  # fmt: skip
_OPEN_ALONE = re.compile(r"register|registration|token|refresh|password|reset|live|ready|ping|metrics|hooks?|docs|public|version|verify")  # fmt: skip
_BESIDE = re.compile(r"get|post|user|email|access|account|check|probe|status|server")
# What is sent by POST for its body alone.
_READS = re.compile(r"_*(get|list|read|search|query|fetch|find|count|show|validate)(_|$)")
COSTS = "Callers without credentials get its 401 or 403 from then on: clients, probes and tests of these routes need them."


@dataclass(frozen=True)
class Options:
    dependency: str = ""
    dependency_import: str = ""

    def __post_init__(self) -> None:
        check_expression("dependency", self.dependency)


@dataclass
class Routes:
    """The routes of one router: which change data and which read without asking, which must stay open."""

    writes: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    exempt: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    open: list[Function] = field(default_factory=list)
    asking: int = 0


class RouteDependencies(Codemod):
    name = "route-dependencies"
    code = "FA409"
    triggers = (b"APIRouter",)
    trigger_pattern = re.compile(rb"APIRouter\s*\(|APIRouter\s+as\b")
    visits = (ast.Call,)
    names = frozenset({"APIRouter"})
    default = False  # which routes are for everybody only the project knows
    tags = frozenset({"security", "web"})
    right_already = ("^each route asks who calls$", "^its `dependencies` ask$", r" includes it ")
    report_match = ReportMatch(
        rules=("CWE-306", "CWE-862", "CWE-285"),
        keywords=(
            (
                "no auth*|missing auth*|without auth*|unauthenticated|unprotected|unauthorized|lacks auth*",
                "route|router|endpoint|api",
            ),
            ("permission|rbac|authorization|authentication|access control", "router|route|endpoint", "missing|inconsistent*|no|without|lack*|gap"),
            ("enforcement", "gap|missing|incomplete|inconsistent*"),
            ("inconsistent*", "permission|rbac|authorization"),
            ("no depends|without depends|missing depends",),
            ("keine authentifizierung|ohne authentifizierung|ungeschützt*", "endpunkt*|route"),
        ),
        options={
            "dependency": (
                r"depends\(((?:get_current|require|verify|current)_\w+(?:\([\"'][\w:.]+[\"']\))?)\)",
            )
        },
        as_written=("dependency",),
    )  # fmt: skip
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "dependency": 'what asks who calls, such as `get_current_user` or `require_role("admin")`',
        "dependency_import": "what that expression begins with, as a dotted name to import it by",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a router made for a test",
        Role.EXAMPLE: "an example shows what it is about",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        parent = source.parent(node)
        if source.qualified_name(node.func) not in ("fastapi.APIRouter", "fastapi.routing.APIRouter"):  # fmt: skip
            return
        if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Name):
            return
        name = parent.targets[0].id
        routes = _routes(source, name, node)
        if not (routes.open or routes.exempt or routes.sockets or routes.asking):
            return
        if keyword(node, "dependencies") is not None:
            yield self.leave(source, node, "its `dependencies` ask")
        elif not routes.writes + routes.reads:
            yield self.leave(source, node, _closed(routes))
        elif (reason := self.out_of_scope(source) or included_with(source, name)) is not None:
            yield self.leave(source, node, reason)
        else:
            doubts = middleware_that_may_ask(source)
            proof = [source.proof(each, "nothing asks who calls it") for each in routes.open]
            found = self._open(source, node, routes)
            found = replace(found, evidence=(*found.evidence, *proof))
            yield self.doubt(source, node, found, doubts, guidance=COSTS)

    def _open(self, source: Source, node: ast.Call, routes: Routes) -> Finding:
        reason = _told(routes)
        text = self.options.dependency
        routers = _assigned_routers(source)
        if not text:
            usual = usual_dependency(source) or "get_current_user"
            guidance = (
                f"Say what asks, in {TABLE}: `dependency` (`dependency = {usual!r}`) and "
                f"`dependency-import`, its dotted name; or give the single routes a `Depends({usual})`, or the "
                f"call of `include_router` `dependencies`. {COSTS} Note at the others that they are public."
            )
            return self.review(source, node, reason, guidance)
        doubt = ""
        if routes.sockets:
            doubt = f"`{routes.sockets[0]}` is a websocket, where a dependency on a `Request` raises"  # fmt: skip
        elif routes.exempt:
            doubt = f"{listed(routes.exempt)} must stay open"
        elif len(routers) > 1:
            doubt = f"the module has {len(routers)} routers"
        elif not routes.writes:
            return self.review(source, node, reason, f"Note there that they are public, or add it. {COSTS}")  # fmt: skip
        if doubt:
            guidance = f"Give the single routes `dependencies=[Depends({text})]`, or move them to a router of their own. {COSTS}"
            return self.review(source, node, f"{reason}; {doubt}", guidance)
        imported = self.options.dependency_import
        reached = configured_expression(source, node, text, imported)
        depends = access(source, node, "fastapi", "Depends")
        if isinstance(reached, str) or depends is None:
            words = reached if isinstance(reached, str) else "`Depends` means something else here"
            return self.review(source, node, f"{reason}; {words}", COSTS)
        edits = add_keywords(source, node, f"dependencies=[{depends.text}({reached.text})]")
        if isinstance(edits, Refusal):
            return self.review(source, node, f"{reason}; {edits.reason}", COSTS)
        needed = (*reached.needed_names, *depends.needed_names)
        return self.unsafe(source, node, reason, edits, needed, COSTS)


def _closed(routes: Routes) -> str:
    """Why nothing is open that could be closed."""
    if routes.exempt:
        return f"{listed(routes.exempt)} must stay open"
    if routes.sockets:
        return f"a dependency on a `Request` raises in a websocket: {listed(routes.sockets)}"
    return "each route asks who calls"


def _told(routes: Routes) -> str:
    parts = []
    reads = [name for name in routes.reads if name not in routes.writes]
    if routes.writes:
        verb = "changes" if len(routes.writes) == 1 else "change"
        parts.append(f"{listed(routes.writes)} {verb} data, and nothing asks who calls")
    if reads:
        verb = "reads" if len(reads) == 1 else "read"
        only = " only" if not routes.writes else ""
        parts.append(
            f"{listed(reads)}{only} {verb}: perhaps {'it is' if verb == 'reads' else 'they are'} meant for everybody"
        )
    return "; ".join(parts)


def _routes(source: Source, name: str, node: ast.AST) -> Routes:
    found = Routes()
    bound = source.lookup(name, node)
    for function, call, receiver, method in _decorated(source).get(name, ()):
        if source.lookup(name, receiver) == bound:
            _add(source, found, function, call, method)
    return found


@memoized
def _decorated(source: Source) -> dict[str, list[tuple[Function, ast.Call, ast.Name, str]]]:
    found: dict[str, list[tuple[Function, ast.Call, ast.Name, str]]] = {}
    functions: list[Function] = [*source.nodes(ast.FunctionDef), *source.nodes(ast.AsyncFunctionDef)]  # fmt: skip
    for function in functions:
        for call in function.decorator_list:
            match call:
                case ast.Call(func=ast.Attribute(value=ast.Name() as router, attr=method)) if method in METHODS | {"websocket"}:  # fmt: skip
                    found.setdefault(router.id, []).append((function, call, router, method))
    return found


def _add(source: Source, found: Routes, function: Function, call: ast.Call, method: str) -> None:
    first = call.args[0] if call.args else None
    path = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    if method == "websocket":
        found.sockets.append(function.name)
    elif asks(source, function, call):
        found.asking += 1
    elif must_stay_open(path) or must_stay_open(function.name):
        found.exempt.append(function.name)
    else:
        changes = method in WRITES and _READS.match(function.name) is None
        changes = changes and not _only_redirects(function)
        names = found.writes if changes else found.reads
        names.extend({function.name}.difference(names))  # one function may be several routes
        found.open.append(function)


def _only_redirects(function: Function) -> bool:
    """True where all that is done is to send the caller to another route, which may ask."""
    last = function.body[-1]
    made = last.value if isinstance(last, ast.Return) else None
    return (
        isinstance(made, ast.Call)
        and last_name(made.func) == "RedirectResponse"
        and all(isinstance(each, (ast.Expr, ast.Assign)) for each in function.body[:-1])
    )


def must_stay_open(text: str) -> bool:
    """True for a path or a function's name that speaks of a login, a webhook, the health of the service."""
    plain = re.sub(r"(log|sign)[_-](in|out|up)\b", r"\1\2", text.lower().replace("_", "-"))
    for segment in plain.split("/"):
        words = [word for word in re.split(r"[-.]+", segment) if word]
        alone = [word for word in words if _OPEN_ALONE.fullmatch(word)]
        rest = [word for word in words if word not in alone and not _BESIDE.fullmatch(word)]
        if any(map(_OPEN.fullmatch, words)) or (alone and not rest):
            return True
    return False


@memoized
def _assigned_routers(source: Source) -> list[ast.Call]:
    """The routers that the file gives a name."""
    calls = source.named(ast.Call, RouteDependencies.names)
    return [call for call in calls if isinstance(source.parent(call), ast.Assign)]
