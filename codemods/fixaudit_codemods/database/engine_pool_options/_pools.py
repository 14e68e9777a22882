"""Which pool an engine has, and which database: by its URL, its keywords and its pool class."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import CallKeywords, GivenKeyword
from fixaudit_codemods.database._engine_kinds import QUEUE_ONLY

# SQLAlchemy's own dialects and their drivers, and those of CockroachDB, Redshift and Snowflake: servers,
# for which an engine makes a pool that queues.
_SERVER = re.compile(
    r"(?:postgres(?:ql)?|mysql|mariadb|oracle|mssql|cockroachdb|redshift|snowflake)(?:\+\w+)?(?:://.*)?",
    re.DOTALL,
)
QUEUES = frozenset({"QueuePool", "AsyncAdaptedQueuePool", "FallbackAsyncAdaptedQueuePool"})
NO_QUEUES = frozenset({"NullPool", "StaticPool", "SingletonThreadPool", "AssertionPool"})


@dataclass(frozen=True, slots=True)
class Queue:
    """What proves that an engine's pool queues, and the places that the proof covers."""

    text: str
    places: tuple[GivenKeyword, ...] = ()


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
