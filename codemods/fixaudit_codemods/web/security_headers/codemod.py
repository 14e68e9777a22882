"""A FastAPI application gets a middleware that sets the configured security headers on its answers.

`X-Content-Type-Options: nosniff` keeps browsers from running an upload as a script, `X-Frame-Options`
keeps pages out of other people's frames, `Referrer-Policy` keeps paths with tokens in them at home.

Off by default: in many projects the proxy sets them, which no Python file shows. With `headers` a
middleware goes behind the last one that the application always gets, so that it stands around the
others, or the missing ones are added where a middleware of the file sets some. They are set with
`setdefault`: a route's own value stays. `X-Frame-Options` is left out where a policy names
`frame-ancestors`. Unhandled errors (a 500) are answered outside of it.

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
    Evidence,
    Finding,
    NeededName,
    ReportMatch,
    Role,
    Source,
    access,
    rewriting,
)
from fixaudit_codemods.web._applications import application_name, last_middleware, mounted_in
from fixaudit_codemods.web._wording import listed_plainly
from fixaudit_codemods.web.security_headers._setters import (
    Setter,
    certain_setters,
    doubtful_setters,
    frames_named,
    headers_set,
    last_assignment,
    library,
    setter_here,
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
                r"""headers\[["'](x-content-type-options)["']\] ?= ?["'](nosniff)["']""",
                r"""headers\[["'](x-frame-options)["']\] ?= ?["'](deny|sameorigin)["']""",
                r"""headers\[["'](referrer-policy)["']\] ?= ?["']([a-z-]+)["']""",
                r"""headers\[["'](strict-transport-security)["']\] ?= ?["'](max-age=\d[a-z0-9=; ]*)["']""",
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
        if (left := self.out_of_scope(source) or _by_others(source, node)) is not None:
            yield self.leave(source, node, left)
            return
        wanted, reason = self._wanted(source)
        missing = [header for header in wanted if _key(header) not in headers_set(source)]
        if not missing:
            yield self.leave(
                source, node, f"{_whose(source, certain_setters(source)[0])} sets them"
            )
        else:
            found = self._missing(source, node, made, missing, reason)
            yield self.doubt(source, node, found, _doubts(source, missing), guidance=COSTS)

    def _wanted(self, source: Source) -> tuple[list[str], str]:
        wanted = list(self.options.headers or DEFAULT)
        kept = [header for header in wanted if _key(header) != "x-frame-options"]
        named = frames_named(source) if len(kept) < len(wanted) else None
        if named is not None:
            return kept, f"; `frame-ancestors` says who may frame it ({named})"
        return wanted, ""

    def _missing(
        self, source: Source, node: ast.Call, made: str, missing: list[str], more: str
    ) -> Finding:
        names = [header.partition(":")[0] for header in missing]
        reason = f"it answers without {listed_plainly(names)}{more}"
        some, own = certain_setters(source), setter_here(source)
        place = last_assignment(source)
        name = application_name(source, node)
        anchor = None if name is None else last_middleware(source, node, name)
        needed: tuple[NeededName, ...] = ()
        if not self.options.headers:
            advice = f"Say which, in {TABLE}: `headers` (`headers = {json.dumps(missing)}`)."
        elif some and place is None:
            advice = f"Add them where the others are set: {_whose(source, some[0])}."
        elif made.startswith("starlette"):
            advice = "Give it `middleware=[Middleware(…)]` with a class that adds them to `http.response.start`."
        elif place is not None and own is not None:
            rows = "\n".join(_row(place[1], header) for header in missing)
            edit = rewriting.insert_after(source, place[0], rows)
            reason, advice = f"{reason}; {_whose(source, own)} sets others", ""
        elif name is None or anchor is None:
            reason = f"{reason}, and it is no name of this block"
            advice = "Add a middleware where its others are added."
        else:
            text, needed = _middleware(source, anchor, name, missing)
            edit = rewriting.insert_definition(source, anchor, text) if text else None
            advice = "" if text else "Add a middleware by hand: its names mean something else here."
        if advice or edit is None:
            return self.review(source, node, reason, f"{advice} {COSTS}")
        return self.unsafe(source, node, reason, [edit], needed, COSTS)


def _by_others(source: Source, node: ast.Call) -> str | None:
    mounted = mounted_in(source, node)
    if mounted is not None:
        return mounted
    used = library(source)
    return None if used is None else f"`{used}` sets them"


def _key(header: str) -> str:
    return header.partition(":")[0].strip().lower()


def _row(target: str, header: str) -> str:
    name, _, value = header.partition(":")
    return f"{target}.setdefault({json.dumps(name.strip())}, {json.dumps(value.strip())})"


def _whose(source: Source, first: Setter) -> str:
    shown = source.shown(first.path)
    return f"`{first.name}` in line {first.line}" if shown == source.path else f"`{first.name}` ({shown}:{first.line})"  # fmt: skip


def _doubts(source: Source, missing: list[str]) -> list[Evidence]:
    """Places that name the headers, and are no middleware of the application as far as one sees."""
    named = doubtful_setters(source)
    found = [named[_key(header)] for header in missing if _key(header) in named]
    return [
        source.hint_at(each.path, each.line, f"`{each.name}` names them, and may set them")
        for each in found[:1]
    ]


def _middleware(
    source: Source, anchor: ast.stmt, app: str, headers: list[str]
) -> tuple[str, tuple[NeededName, ...]]:
    function = next((n for n in _NAMES if not source.lookup(n, anchor)), None)
    request = access(source, anchor, "fastapi", "Request", other="HttpRequest")
    response = access(source, anchor, "fastapi", "Response", other="HttpResponse")
    call = access(source, anchor, "starlette.middleware.base", "RequestResponseEndpoint")
    if function is None or request is None or response is None or call is None:
        return "", ()
    step = "\t" if source.indent(anchor).startswith("\t") else "    "
    rows = "".join(f"{step}{_row('response.headers', header)}\n" for header in headers)
    text = (
        f'@{app}.middleware("http")\n'
        f"async def {function}(\n{step}request: {request.text}, call_next: {call.text}\n) -> {response.text}:\n"
        f"{step}response = await call_next(request)\n{rows}{step}return response"
    )
    needed = (*request.needed_names, *response.needed_names, *call.needed_names)
    return text, needed
