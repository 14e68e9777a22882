"""Keys, the in-memory cache and the Redis cache with a fake client."""

from __future__ import annotations

import asyncio
import re
import sys
from typing import Any

import pytest

from catalog.cache import MemoryCache, RedisCache, open_cache
from catalog.cache.keys import description_key, search_key
from catalog.core import Settings


class FakeRedis:
    """As much of Redis as the cache uses; ``broken`` makes every call fail."""

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken
        self.values: dict[str, str] = {}
        self.lifetimes: dict[str, int | None] = {}
        self.closed = False

    async def get(self, name: str) -> bytes | None:
        if self.broken:
            raise ConnectionError("gone")
        value = self.values.get(name)
        return None if value is None else value.encode()

    async def set(self, name: str, value: str, ex: int | None = None) -> Any:
        if self.broken:
            raise ConnectionError("gone")
        self.values[name] = value
        self.lifetimes[name] = ex

    async def ping(self) -> bool:
        return not self.broken

    async def aclose(self) -> None:
        self.closed = True


def test_search_keys_tell_pages_apart() -> None:
    key = search_key("Ran", "title", 20)
    assert re.fullmatch(r"catalog:search:[0-9a-f]{32}", key)
    assert search_key(" ran ", "title", 20) == key
    assert len({key, search_key("ran", "year", 20), search_key("ran", "title", 5)}) == 3


def test_description_keys_depend_on_the_model() -> None:
    assert description_key("a", "small") != description_key("a", "large")


def test_memory_cache_forgets() -> None:
    async def scenario() -> tuple[str | None, str | None]:
        cache = MemoryCache()
        await cache.set("kept", "1")
        await cache.set("gone", "1", ttl=0)
        return await cache.get("kept"), await cache.get("gone")

    assert asyncio.run(scenario()) == ("1", None)


def test_redis_cache_round_trip(settings: Settings) -> None:
    redis = FakeRedis()

    async def scenario() -> str | None:
        cache = RedisCache(redis, settings)
        await cache.ping()
        await cache.set("a", "1")
        await cache.set("b", "2", ttl=7)
        value = await cache.get("a")
        await cache.close()
        return value

    assert asyncio.run(scenario()) == "1"
    assert redis.lifetimes == {"a": 60, "b": 7}
    assert redis.closed


def test_a_broken_redis_costs_no_request(settings: Settings) -> None:
    async def scenario() -> str | None:
        cache = RedisCache(FakeRedis(broken=True), settings)
        await cache.set("a", "1")
        return await cache.get("a")

    assert asyncio.run(scenario()) is None


def test_ping_names_the_problem(settings: Settings) -> None:
    with pytest.raises(RuntimeError, match="Redis is unreachable"):
        asyncio.run(RedisCache(FakeRedis(broken=True), settings).ping())


def test_open_cache_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(asyncio.run(open_cache(Settings())), MemoryCache)
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    configured = Settings(redis_url="redis://cache.internal.example:6379/0")
    assert isinstance(asyncio.run(open_cache(configured)), MemoryCache)
