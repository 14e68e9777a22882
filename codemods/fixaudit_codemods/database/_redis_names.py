"""The names by which redis-py makes clients and pools, by its own documentation."""

from __future__ import annotations

_MODULES = ("redis", "redis.asyncio", "redis.client", "redis.asyncio.client")
_POOLS = ("redis", "redis.asyncio", "redis.connection", "redis.asyncio.connection")
REDIS_CLIENTS = frozenset(
    f"{module}.{name}{way}"
    for module in _MODULES
    for name in ("Redis", "StrictRedis")
    for way in ("", ".from_url")
)
REDIS_POOLS = frozenset(
    f"{module}.{name}{way}"
    for module in _POOLS
    for name in ("ConnectionPool", "BlockingConnectionPool")
    for way in ("", ".from_url")
)
REDIS_FROM_URL = frozenset(f"{module}.from_url" for module in (*_MODULES, "redis.utils"))
