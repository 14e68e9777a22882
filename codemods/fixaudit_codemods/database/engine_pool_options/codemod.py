"""An engine whose pool queues gets the limits that the project configures: `pool_timeout`, `isolation_level`.

SQLAlchemy has limits of its own: 5 connections, 10 more in a rush, and 30 seconds until a caller that
waits for one gets a TimeoutError. So nothing waits for ever, and which other value is right only the
project knows. Without options each engine is for review, with those defaults; with them

    [tool.fixaudit.codemods.engine-pool-options]
    pool-timeout = 10
    isolation-level = "REPEATABLE READ"

`create_engine(url, max_overflow=20)` becomes `create_engine(url, max_overflow=20, pool_timeout=10,
isolation_level="REPEATABLE READ")`; where the options of the engine come out of a dict, they go into that
dict, beside the option that shows that the pool queues. Callers may see errors that they did not see
before, so it is written with `--unsafe` only. It is off by default, for an engine without them is no defect.

It leaves alone: engines of SQLite and pools that do not queue (they raise TypeError for the option),
pools made elsewhere, engines that have the option, tests and migrations. For a human are engines whose
URL is not known and that have no option that only such a pool takes, and an isolation level where the
project uses SQLite too, which refuses most of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, Reach, ReportMatch, Role, Source
from fixaudit.authoring import CallKeywords, Refusal, Why, keywords_of
from fixaudit_codemods.database._engine_kinds import is_sqlite
from fixaudit_codemods.database._engine_urls import url_of, url_start
from fixaudit_codemods.database._made_clients import made_by
from fixaudit_codemods.database._sqlalchemy import ENGINE_FACTORIES, ENGINE_NAMES
from fixaudit_codemods.database.engine_pool_options._edits import Pair, beside, in_call
from fixaudit_codemods.database.engine_pool_options._pools import (
    NO_QUEUES,
    Queue,
    is_server,
    pool_classes,
    queue_of,
)

_MANY = 40
LEVELS = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "AUTOCOMMIT")
_OF_SQLITE_TOO = frozenset({"READ UNCOMMITTED", "SERIALIZABLE", "AUTOCOMMIT"})
DEFAULTS = "SQLAlchemy's own are `pool_size=5`, `max_overflow=10`, `pool_timeout=30` seconds"
GUIDANCE = (
    f"{DEFAULTS}: a caller waits that long for a connection and then gets a TimeoutError, so nothing waits "
    "for ever. For another time set the option `pool-timeout` (in "
    "`[tool.fixaudit.codemods.engine-pool-options]`: `pool-timeout = 10`): lower answers a rush with errors "
    "sooner, higher keeps requests waiting longer. More connections cost the server: processes × "
    "(`pool_size` + `max_overflow`) must stay below its `max_connections`. An `isolation-level` is for all "
    "transactions of the engine: above READ COMMITTED they fail with serialization errors, which the "
    "callers must retry; for one transaction use `connection.execution_options(isolation_level=…)`. "
    "PostgreSQL's own is READ COMMITTED, MySQL's REPEATABLE READ: neither reads what is not committed."
)
BY_HAND = (
    f"{DEFAULTS}. Where the URL is one of a server add the option by hand; SQLite in memory, `NullPool` and "
    "`StaticPool` raise TypeError for it."
)

ELSEWHERE = f"Give it where these options are put together. {DEFAULTS}."


@dataclass(frozen=True)
class Options:
    pool_timeout: float = 0
    isolation_level: str = ""

    def __post_init__(self) -> None:
        if self.pool_timeout < 0:
            raise ValueError('"pool-timeout" must be longer than 0 seconds; 0 adds none')
        if self.isolation_level and self.level not in LEVELS:
            raise ValueError(f'"isolation-level" must be one of {", ".join(LEVELS)}')

    @property
    def level(self) -> str:
        return self.isolation_level.upper().replace("_", " ")


class EnginePoolOptions(Codemod):
    name = "engine-pool-options"
    code = "FA502"
    triggers = (b"create_engine", b"create_async_engine")
    visits = (ast.Call,)
    names = ENGINE_NAMES
    default = False  # SQLAlchemy's own limits hold where none is given: no defect, a choice
    tags = frozenset({"database"})
    right_already = ("^it sets `",)
    report_match = ReportMatch(
        keywords=(
            ("pool_timeout|pool timeout",),
            ("isolation_level",),
            ("isolation level*|isolationsebene*",),
            ("connection pool*|database pool*|db pool*", "exhaust*|starv*|timeout*|wait*"),
            ("create_engine|create_async_engine", "pool"),
            ("verbindungspool*|pool de connexions|pool de conexiones",),
        ),
        options={
            "pool_timeout": (r"pool_timeout(?:: ?int)? ?= ?(\d+)",),
            "isolation_level": (
                r"isolation_level ?= ?[\"']([a-z_ ]+)[\"']",
                r"\b(repeatable read|serializable) isolation",
            ),
        },
        as_written=("isolation_level",),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "pool_timeout": "seconds that a caller waits for a connection; 0 leaves SQLAlchemy's own 30",
        "isolation_level": "of all transactions of the engine, such as `REPEATABLE READ`; empty adds none",
    }
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test has its engine for itself",
        Role.MIGRATION: "a migration runs alone",
        Role.SCRIPT: "a script has its connections for itself",
        Role.EXAMPLE: "an example is to be short",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) not in ENGINE_FACTORIES:
            return
        words = keywords_of(source, node)
        start = url_start(source, url_of(source, node))
        queue = queue_of(source, words, start)
        if (reason := self._left(source, words, start, queue)) is not None:
            yield self.leave(source, node, reason)
            return
        if (line := _disposed_in(source, node)) is not None:
            yield self.leave(source, node, f"line {line} disposes of it: nobody waits for its pool")
        elif (made := made_by(source, node)) is not None and made.fate in ("local", "closed"):
            reason = f"only `{made.function.name}` uses it, and makes it anew at each call: nobody waits for its pool"
            yield self.leave(source, node, reason)
        elif (doubt := _doubt(source, words, queue)) is not None:
            yield self.review(source, node, f"{_missing(words)}; {doubt}", ELSEWHERE)
        elif queue is None:
            reason = "nothing here shows which pool it has"
            yield self.review(source, node, f"{_missing(words)}; {reason}", BY_HAND)
        elif not self.options.pool_timeout and not self.options.isolation_level:
            level = "" if _sets(words, "isolation_level") else ", and no `isolation_level`"
            reason = f"{_missing(words)}{level}; {queue.text}"
            yield self.review(source, node, reason, GUIDANCE)
        else:
            yield self._configured(source, node, words, start, queue)

    def _left(self, source: Source, words: CallKeywords, start: str | None, queue: Queue | None) -> Why | None:  # fmt: skip
        wanted = [name for name in ("pool_timeout", "isolation_level") if self._wants(name)]
        if all(_sets(words, name) for name in wanted):
            return "; ".join(f"it sets `{name}`" for name in wanted)
        if (reason := self.out_of_scope(source)) is not None:
            return reason
        if is_sqlite(source, start, words):
            return "an engine of SQLite"
        if "pool" in words.given or "pool_factory" in words.given:
            return "the pool it is given decides"
        classes = pool_classes(source, words)
        if classes and classes <= NO_QUEUES and queue is None:
            return f"`{min(classes)}` does not queue: it takes no `pool_timeout`"
        return None

    def _wants(self, name: str) -> bool:
        chosen = bool(self.options.pool_timeout), bool(self.options.isolation_level)
        return chosen[name == "isolation_level"] or (not any(chosen) and name == "pool_timeout")

    def _configured(
        self, source: Source, node: ast.Call, words: CallKeywords, start: str | None, queue: Queue
    ) -> Finding:
        pairs: list[Pair] = []
        said: list[str] = []
        seconds, level = self.options.pool_timeout, self.options.level
        if seconds and not _sets(words, "pool_timeout"):
            pairs.append(("pool_timeout", f"{seconds:g}"))
            said.append(_told(seconds))
        if level and not _sets(words, "isolation_level"):
            against = _refused(source, queue, start, level)
            if against is not None:
                return self.review(source, node, against, GUIDANCE)
            pairs.append(("isolation_level", f'"{level}"'))
            said.append(_told_of(level))
        edits = _edits(source, node, queue, pairs)
        if isinstance(edits, Refusal):
            return self.review(source, node, f"{_missing(words)}; {edits.reason}", GUIDANCE)
        return self.unsafe(source, node, "; ".join((*said, queue.text)), edits)


def _disposed_in(source: Source, node: ast.Call) -> int | None:
    """The line where the function that makes an engine for itself disposes of it at its end."""
    function, target = source.function(node), source.parent(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    name = target.targets[0] if isinstance(target, ast.Assign) else None
    if not isinstance(name, ast.Name):
        return None
    for call in source.named(ast.Call, frozenset({"dispose"})):
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        owner = (
            owner.value
            if isinstance(owner, ast.Attribute) and owner.attr == "sync_engine"
            else owner
        )
        is_it = isinstance(owner, ast.Name) and owner.id == name.id
        if is_it and source.function(call) is function and call.lineno > node.lineno:
            return call.lineno
    return None


def _edits(source: Source, node: ast.Call, queue: Queue, pairs: Sequence[Pair]) -> list[Edit] | Refusal:  # fmt: skip
    if not queue.places:
        return in_call(source, node, pairs)
    edits: list[Edit] = []
    for place in dict.fromkeys(queue.places):
        made = beside(source, place, pairs)
        if isinstance(made, Refusal):
            return made
        edits += made
    return edits


def _sets(words: CallKeywords, name: str) -> bool:
    if name in words.given:
        return True
    return name == "isolation_level" and any(
        isinstance(node, ast.Constant) and node.value == name
        for value in words.values("execution_options")
        for node in ast.walk(value)
    )


def _missing(words: CallKeywords) -> str:
    kept = [name for name in ("pool_size", "max_overflow") if name in words.given]
    beside_it = f" beside {' and '.join(f'`{name}`' for name in kept)}" if kept else ""
    return f"no `pool_timeout` is seen{beside_it}"


def _doubt(source: Source, words: CallKeywords, queue: Queue | None) -> Why | None:
    if words.unread is not None:
        text = source.segment(words.unread)
        return f"`{text if chr(10) not in text else '**…'}` may hold it already"
    if queue is not None and queue.places and words.shared is not None:
        return f"`{source.segment(words.shared)}` goes elsewhere too (line {words.shared.lineno})"
    if "?" in pool_classes(source, words) and (queue is None or not queue.places):
        return "its pool class is not known here"
    return None


def _told(seconds: float) -> str:
    if seconds == 30:
        return "30 seconds are SQLAlchemy's own default: written down, nothing changes"
    less = f"{seconds:g} seconds, {'sooner' if seconds < 30 else 'later'} than after SQLAlchemy's own 30"
    return f"a caller that finds no free connection gets its TimeoutError after {less}"


def _told_of(level: str) -> str:
    if level in ("REPEATABLE READ", "SERIALIZABLE"):
        return (
            f"all transactions are {level}: they can fail with serialization errors, to be retried"
        )
    return f"all transactions are {level}"


def _refused(source: Source, queue: Queue, start: str | None, level: str) -> Why | None:
    """Why the isolation level may be refused by the database; None where it is taken."""
    if is_server(start) or level in _OF_SQLITE_TOO or _kept_from_sqlite(source, queue):
        return None
    for mention in source.project.mentions(b"sqlite", _MANY):
        if "sqlite://" in mention.text or "sqlite+" in mention.text:
            text = f"the project has an engine of SQLite, which refuses {level}"
            return source.hint_at(mention.path, mention.line, text, Reach.DISTRIBUTION)
    return None


def _kept_from_sqlite(source: Source, queue: Queue) -> bool:
    """True where the options stand under a test that asks for SQLite."""
    return bool(queue.places) and all(
        any(
            isinstance(above, (ast.If, ast.IfExp))
            and "sqlite" in source.segment(above.test).lower()
            for above in source.ancestors(each.value)
        )
        for each in queue.places
    )
