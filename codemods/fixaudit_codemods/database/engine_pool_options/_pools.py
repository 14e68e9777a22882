"""Which pool an engine has, and which database: by its URL, its keywords and its pool class."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import CallKeywords, GivenKeyword, assigned_literal
from fixaudit_codemods.database._engine_urls import is_sqlite_url

# SQLAlchemy's own dialects and their drivers, and those of CockroachDB, Redshift and Snowflake: servers,
# for which an engine makes a pool that queues.
_SERVER = re.compile(
    r"(?:postgres(?:ql)?|mysql|mariadb|oracle|mssql|cockroachdb|redshift|snowflake)(?:\+\w+)?(?:://.*)?",
    re.DOTALL,
)
# Only a pool that queues takes these: the others raise TypeError. `pool_size` is taken by the pool of
# in-memory SQLite too.
QUEUE_ONLY = ("max_overflow", "pool_use_lifo")
QUEUES = frozenset({"QueuePool", "AsyncAdaptedQueuePool", "FallbackAsyncAdaptedQueuePool"})
NO_QUEUES = frozenset({"NullPool", "StaticPool", "SingletonThreadPool", "AssertionPool"})


@dataclass(frozen=True, slots=True)
class Queue:
    """What proves that an engine's pool queues, and the places that the proof covers."""

    text: str
    places: tuple[GivenKeyword, ...] = ()


def is_sqlite(source: Source, start: str | None, words: CallKeywords) -> bool:
    """True where the URL says so, or a connection argument that only SQLite's driver takes.

    One that stands in a branch of its own says nothing of the engine that other branches make.
    """
    if is_sqlite_url(start):
        return True
    queue = [each for name in QUEUE_ONLY for each in words.given.get(name, ())]
    for given in words.given.get("connect_args", ()):
        branch = _branch(source, given.value)
        if branch and queue and all(_branch(source, each.value) != branch for each in queue):
            continue
        literal = assigned_literal(source, given.value)
        keys = literal.keys if isinstance(literal, ast.Dict) else []
        if any(isinstance(key, ast.Constant) and key.value == "check_same_thread" for key in keys):
            return True
    return False


def _branch(source: Source, node: ast.expr) -> tuple[ast.If, bool] | None:
    """The condition under which something stands, and whether it holds there; None for none."""
    inner: ast.AST = node
    for above in source.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        if isinstance(above, ast.If) and inner is not above.test:
            return above, inner in above.body
        inner = above
    return None


def is_server(start: str | None) -> bool:
    return start is not None and _SERVER.fullmatch(start) is not None


def pool_classes(source: Source, words: CallKeywords) -> set[str]:
    """The last names of the pool classes that may be given; `?` for what is not known."""
    found: set[str] = set()
    for value in words.values("poolclass"):
        for branch in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
            if isinstance(branch, ast.Constant) and branch.value is None:
                continue
            name = (source.qualified_name(branch) or "?").rpartition(".")[2]
            found.add(name if name in QUEUES | NO_QUEUES else "?")
    return found


def queue_of(source: Source, words: CallKeywords, start: str | None) -> Queue | None:
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
