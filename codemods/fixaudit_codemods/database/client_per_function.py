"""An engine or an HTTP client that a function makes at each call and neither gives back nor closes.

Each one has a pool of connections of its own. A function that makes one, uses it and forgets it connects
anew at each call, and its connections stay open until the garbage collector comes by: under load the server runs out
of connections, or the process out of files. The finding says what is made, in which function, and where
the project keeps one already.

It is on by default: to an audit every such site is a leak. Which of the ways out is right depends on who
owns the client, so there is no edit.

It leaves alone: what is returned, yielded, stored or handed on to something that may keep it; what is
closed, by `with`, `close()`, `aclose()` or `dispose()`; engines without a pool (`NullPool`) and of SQLite;
what is made in a module, a constructor, a cached function or when the process starts; functions that only commands of a terminal
reach; scripts, examples, tests and migrations. Redis is for `redis-client-per-call`, clients that are
closed at each call for `session-per-call`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source
from fixaudit.authoring import Why, keyword, variable_uses
from fixaudit_codemods.database._client_callers import callers, kept_elsewhere
from fixaudit_codemods.database._engine_urls import is_sqlite_url, url_of, url_start
from fixaudit_codemods.database._http_clients import HTTP_CLIENTS, HTTP_NAMES
from fixaudit_codemods.database._made_clients import Made, made_by
from fixaudit_codemods.database._sqlalchemy import ENGINE_FACTORIES, ENGINE_NAMES

# They use an engine and let go of it, by SQLAlchemy's and pandas's references.
_BORROWERS = frozenset(
    [
        "create_all",
        "drop_all",
        "inspect",
        "reflect",
        "read_sql",
        "read_sql_query",
        "read_sql_table",
        "to_sql",
        "connect",
        "Session",
        "AsyncSession",
        "text",
    ]
)
_FACTORIES = frozenset({"sessionmaker", "async_sessionmaker", "scoped_session"})
ENGINE_WAYS = (
    "make one engine a database when the process starts and pass it (or its sessionmaker) on; or, for one that "
    "is needed once, `engine.dispose()` in a `finally` (`await engine.dispose()` of an async one); or "
    "`poolclass=NullPool`, which keeps nothing open and connects each time. An engine is safe for threads, "
    "not for forks and other event loops: there it has to be made anew, and disposed of."
)
HTTP_WAYS = (
    "open it with `with` (`async with`), which closes it at the end and connects at each call; or make one "
    "client when the process starts and close it there, which keeps connections open for the next call. A shared "
    "client shares cookies, headers and limits, and an asyncio one belongs to its event loop."
)


class ClientPerFunction(Codemod):
    name = "client-per-function"
    code = "FA521"
    triggers = (
        b"create_engine",
        b"create_async_engine",
        b"ClientSession",
        b"httpx",
        b"requests.Session",
        b"requests.session",
        b"from requests",
    )
    visits = (ast.Call,)
    names = ENGINE_NAMES | HTTP_NAMES
    tags = frozenset({"database", "network"})
    right_already = ("^it is closed",)
    report_match = ReportMatch(
        rules=("R1732", "consider-using-with"),
        keywords=(
            (
                "engine",
                "each call|every call|per request|per call|never disposed|not disposed|dispose*",
            ),
            (
                "client|session",
                "never closed|not closed|unclosed|leak*",
                "http*|aiohttp|requests|engine",
            ),
            ("connection leak*|leaked connection*|resource leak*", "engine|client|session|http*"),
            ("new engine|new client|creates an engine", "each|every|per"),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test has its client for itself",
        Role.SCRIPT: "a script ends and takes its connections along",
        Role.EXAMPLE: "an example is to be short",
        Role.MIGRATION: "a migration runs alone",
        Role.NOTEBOOK: "a notebook ends and takes its connections along",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        name = source.qualified_name(node.func)
        if name not in ENGINE_FACTORIES and name not in HTTP_CLIENTS:
            return
        made = made_by(source, node)
        if made is None:
            yield self.leave(source, node, "made once, by what it stands in")
            return
        reason: Why | None = _left(source, made) or self.out_of_scope(source)
        if reason is None and name in ENGINE_FACTORIES:
            reason = _without_pool(source, node)
        if reason is None and (calling := callers(source, made.function)).once:
            path, line = calling.keeping[0]
            reason = source.proof_at(path, line, "it is called once, when a module is loaded")
        if reason is None and source.only_command(node) is not None:
            reason = "only commands of a terminal reach it, which end"
        if reason is not None:
            yield self.leave(source, node, reason)
        else:
            yield self._told(source, made, name)

    def _told(self, source: Source, made: Made, name: str) -> Finding:
        is_engine = name in ENGINE_FACTORIES
        chosen = isinstance(source.parent(made.call), (ast.BoolOp, ast.IfExp))
        what = "an engine" if is_engine else f"`{name.partition('.')[0]}`'s client"
        reason = (
            f"`{made.function.name}` makes {what} with a pool of its own at each call, and nothing "
        )
        reason += "disposes of it" if is_engine else "closes it"
        if chosen:
            reason += "; it is made where none is given, and only then may it be closed here"
        makers = ENGINE_FACTORIES if is_engine else frozenset({name})
        needles = tuple(f"{each.rpartition('.')[2]}(".encode() for each in sorted(makers))
        twin = next(kept_elsewhere(source, makers, needles), None)
        ways = ENGINE_WAYS if is_engine else HTTP_WAYS
        first = ways[0].upper() + ways[1:]
        if twin is not None:
            alike = "database" if is_engine else "host, with the same options"
            first = f"{source.shown(twin[0])}:{twin[1]} keeps one: use that where it is of the same {alike}; or {ways}"
        return self.review(source, made.call, reason, first)


def _left(source: Source, made: Made) -> Evidence | None:
    match made.fate:
        case "closed":
            return source.proof(made.where, "it is closed", Reach.FUNCTION)
        case "returned" | "yielded":
            return source.proof(made.where, "the caller gets it", Reach.FUNCTION)
        case "stored":
            return source.proof(made.where, f"line {made.line} stores it", Reach.FUNCTION)
        case "handed":
            return _handed(source, made)
    return None


def _handed(source: Source, made: Made) -> Evidence | None:
    """The first call that may keep the client; None where all of them only use it."""
    if not made.name:
        call = _call_around(source, made.call)
        return None if _borrows(source, call) else _keeps(source, call, made)
    scope, _ = source.scopes.lookup(made.name, made.function.body[0])
    for use in variable_uses(source, scope, made.name) if scope is not None else ():
        above = source.parent(use)
        if isinstance(above, (ast.Call, ast.keyword, ast.Starred)) and use is not getattr(above, "func", None):  # fmt: skip
            call = _call_around(source, use)
            if not _borrows(source, call):
                return _keeps(source, call, made)
    return None


def _call_around(source: Source, node: ast.AST) -> ast.Call:
    return next(above for above in source.ancestors(node) if isinstance(above, ast.Call))


def _keeps(source: Source, call: ast.Call, made: Made) -> Evidence:
    name = ast.unparse(call.func)
    return source.proof(call, f"it is handed on to `{name}`, which may keep it", Reach.FUNCTION)


def _borrows(source: Source, call: ast.Call) -> bool:
    """True for calls that use an engine and let go of it, and for a sessionmaker that is local itself."""
    last = str(getattr(call.func, "attr", None) or getattr(call.func, "id", ""))
    if last in _BORROWERS:
        return True
    if last not in _FACTORIES:
        return False
    factory = made_by(source, call)
    return factory is not None and factory.fate == "local"


def _without_pool(source: Source, call: ast.Call) -> Why | None:
    """Why an engine keeps no connection to a server."""
    pool = keyword(call, "poolclass")
    if pool is not None and (source.qualified_name(pool.value) or "").endswith(
        ("NullPool", "StaticPool")
    ):
        return "it has no pool"
    if is_sqlite_url(url_start(source, url_of(source, call))):
        return "an engine of SQLite"
    return None
