"""A FastAPI application that nothing limits gets SlowAPI, set up whole: limits, state, handler, middleware.

Without a limit one client can keep a service busy, guess passwords or spend what a model costs. A
limiter that is set up by half (made, and no middleware) limits nothing, and looks as if it did.

Off by default: a proxy or gateway may limit, and how much is right only the project knows. With `limits`
it goes right behind the application, so that a CORS middleware that is added later stays around
it and a 429 reaches the browser. SlowAPI must be installed. Since FastAPI 0.137 routers are included
lazily, and SlowAPI's middleware sees none of their routes: there it is written only where the
declared version is older, or the project includes no router; a set-up that has come to limit nothing
by that is reported.

It leaves alone: applications that SlowAPI or another limiter limits, those that are mounted in another
one, and tests. For a human are middlewares that limit by their name, and applications without one.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from fixaudit import (
    Codemod,
    Evidence,
    Finding,
    NeededName,
    Reach,
    ReportMatch,
    Role,
    Source,
    Strength,
    access,
    memoized,
    rewriting,
)
from fixaudit.authoring import (
    check_expression,
    configured_expression,
    declared_version,
    imports_file,
)
from fixaudit_codemods.web._applications import application_name, mounted_in

TABLE = "[tool.fixaudit.codemods.fastapi-rate-limit]"
LAZY_SINCE = (0, 137)
"""The first FastAPI on which SlowAPI 0.1.10 limited no route of an included router, by trial."""
LAZY = "SlowAPI limits no route of an included router since FastAPI 0.137"
COSTS = (
    "Clients behind a proxy share a limit unless the key function reads its header "
    "(`--proxy-headers`), health checks count too, and SlowAPI's own store is in each process: with N "
    "workers the limit is N times as high; one limit for all takes a `storage_uri` of Redis."
)
WAYS = (
    "Put `@limiter.limit({limit})` on the routes that cost most (each then takes `request: Request`), "
    "or limit in the proxy, which sees all workers."
)
_LIMIT = re.compile(r"\d+ ?(?:/|per) ?(?:\d+ ?)?(?:second|minute|hour|day|month|year)s?")
_OTHERS = ("fastapi_limiter", "fastapi_throttle", "throttled", "asgi_ratelimit", "ratelimit", "pyrate_limiter")  # fmt: skip
_MIDDLEWARE = re.compile(
    r"add_middleware\(\s*((?!SlowAPI)\w*(?:Rate_?Limit|Thrott)\w*)", re.IGNORECASE
)
_IMPORT = re.compile(r"^\s*(?:from|import) slowapi\b")
_BY_HAND = re.compile(r"\w*limiter\w*\.(?:shared_)?limit\(")
_MANY = 200


@dataclass(frozen=True)
class Options:
    limits: tuple[str, ...] = ()
    key_function: str = "slowapi.util.get_remote_address"
    storage: str = ""
    storage_import: str = ""

    def __post_init__(self) -> None:
        for limit in self.limits:
            if _LIMIT.fullmatch(limit) is None:
                raise ValueError(f'"limits": {limit!r} is no limit such as "100/minute"')
        check_expression("storage", self.storage)


class FastapiRateLimit(Codemod):
    name = "fastapi-rate-limit"
    code = "FA408"
    triggers = (b"FastAPI",)
    trigger_pattern = re.compile(rb"FastAPI\s*\(|FastAPI\s+as\b")
    visits = (ast.Call,)
    names = frozenset({"FastAPI"})
    default = False  # a proxy may limit, and how much is right only the project knows
    tags = frozenset({"security", "web"})
    right_already = ("^SlowAPI limits routes", "^SlowAPI's middleware limits", r"` limits\b")
    report_match = ReportMatch(
        rules=("CWE-770", "CWE-307", "CWE-799"),
        keywords=(
            ("rate limit*|rate-limit*|ratelimit*", "endpoint|middleware|api|route|login|fastapi|slowapi|http|application"),
            ("slowapi",),
            ("throttl*", "no|missing|without|lack*|add|endpoint|api|request"),
            ("ratenbegrenzung|anfragelimit|limitation de débit|limitación de tasa",),
        ),
        options={
            "limits": (r"(\d+ ?(?:/|per) ?(?:second|minute|hour|day))",),
            "storage": (r"storage_uri ?= ?(\"redis://[\w.:/-]+\")",),
        },
        as_written=("storage",),
    )  # fmt: skip
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "limits": 'how often a client may call, such as ["100/minute", "5/second"]',
        "key_function": "the dotted name of the function that tells clients apart by their request",
        "storage": 'an expression for where counts are kept, such as `settings.redis_url` or `"redis://cache:6379"`',
        "storage_import": "what that expression begins with, as a dotted name to import it by",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "an application made for a test",
        Role.EXAMPLE: "an example shows what it is about",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) not in ("fastapi.FastAPI", "fastapi.applications.FastAPI"):  # fmt: skip
            return
        left = self.out_of_scope(source) or _left(source, node)
        if left is not None:
            yield self.leave(source, node, left)
            return
        slow = _uses(source, b"slowapi", _IMPORT)
        if slow is not None:
            yield self._with_slowapi(source, node, slow)
        else:
            named = _named_limiter(source)
            yield self.doubt(source, node, self._without(source, node), named, guidance=COSTS)

    def _with_slowapi(self, source: Source, node: ast.Call, slow: Evidence) -> Finding:
        decorated = _uses(source, b".limit(", re.compile(r"@[\w.]+\.(?:shared_)?limit\("))
        if decorated is not None:
            where = _where(source, decorated)
            return self.leave(source, node, f"SlowAPI limits routes, in {where}", because=decorated)
        if _uses(source, b"SlowAPIMiddleware") is None and _uses(source, b"SlowAPIASGIMiddleware") is None:  # fmt: skip
            made = _uses(source, b"Limiter(") or slow
            by_hand = _uses(source, b".limit(", _BY_HAND)
            if by_hand is not None:
                reason = f"the limiter of {_where(source, made)} is put on routes by hand ({_where(source, by_hand)}): is it on each?"
                return self.review(
                    source, node, reason, WAYS.format(limit=json.dumps(self._first()))
                )
            guidance = 'Add `SlowAPIMiddleware` and `default_limits=["100/minute"]`, or `@limiter.limit(…)` on routes.'
            return self.review(source, node, f"the limiter of {_where(source, made)} limits nothing", guidance)  # fmt: skip
        if self._reaches_routes(source):
            return self.leave(source, node, "SlowAPI's middleware limits all routes")
        return self.review(
            source, node, _lazy(source), WAYS.format(limit=json.dumps(self._first()))
        )

    def _first(self) -> str:
        return next(iter(self.options.limits), "100/minute")

    def _reaches_routes(self, source: Source) -> bool:
        """True where the middleware sees every route: an older FastAPI, or no included router."""
        version = declared_version(source, "fastapi")
        if version is not None and version.is_below(LAZY_SINCE):
            return True
        return b"include_router" not in source.body and _uses(source, b"include_router") is None

    def _without(self, source: Source, node: ast.Call) -> Finding:
        reason = "nothing limits how often its routes are called"
        if not self._reaches_routes(source):
            guidance = f"{WAYS.format(limit=json.dumps(self._first()))} {COSTS}"
            return self.review(source, node, f"{reason}, and {_lazy(source)}", guidance)
        if not self.options.limits:
            guidance = f'Say how often, in {TABLE}: `limits` (`limits = ["100/minute"]`). {COSTS}'
            return self.review(source, node, reason, guidance)
        name = application_name(source, node)
        if name is None:
            return self.review(source, node, f"{reason}, and it is no name of this block", COSTS)
        written = self._block(source, node, name)
        if isinstance(written, str):
            return self.review(source, node, f"{reason}; {written}", COSTS)
        edit = rewriting.insert_after(source, source.statement(node), written[0])
        if edit is None:
            return self.review(source, node, f"{reason}; its line holds other code", COSTS)
        return self.unsafe(source, node, reason, [edit], written[1], COSTS)

    def _block(
        self, source: Source, node: ast.Call, app: str
    ) -> tuple[str, tuple[NeededName, ...]] | str:
        """The statements that set SlowAPI up, and the names that they need."""
        module, _, function = self.options.key_function.rpartition(".")
        wanted = (
            ("slowapi", "Limiter"),
            (module, function),
            ("slowapi.errors", "RateLimitExceeded"),
            ("slowapi", "_rate_limit_exceeded_handler"),
            ("slowapi.middleware", "SlowAPIMiddleware"),
        )
        found = [access(source, node, *each) for each in wanted]
        limiter = next((n for n in ("limiter", "rate_limiter") if not source.lookup(n, node)), None)
        if limiter is None or None in found:
            return "its names mean something else here"
        maker, key, error, handler, middleware = (each.text for each in found if each is not None)
        needed = [name for each in found if each is not None for name in each.needed_names]
        storage = ""
        if self.options.storage:
            given = configured_expression(source, node, self.options.storage, self.options.storage_import)  # fmt: skip
            if isinstance(given, str):
                return given
            storage = f", storage_uri={given.text}"
            needed += given.needed_names
        limits = json.dumps(list(self.options.limits))
        lines = (
            f"{limiter} = {maker}(key_func={key}, default_limits={limits}{storage})",
            f"{app}.state.limiter = {limiter}",
            f"{app}.add_exception_handler({error}, {handler})",
            f"{app}.add_middleware({middleware})",
        )
        return "\n".join(lines), tuple(needed)


def _lazy(source: Source) -> str:
    version = declared_version(source, "fastapi")
    known = version is not None and version.is_at_least(LAZY_SINCE)
    return f"{LAZY}, and {version.text} is declared" if version is not None and known else LAZY


def _left(source: Source, node: ast.Call) -> Evidence | str | None:
    name = application_name(source, node)
    if name is not None and (line := mounted_in(source, name, node)) is not None:
        return f"`{name}` is mounted in line {line}: the outer one answers"
    for library in _OTHERS:
        used = _uses(source, library.encode(), re.compile(rf"(?:from|import) {library}\b"))
        if used is not None:
            return source.proof(node, f"`{library}` limits ({_where(source, used)})", Reach.DISTRIBUTION)  # fmt: skip
    return None


@memoized
def _uses(source: Source, needle: bytes, line: re.Pattern[str] | None = None) -> Evidence | None:
    """Where the code of this file, or of one that it imports, holds a word, in a line of some form.

    The evidence's text is the line. Who includes routers may be any file of the project.
    """
    pattern = line or re.compile(re.escape(needle.decode()))
    own = source.project.facts_of_source(source).path
    rows = [(own, number, text) for number, text in enumerate(source.text.splitlines(), 1)]
    mentions = source.project.mentions(needle, _MANY)
    rows += [(each.path, each.line, each.text) for each in mentions if not each.is_test]
    for path, number, text in rows:
        if not pattern.search(text) or text.lstrip().startswith("#"):
            continue
        if path == own or needle == b"include_router" or imports_file(source, path):
            return source.proof_at(path, number, text.strip(), Reach.DISTRIBUTION)
    return None


def _named_limiter(source: Source) -> list[Evidence]:
    """A middleware of the project that limits, by its name."""
    found = _uses(source, b"add_middleware", _MIDDLEWARE)
    name = None if found is None else _MIDDLEWARE.search(found.text)
    if found is None or name is None:
        return []
    text = f"`{name[1]}` may limit them, by its name"
    return [replace(found, strength=Strength.HINT, text=text)]


def _where(source: Source, found: Evidence) -> str:
    return f"line {found.line}" if found.path == source.path else f"{found.path}:{found.line}"
