"""A Redis client that is made at each call of a function: each one has a pool and connections of its own.

A client of redis-py holds a pool of connections and is meant to be kept: made anew for each operation, it
connects, greets and selects its database each time, and what is not closed stays open until the
garbage collector comes by, while a rush of calls opens as many connections as there are calls. The finding says what becomes of
the client, who calls a function that gives a new one, and where the project keeps one already.

It is on by default: to an audit every such site is a defect. What to do about it depends on threads, forks and
event loops, so there is no edit.

It leaves alone: clients made in a module, a constructor, a cached function or when the process starts, those that are put into an
attribute or under a `global` name (also by all callers of the function), that share a pool, or are handed on;
health checks that close theirs; functions that only commands of a terminal reach; scripts, examples and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source
from fixaudit.authoring import Why, keyword, variable_uses, walk
from fixaudit_codemods.database._client_callers import Callers, callers, kept_elsewhere
from fixaudit_codemods.database._made_clients import CLOSING, Function, Made, made_by
from fixaudit_codemods.database._redis_names import REDIS_CLIENTS, REDIS_FROM_URL

_MAKERS = REDIS_CLIENTS | REDIS_FROM_URL
_NEEDLES = (b"from_url(", b"Redis(")
_SHOWN = 4
_ASKING = CLOSING | {"ping", "info"}
_AFTER = (
    "`max_connections` or a `ping()` before each use do not help while each call has a pool of its own; "
    "`health_check_interval` on the one client replaces the ping."
)
_ASYNC = (
    "A client of `redis.asyncio` belongs to its event loop: one that is kept over several `asyncio.run(…)`, or "
    "made before a fork, fails with `Event loop is closed`; make it when the loop starts (a lifespan) and "
    "close it there with `aclose()`."
)
_SYNC = (
    "It is safe for threads; after a fork (Celery, gunicorn with preload) each process needs its own, so "
    "make it at the first use."
)


class RedisClientPerCall(Codemod):
    name = "redis-client-per-call"
    code = "FA504"
    triggers = (b"redis",)
    visits = (ast.Call,)
    names = frozenset({"Redis", "StrictRedis", "from_url"})
    tags = frozenset({"database", "redis"})
    right_already = ("^it is kept: ", "^made once")
    report_match = ReportMatch(
        keywords=(
            (
                "redis",
                "new connection*|new client*|connection per|client per|per operation|per call",
            ),
            ("redis", "no pooling|without pooling|connection pooling|not pooled"),
            ("redis", "each call|every call|each request|every request|each time|every time"),
            ("redis", "singleton|shared client|reuse*|reused"),
            ("redis", "connection exhaustion|connection leak*|leaks connection*"),
            ("redis", "neue verbindung*|jeder aufruf|nouvelle connexion|nueva conexión"),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test has its client for itself",
        Role.SCRIPT: "a script connects alone",
        Role.EXAMPLE: "an example is to be short",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        name = source.qualified_name(node.func)
        if name not in _MAKERS:
            return
        made = made_by(source, node)
        if made is None:
            yield self.leave(source, node, "made once, by what it stands in")
            return
        reason = _left(source, made) or self.out_of_scope(source)
        calling = callers(source, made.function) if reason is None else None
        if calling is not None:
            reason = _called_once(source, made, calling)
        if reason is None and source.only_command(node) is not None:
            reason = "only commands of a terminal reach it, which end"
        if reason is not None:
            yield self.leave(source, node, reason)
            return
        found = self._told(source, made, calling, name)
        first = min(_made_in(source, made.function), key=lambda call: call.lineno)
        if first is not node:
            text = f"line {first.lineno} tells of the clients of `{made.function.name}`"
            found = self.left_unless_cited(source, node, found, text)
        yield found

    def _told(self, source: Source, made: Made, calling: Callers | None, name: str) -> Finding:
        reason = f"`{made.function.name}` makes a client with a pool of its own at each call"
        because: list[Evidence] = [source.proof(made.call, "it is made here")]
        if made.fate == "local":
            reason += ", and nothing closes it"
        elif made.fate == "closed":
            reason += ", and closes it: each call connects anew"
        elif calling is not None and calling.anew and made.fate == "returned":
            shown = [f"{source.shown(path)}:{line}" for path, line in calling.anew[:_SHOWN]]
            others = len(calling.anew) - len(shown)
            more = f" and {others} more" if others else ""
            reason += f", called by {', '.join(shown)}{more}"
            because += [source.proof_at(path, line, "it is called here") for path, line in calling.anew[:_SHOWN]]  # fmt: skip
        return self.review(
            source, made.call, reason, _guidance(source, made, name), because=because
        )


def _made_in(source: Source, function: Function) -> list[ast.Call]:
    """The calls of a function that make a client."""
    calls = (node for node in walk(function) if isinstance(node, ast.Call))
    return [call for call in calls if source.qualified_name(call.func) in _MAKERS]


def _left(source: Source, made: Made) -> Why | None:
    if made.fate == "closed" and _only_asks(source, made):
        return "it only asks whether the server answers, and is closed"
    pool = keyword(made.call, "connection_pool")
    if pool is not None and not (isinstance(pool.value, ast.Constant) and pool.value.value is None):
        return source.proof(pool.value, "it shares a pool", Reach.STATEMENT)
    if made.fate == "stored":
        return source.proof(made.where, f"it is kept: line {made.line} stores it", Reach.FUNCTION)
    if made.fate == "handed":
        return source.proof(made.where, "it is handed on, and may be kept there", Reach.FUNCTION)
    return None


def _only_asks(source: Source, made: Made) -> bool:
    """True for a health check: all that is called of the client are `ping` and what closes it."""
    scope, _ = source.scopes.lookup(made.name, made.function.body[0])
    uses = variable_uses(source, scope, made.name) if scope is not None and made.name else ()
    attributes = {getattr(source.parent(use), "attr", "") for use in uses}
    return "ping" in attributes and attributes <= _ASKING


def _called_once(source: Source, made: Made, calling: Callers) -> Why | None:
    if calling.once:
        path, line = calling.keeping[0]
        return source.proof_at(path, line, "it is called once, when a module is loaded")
    if made.fate == "returned" and calling.keeping and not calling.anew:
        path, line = calling.keeping[0]
        told = " or close it" if calling.closing else ""
        return source.proof_at(path, line, f"it is kept: the callers hold what they get{told}")
    return None


def _guidance(source: Source, made: Made, name: str) -> str:
    # A client of `redis.asyncio` is of no use to plain code, nor the other way round.
    alike = frozenset(each for each in _MAKERS if (".asyncio." in each) == (".asyncio." in name))
    twin = next(kept_elsewhere(source, alike, _NEEDLES), None)
    if twin is not None:
        first = f"Use the client that {source.shown(twin[0])}:{twin[1]} keeps, if it has the same options"
    else:
        first = "Make one client when the process starts (or in a function under `functools.cache`) and keep it"
    ways = (
        f"{first}; or keep a `ConnectionPool` and give it to each client (`connection_pool=…`); or, where a "
        "client a call is meant, close it (`with redis.Redis(…) as client:`), which costs a connection each."
    )
    return f"{ways} {_ASYNC if '.asyncio.' in name else _SYNC} {_AFTER}"
