"""A Redis client or pool without `health_check_interval` gets one: 30 seconds, or what is configured.

Without it a connection that a restart of Redis, a firewall or a load balancer has cut stays in the
pool, and the next command on it fails. With it a connection that was idle for longer is pinged first
and replaced. `max_connections` is added only where the options give a number, because a limit that
is too low makes callers fail.

It leaves alone: clients that set the option (in the call or in the URL), that get a pool made
elsewhere or arguments unpacked from elsewhere, clusters, sentinels, `fakeredis`, and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source
from fixaudit.authoring import Refusal, add_keywords, assigned_literal, keyword, unpacks
from fixaudit_codemods.database._redis_names import REDIS_CLIENTS, REDIS_FROM_URL, REDIS_POOLS

_OTHERS = frozenset(
    f"{name}{way}"
    for name in (
        "redis.RedisCluster",
        "redis.cluster.RedisCluster",
        "redis.asyncio.RedisCluster",
        "redis.Sentinel",
        "redis.sentinel.Sentinel",
        "redis.asyncio.Sentinel",
        "fakeredis.FakeRedis",
        "fakeredis.FakeStrictRedis",
        "kombu.Connection",
    )
    for way in ("", ".from_url")
)
_LAST = frozenset({"from_url"}) | {
    name.rpartition(".")[2]
    for name in REDIS_CLIENTS | REDIS_POOLS | _OTHERS
    if not name.endswith(".from_url")
}
_OPTION = "health_check_interval"
GUIDANCE = f"Give `{_OPTION}` where these arguments are put together."


@dataclass(frozen=True)
class Options:
    health_check_interval: int = 30
    max_connections: int = 0

    def __post_init__(self) -> None:
        if self.health_check_interval < 1:
            raise ValueError('"health-check-interval" must be at least one second')
        if self.max_connections < 0:
            raise ValueError('"max-connections" must not be negative; 0 adds none')


class RedisClientOptions(Codemod):
    name = "redis-client-options"
    code = "FA503"
    triggers = (b"redis",)
    visits = (ast.Call,)
    default = False  # how often to ping and how many connections to allow is the project's choice
    tags = frozenset({"database", "redis"})
    right_already = ("^it sets `",)
    report_match = ReportMatch(
        keywords=(
            ("health_check_interval",),
            ("redis", "max_connections"),
            (
                "redis",
                "connection pool",
                "exhaust*|leak*|unbounded|unlimited|no limit|stale|health*|each|every|not configured|not set|without a",
            ),
            ("redis", "health check"),
            ("redis.from_url",),
            ("redis", "dead connection"),
            (
                "redis",
                "idle|stale|dead|dropped|broken|closed",
                "connection|verbindung*|connexion|conexión",
            ),
            ("redis", "ping|keepalive|keep-alive|health"),
            (
                "connection",
                "pool|pooled",
                "stale|dead|idle|reaped|closed|broken",
            ),
        ),
        options={
            "max_connections": (
                r"max_connections ?= ?(\d+)",
                r"(?:at most|maximum(?: of)?|max\.?|no more than|höchstens) (\w+) connections",
            ),
            "health_check_interval": (
                r"health_check_interval ?= ?(\d+)",
                r"every (\w+) seconds",
            ),
        },
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "health_check_interval": "seconds a connection may be idle before it is pinged",
        "max_connections": "the most connections of a pool; 0 leaves Redis's own default",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test wants no background pings",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if not _may_be(source, node.func):
            return
        name = source.qualified_name(node.func)
        if name in _OTHERS:
            yield self.leave(source, node, f"`{name}` looks after its connections in its own way")
        if name not in REDIS_CLIENTS | REDIS_POOLS | REDIS_FROM_URL:
            return
        reason = _left_alone(source, node) or self.out_of_scope(source)
        if reason is not None:
            yield self.leave(source, node, reason)
        elif unpacks(node):
            what = "arguments come unpacked: they may hold the option already"
            yield self.review(source, node, what, GUIDANCE)
        else:
            yield from self._filled(source, node)

    def _filled(self, source: Source, node: ast.Call) -> Iterator[Finding]:
        texts, words = [], []
        if keyword(node, _OPTION) is None:
            texts.append(f"{_OPTION}={self.options.health_check_interval}")
            words.append("idle connections are pinged before they are used")
        limit = self.options.max_connections
        if limit and not _is_limited(source, node):
            texts.append(f"max_connections={limit}")
            words.append(f"callers fail when {limit} connections are in use")
        if not texts:
            yield self.leave(source, node, f"it sets `{_OPTION}`")
            return
        edits = add_keywords(source, node, *texts)
        if isinstance(edits, Refusal):
            yield self.review(source, node, f"it sets no `{_OPTION}`; {edits.reason}", GUIDANCE)
            return
        verdict = self.unsafe if any("max_" in text for text in texts) else self.fix
        yield verdict(source, node, "; ".join(words), edits)


def _may_be(source: Source, func: ast.expr) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr in _LAST
    return isinstance(func, ast.Name) and bool(source.lookup(func.id, func))


def _left_alone(source: Source, node: ast.Call) -> Evidence | None:
    own = source.project.path_of("redis")
    if own is not None:
        return source.proof_at(own, 1, "`redis` is a module of this project", Reach.MODULE)
    pool = keyword(node, "connection_pool")
    if pool is not None and not _is_none(pool.value):
        return source.proof(pool.value, "the pool it is given decides")
    written = _in_url(source, node, "health_check_interval=")
    if written is not None:
        return source.proof(written, f"the URL sets `{_OPTION}`", Reach.FUNCTION)
    return None


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _in_url(source: Source, node: ast.Call, option: str) -> ast.Constant | None:
    """The part of the URL, where it is written out, that holds an option."""
    given = keyword(node, "url")
    value = given.value if given is not None else node.args[0] if node.args else None
    for part in () if value is None else ast.walk(assigned_literal(source, value)):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and option in part.value:
            return part
    return None


def _is_limited(source: Source, node: ast.Call) -> bool:
    if source.qualified_name(node.func) in REDIS_POOLS and node.args:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name != "from_url":
            return True  # a pool takes its limit by position too
    if keyword(node, "max_connections") is not None:
        return True
    return _in_url(source, node, "max_connections=") is not None
