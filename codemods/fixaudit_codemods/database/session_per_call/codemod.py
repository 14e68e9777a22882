"""A session of `aiohttp`, `httpx` or `requests` that is opened for one request and closed again.

`async with aiohttp.ClientSession() as session:` around a single request looks up the name, connects and
shakes hands at each call. A session that is kept saves that from the second request on. Without options
such a place is for review, with its host and the session that the class or the project keeps already; with

    [tool.fixaudit.codemods.session-per-call]
    client = "aiohttp"
    factories = { "kitsu.io" = "cache_manager.get_aiohttp_session('kitsu')" }

it becomes `async with nullcontext(cache_manager.get_aiohttp_session('kitsu')) as session:`: the block stays
as it is and does not close what is shared. `factory` is for all other hosts, `factory-import` the
dotted name to import what the expressions begin with.

A shared session shares cookies, headers, limits and, where it has one, a cache, so it is written with
`--unsafe` only. It is off by default: for a rare call, opening and closing is right and simple.

It leaves alone: sessions that serve a loop or are handed on, those of a generator (a lifespan, a
dependency); scripts, examples and tests. For a human are modules that are run as a command, sessions with
options of their own, those that the block changes or closes, and blocks of several requests (a login sets a
cookie for the next).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from fixaudit import (
    Codemod,
    Evidence,
    Finding,
    NeededName,
    ObsoleteImport,
    Reach,
    ReportMatch,
    Role,
    Source,
    access,
)
from fixaudit.authoring import Why, check_expression, configured_expression
from fixaudit_codemods.database._client_callers import WAYS, kept_elsewhere
from fixaudit_codemods.database._http_clients import HTTP_CLIENTS, HTTP_NAMES
from fixaudit_codemods.database._made_clients import made_by
from fixaudit_codemods.database.session_per_call._uses import (
    Uses,
    WithBlock,
    uses_of,
    yields_within,
)

_NEEDLES = (b"ClientSession(", b"Client(", b"Session(")
_KINDS = {
    "aiohttp": "aiohttp.clientsession",
    "httpx": "httpx.client",
    "httpx-async": "httpx.asyncclient",
    "requests": "requests.session",
}
PRICE = (
    "A shared session shares cookies, headers, limits and a cache, must not be closed by its users, and one of "
    "asyncio belongs to its event loop. For a rare call the place is right as it is."
)


@dataclass(frozen=True)
class Options:
    client: Literal["", "aiohttp", "httpx", "httpx-async", "requests"] = ""
    factory: str = ""
    factories: dict[str, str] = field(default_factory=dict)
    factory_import: str = ""

    def __post_init__(self) -> None:
        check_expression("factory", self.factory)
        for host, text in self.factories.items():
            check_expression(f"factories.{host}", text)


@dataclass(frozen=True, slots=True)
class Site:
    call: ast.Call
    block: WithBlock
    uses: Uses

    @property
    def hosts(self) -> list[str]:
        return list(dict.fromkeys(self.uses.hosts))


class SessionPerCall(Codemod):
    name = "session-per-call"
    code = "FA620"
    triggers = (
        b"ClientSession",
        b"httpx",
        b"requests.Session",
        b"requests.session",
        b"from requests",
    )
    visits = (ast.With, ast.AsyncWith)
    default = False  # for a rare call, opening and closing is right and simple
    tags = frozenset({"network"})
    report_match = ReportMatch(
        keywords=(
            ("clientsession", "new|each|every|per|reuse*|creat*"),
            (
                "http session*|aiohttp session*|requests session*",
                "new|each|every|per|reuse*|creat*",
            ),
            (
                "http client*|httpx|asyncclient|aiohttp",
                "each|every|reuse*|new|per request|per call",
            ),
            ("connection overhead", "session|client|http*"),
            ("resource leak", "http*|aiohttp|clientsession"),
        ),
        options={
            "client": (
                r"\b(aiohttp)\.clientsession",
                r"\b(requests)\.session",
                r"\b(httpx)\.client",
            ),
            "factory": (r"\b([a-z_][\w.]*\bget_\w*session\([\"'\w]*\))",),
        },
        keyed={"factory": "factories"},
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "client": "what the factories give: `aiohttp`, `httpx`, `httpx-async` or `requests`; only these are edited",
        "factory": "an expression that gives the shared session, such as `clients.get_session()`",
        "factories": 'the same for single hosts, such as `"kitsu.io" = "clients.kitsu()"`',
        "factory_import": "what the expressions begin with, as a dotted name to import it by",
    }
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test has its session for itself",
        Role.SCRIPT: "a script ends and takes its connections along",
        Role.EXAMPLE: "an example is to be short",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: WithBlock, source: Source) -> Iterator[Finding]:
        for item in node.items:
            call, bound = item.context_expr, item.optional_vars
            if not isinstance(call, ast.Call) or not isinstance(bound, ast.Name):
                continue
            func = call.func
            if (getattr(func, "attr", None) or getattr(func, "id", "")) not in HTTP_NAMES:
                if not isinstance(func, ast.Name):
                    continue
            if source.qualified_name(func) in HTTP_CLIENTS and made_by(source, call) is not None:
                yield self._judged(source, Site(call, node, uses_of(source, node, bound)))

    def _judged(self, source: Source, site: Site) -> Finding:
        reason = _left(source, site) or self.out_of_scope(source)
        if reason is not None:
            return self.leave(source, site.call, reason)
        text = self._expression(source, site)
        doubt = _doubt(source, site)
        if text is None or doubt is not None:
            reason = f"{_told(source, site)}{f'; {doubt}' if doubt is not None else ''}"
            return self.review(source, site.call, reason, _guidance(source, site))
        return self._shared(source, site, text)

    def _expression(self, source: Source, site: Site) -> str | None:
        if _KINDS.get(self.options.client) != _full_name(source, site):
            return None
        chosen = {self.options.factories.get(host, self.options.factory) for host in site.hosts}
        return chosen.pop() or None if len(chosen) == 1 else None

    def _shared(self, source: Source, site: Site, text: str) -> Finding:
        written = configured_expression(source, site.call, text, self.options.factory_import)
        context = access(source, site.call, "contextlib", "nullcontext")
        if isinstance(written, str) or context is None:
            reason = (
                written if isinstance(written, str) else "`nullcontext` means something else here"
            )
            return self.review(source, site.call, reason, _guidance(source, site))
        if isinstance(site.block, ast.AsyncWith) and source.target_version < (3, 10):
            reason = f"{_told(source, site)}; `async with nullcontext(…)` is new in Python 3.10"
            return self.review(source, site.call, reason, _guidance(source, site))
        edits = [source.replace(site.call, f"{context.text}({written.text})")]
        first = site.call.func
        while isinstance(first, ast.Attribute):
            first = first.value
        gone = [ObsoleteImport(first.id)] if isinstance(first, ast.Name) else []
        needed: list[NeededName] = [*context.needed_names, *written.needed_names, *gone]
        reason = f"requests to {_named(site)} go through `{text}`, which stays open: cookies, headers and limits are shared"  # fmt: skip
        if "cache" in text.lower():
            reason += "; by its name it may answer from a cache"
        finding = self.unsafe(source, site.call, reason, edits, needed)
        doubt = _command(source)
        return self.doubt(source, site.call, finding, doubt or (), guidance=_guidance(source, site))


def _command(source: Source) -> Evidence | None:
    """What speaks for a command, which ends and takes its connections along."""
    for node in source.nodes(ast.If):
        if isinstance(source.parent(node), ast.Module) and "__main__" in ast.unparse(node.test):
            return source.hint(node, "the module is run as a command, which ends", Reach.MODULE)
    return None


def _left(source: Source, site: Site) -> Why | None:
    if not site.uses.hosts:
        shared = site.uses.shared or site.call
        return source.proof(
            shared, "it makes no request itself: other code uses it", Reach.FUNCTION
        )
    if site.uses.shared is not None:
        told = "other code uses it too" if site.uses.handed else "it serves several requests"
        return source.proof(site.uses.shared, told, Reach.FUNCTION)
    if (way := next((word for word in site.call.keywords if word.arg in WAYS), None)) is not None:
        told = f"it has a way of its own (`{way.arg}`): no other session can take its place"
        return source.proof(site.call, told, Reach.FUNCTION)
    if (given := yields_within(site.block)) is not None:
        return source.proof(
            given, "it lives as long as its user wants: the block yields", Reach.FUNCTION
        )
    return None


def _doubt(source: Source, site: Site) -> str | None:
    options = [word.arg or "**" for word in site.call.keywords]
    if site.call.args or options:
        return f"it has options of its own ({', '.join(options) or 'an argument'}), which a shared one has not"
    if site.uses.changed is not None:
        text, line = ast.unparse(site.uses.changed), site.uses.changed.lineno  # type: ignore[attr-defined]
        return f"`{text}` (line {line}) would change or close the session of all"
    if len(site.uses.hosts) > 1:
        return "its requests may rest on each other's cookies, as after a login"
    return None


def _named(site: Site) -> str:
    return ", ".join(host or "a host that is not known here" for host in site.hosts)


def _told(source: Source, site: Site) -> str:
    function = source.function(site.call)
    name = getattr(function, "name", "")
    count = len(site.uses.hosts)
    requests = "one request" if count == 1 else f"{count} requests"
    return f"`{name}` opens a session for {requests} to {_named(site)}, and closes it again"


def _guidance(source: Source, site: Site) -> str:
    hosts = [host for host in site.hosts if host]
    known = _own_attribute(source, site.call)
    found = next(kept_elsewhere(source, _alike(source, site), _NEEDLES), None)
    if known is not None:
        first = f"`{known}` of this class keeps a session"
    elif found is not None:
        first = f"{source.shown(found[0])}:{found[1]} keeps a session"
    else:
        first = "Keep one session a host, made when the process starts"
    kind = next(
        (name for name, full in _KINDS.items() if full == _full_name(source, site)), "aiohttp"
    )
    reached = known or "get_session()"
    pairs = ", ".join(f'"{host}" = "{reached}"' for host in hosts)
    one = f"`factories = {{ {pairs} }}` (or `factory` for all hosts)"
    if not hosts:
        one = f'`factory = "{reached}"` (for all hosts, as it is not known here which it is)'
    return (
        f"{first}: where it may be shared, say in `[tool.fixaudit.codemods.session-per-call]` what it is and "
        f"how it is reached, in the options `client` and `{'factories' if hosts else 'factory'}`: "
        f'`client = "{kind}"`, {one}, and run with `--unsafe`. {PRICE}'
    )


def _full_name(source: Source, site: Site) -> str:
    return (source.qualified_name(site.call.func) or "").lower()


def _alike(source: Source, site: Site) -> frozenset[str]:
    """The names of the site's own kind of client: what another kind keeps is no use here."""
    name = _full_name(source, site)
    library, kind = name.partition(".")[0], name.rpartition(".")[2]
    return frozenset(
        each
        for each in HTTP_CLIENTS
        if (each.partition(".")[0], each.rpartition(".")[2].lower()) == (library, kind)
    )


def _own_attribute(source: Source, call: ast.Call) -> str | None:
    """`self.session` where the class around keeps a client of the same kind in it."""
    owner = source.class_of(call)
    name = source.qualified_name(call.func)
    for node in ast.walk(owner) if owner is not None else ():
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self")) as kept], value=ast.Call() as made):  # fmt: skip
                if source.qualified_name(made.func) == name:
                    return ast.unparse(kept)
    return None
