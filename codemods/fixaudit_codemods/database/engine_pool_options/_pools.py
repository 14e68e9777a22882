"""Which pool an engine has, and which database: by its URL, its keywords and its pool class."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import assigned_literal, keyword
from fixaudit_codemods.database.engine_pool_options._keywords import Given, Keywords

# SQLAlchemy's own dialects and their drivers, and those of CockroachDB, Redshift and Snowflake: servers,
# for which an engine makes a pool that queues.
_SERVER = re.compile(
    r"(?:postgres(?:ql)?|mysql|mariadb|oracle|mssql|cockroachdb|redshift|snowflake)(?:\+\w+)?(?:://.*)?",
    re.DOTALL,
)
_SQLITE = re.compile(r"sqlite(?:\+\w+)?(?::.*)?", re.DOTALL)
# Only a pool that queues takes these: the others raise TypeError. `pool_size` is taken by the pool of
# in-memory SQLite too.
QUEUE_ONLY = ("max_overflow", "pool_use_lifo")
QUEUES = frozenset({"QueuePool", "AsyncAdaptedQueuePool", "FallbackAsyncAdaptedQueuePool"})
NO_QUEUES = frozenset({"NullPool", "StaticPool", "SingletonThreadPool", "AssertionPool"})


@dataclass(frozen=True, slots=True)
class Queue:
    """What proves that an engine's pool queues, and the places that the proof covers."""

    text: str
    places: tuple[Given, ...] = ()


def url_of(source: Source, call: ast.Call) -> ast.expr | None:
    given = keyword(call, "url")
    return given.value if given is not None else call.args[0] if call.args else None


def url_start(source: Source, url: ast.expr | None) -> str | None:
    """How a URL starts, as far as it is written out; None where nothing is."""
    value = None if url is None else assigned_literal(source, url)
    if isinstance(value, ast.JoinedStr) and value.values:
        value = value.values[0]
    if isinstance(value, ast.BinOp):
        return url_start(source, value.left)
    if isinstance(value, ast.Call):
        name = source.qualified_name(value.func) or ""
        if name.endswith((".URL.create", ".make_url")):
            drivername = keyword(value, "drivername")
            first = drivername.value if drivername is not None else next(iter(value.args), None)
            return url_start(source, first)
        if isinstance(value.func, ast.Attribute) and value.func.attr == "format":
            return url_start(source, value.func.value)
        return None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return None


def is_sqlite(source: Source, start: str | None, words: Keywords) -> bool:
    if start is not None and _SQLITE.fullmatch(start):
        return True
    for value in words.values("connect_args"):
        literal = assigned_literal(source, value)
        keys = literal.keys if isinstance(literal, ast.Dict) else []
        if any(isinstance(key, ast.Constant) and key.value == "check_same_thread" for key in keys):
            return True
    return False


def is_server(start: str | None) -> bool:
    return start is not None and _SERVER.fullmatch(start) is not None


def pool_classes(source: Source, words: Keywords) -> set[str]:
    """The last names of the pool classes that may be given; `?` for what is not known."""
    found: set[str] = set()
    for value in words.values("poolclass"):
        for branch in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
            if isinstance(branch, ast.Constant) and branch.value is None:
                continue
            name = (source.qualified_name(branch) or "?").rpartition(".")[2]
            found.add(name if name in QUEUES | NO_QUEUES else "?")
    return found


def queue_of(source: Source, words: Keywords, start: str | None) -> Queue | None:
    """What proves that the pool queues; None where nothing does."""
    for name in QUEUE_ONLY:
        if given := words.given.get(name):
            return Queue(f"only a pool that queues takes `{name}`", tuple(given))
    given = [
        each
        for each in words.given.get("poolclass", ())
        if (source.qualified_name(each.value) or "").rpartition(".")[2] in QUEUES
    ]
    if given:
        return Queue("its pool class queues", tuple(given))
    if is_server(start) and "poolclass" not in words.given:
        return Queue("an engine of this URL has a pool that queues")
    return None
