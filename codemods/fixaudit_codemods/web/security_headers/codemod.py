"""A FastAPI application gets a middleware that sets the configured security headers on its answers.

`X-Content-Type-Options: nosniff` keeps browsers from running an upload as a script, `X-Frame-Options`
keeps pages out of other people's frames, `Referrer-Policy` keeps paths with tokens in them at home.

Off by default: in many projects the proxy sets them, which no Python file shows. With `headers` a
middleware goes behind the last one that the application always gets, so that it stands around the
others, or the missing ones are added where a middleware of the file sets some. They are set with
`setdefault`: a route's own value stays. `X-Frame-Options` is left out where a policy names
`frame-ancestors`. Answers to unhandled errors (a 500) are made outside of every such middleware.

It leaves alone: applications that get them already, here, in another file or by a library, those that
are mounted in another one, and tests. For a human are Starlette's applications, those that are no plain
name, and middlewares of other files that set some of the headers.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import (
    Codemod,
    Edit,
    Finding,
    NeededName,
    ReportMatch,
    Role,
    Source,
    access,
    rewriting,
)
from fixaudit.authoring import Refusal, stands_alone
from fixaudit_codemods.web._routes import last_name
from fixaudit_codemods.web._wording import listed_plainly
from fixaudit_codemods.web.security_headers._setters import (
    Setter,
    frames_are_named,
    last_assignment,
    library,
    mounted_in,
    setters,
)

TABLE = "[tool.fixaudit.codemods.security-headers]"
DEFAULT = (
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: DENY",
    "Referrer-Policy: strict-origin-when-cross-origin",
)
COSTS = (
    "Answers to unhandled errors (500) are made outside of it, and a proxy in front may set them too: look "
    "at an answer of production first (`curl -I`). `Strict-Transport-Security` cannot be taken back for "
    "its max-age and, with includeSubDomains, holds for every host below; `Content-Security-Policy: "
    "default-src 'self'` breaks the pages of /docs; X-XSS-Protection is obsolete, leave it out."
)
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*): ?(\S[ -~]*)")
_NAMES = ("add_security_headers", "set_security_headers")


@dataclass(frozen=True)
class Options:
    headers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for header in self.headers:
            if _HEADER.fullmatch(header) is None:
                raise ValueError(f'"headers": {header!r} is no "Name: value"')


class SecurityHeaders(Codemod):
    name = "security-headers"
    code = "FA407"
    triggers = (b"FastAPI", b"Starlette")
    trigger_pattern = re.compile(rb"(?:FastAPI|Starlette)\s*\(|import\s+(?:FastAPI|Starlette)\s+as")
    visits = (ast.Call,)
    names = frozenset({"FastAPI", "Starlette"})
    default = False  # in many projects the proxy sets them
    tags = frozenset({"security", "web"})
    right_already = (r"sets them\b",)
    report_match = ReportMatch(
        rules=("CWE-693", "CWE-1021", "CWE-16"),
        keywords=(
            ("security header*",),
            ("x-content-type-options|x-frame-options|strict-transport-security|referrer-policy",),
            ("hsts",),
            ("content security policy|content-security-policy|csp", "header*|missing|no|add"),
            ("clickjacking|mime sniffing|mime-sniffing|nosniff",),
            ("sicherheits-header*|sicherheitsheader*|en-têtes de sécurité|cabeceras de seguridad",),
        ),
        options={
            "headers": (
                r"(x-content-type-options: nosniff)",
                r"(x-frame-options: (?:deny|sameorigin))",
                r"(referrer-policy: [a-z-]+[a-z])",
                r"(strict-transport-security: max-age=\d+(?:; includesubdomains)?(?:; preload)?)",
            )
        },
        as_written=("headers",),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "headers": 'the headers, each as "Name: value"; HSTS and a content policy only if named here',
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "an application made for a test",
        Role.EXAMPLE: "an example shows what it is about",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        made = source.qualified_name(node.func) or ""
        if made.rpartition(".")[2] not in self.names or made.partition(".")[0] not in ("fastapi", "starlette"):  # fmt: skip
            return
        name = _name(source, node)
        if name is not None and (line := mounted_in(source, name, node)) is not None:
            yield self.leave(
                source, node, f"`{name}` is mounted in line {line}: the outer one answers"
            )
            return
        if (used := library(source)) is not None:
            yield self.leave(source, node, f"`{used}` sets them")
            return
        wanted, reason = self._wanted(source)
        present = setters(source)
        missing = [h for h in wanted if not any(_key(h) in each.headers for each in present)]
        if not missing:
            yield self.leave(source, node, f"{_whose(source, present)} sets them")
        else:
            yield self._missing(source, node, name, made, missing, reason)

    def _wanted(self, source: Source) -> tuple[list[str], str]:
        wanted = list(self.options.headers or DEFAULT)
        if any(_key(h) == "x-frame-options" for h in wanted) and frames_are_named(source):
            kept = [h for h in wanted if _key(h) != "x-frame-options"]
            return kept, "; `frame-ancestors` says who may frame it"
        return wanted, ""

    def _missing(
        self, source: Source, node: ast.Call, name: str | None, made: str, missing: list[str], more: str
    ) -> Finding:  # fmt: skip
        reason = (
            f"it answers without {listed_plainly([h.partition(':')[0] for h in missing])}{more}"
        )
        some = setters(source)
        own = [each for each in some if source.shown(each.path) == source.path]
        place = last_assignment(source, own[0]) if own else None
        if not self.options.headers:
            lines = json.dumps(missing)
            guidance = f"Say which, in {TABLE}: `headers` (`headers = {lines}`). {COSTS}"
            return self.review(source, node, reason, guidance)
        if some and place is None:
            guidance = f"Add them where the others are set: {_whose(source, some)}. {COSTS}"
            return self.review(source, node, reason, guidance)
        if made.startswith("starlette"):
            guidance = "Give it `middleware=[Middleware(…)]` with a class that adds them to `http.response.start`."
            return self.review(source, node, reason, f"{guidance} {COSTS}")
        if place is not None:
            rows = [_row(place[1], header) for header in missing]
            edit = rewriting.insert_after(source, place[0], "\n".join(rows))
            reason = f"{reason}; {_whose(source, own)} sets others"
            return self._edited(source, node, reason, edit, ())
        anchor = None if name is None else _anchor(source, node, name)
        if name is None or anchor is None:
            reason = f"{reason}, and it is no name of this block"
            return self.review(
                source, node, reason, f"Add a middleware where its others are added. {COSTS}"
            )
        written = _middleware(source, anchor, name, missing)
        if isinstance(written, Refusal):
            return self.review(source, node, f"{reason}; {written.reason}", COSTS)
        return self._edited(
            source, node, reason, rewriting.insert_after(source, anchor, written[0]), written[1]
        )

    def _edited(
        self, source: Source, node: ast.Call, reason: str, edit: Edit | None, needed: tuple[NeededName, ...]
    ) -> Finding:  # fmt: skip
        if edit is None:
            return self.review(source, node, f"{reason}; the line holds other code", COSTS)
        return self.unsafe(source, node, reason, [edit], needed, COSTS)


def _key(header: str) -> str:
    return header.partition(":")[0].strip().lower()


def _row(target: str, header: str) -> str:
    name, _, value = header.partition(":")
    return f"{target}.setdefault({json.dumps(name.strip())}, {json.dumps(value.strip())})"


def _whose(source: Source, found: list[Setter]) -> str:
    first = found[0]
    shown = source.shown(first.path)
    return f"`{first.name}` in line {first.line}" if shown == source.path else f"`{first.name}` ({shown}:{first.line})"  # fmt: skip


def _name(source: Source, node: ast.Call) -> str | None:
    """The plain name that an application is given."""
    match source.parent(node):
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is node:
            return name
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def _anchor(source: Source, node: ast.Call, name: str) -> ast.stmt | None:
    """The last statement of the same block that gives the application a middleware, or the first one."""
    made = source.statement(node)
    block = source.block(made)
    anchor = made
    for statement in block[block.index(made) + 1 :]:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in statement.targets
        ):
            break
        calls = list(getattr(statement, "decorator_list", ()))
        calls += [statement.value] if isinstance(statement, ast.Expr) else []
        for call in calls:
            func = call.func if isinstance(call, ast.Call) else None
            if isinstance(func, ast.Attribute) and func.attr in ("add_middleware", "middleware"):
                anchor = statement if last_name(func.value) == name else anchor
    return anchor if stands_alone(source, anchor) else None


def _middleware(
    source: Source, anchor: ast.stmt, app: str, headers: list[str]
) -> tuple[str, tuple[NeededName, ...]] | Refusal:
    function = next((n for n in _NAMES if not source.lookup(n, anchor)), None)
    request = access(source, anchor, "fastapi", "Request", other="HttpRequest")
    response = access(source, anchor, "fastapi", "Response", other="HttpResponse")
    call = access(source, anchor, "starlette.middleware.base", "RequestResponseEndpoint")
    if function is None or request is None or response is None or call is None:
        return Refusal("its names mean something else here")
    step = "\t" if source.indent(anchor).startswith("\t") else "    "
    rows = "".join(f"{step}{_row('response.headers', header)}\n" for header in headers)
    gap = "\n" if source.indent(anchor) else "\n\n"
    text = (
        f'{gap}@{app}.middleware("http")\n'
        f"async def {function}(\n{step}request: {request.text}, call_next: {call.text}\n) -> {response.text}:\n"
        f"{step}response = await call_next(request)\n{rows}{step}return response"
    )
    needed = (*request.needed_names, *response.needed_names, *call.needed_names)
    return text + _gap_behind(source, anchor, gap), needed


def _gap_behind(source: Source, anchor: ast.stmt, gap: str) -> str:
    """The empty lines that what follows needs, besides those that stand there."""
    line = (anchor.end_lineno or anchor.lineno) + 1
    there = 0
    while (
        line + there <= source.positions.line_count and not source.line_text(line + there).strip()
    ):
        there += 1
    ends = line + there > source.positions.line_count
    return "" if ends else "\n" * max(0, len(gap) - there)
