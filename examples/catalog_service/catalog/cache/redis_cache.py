"""The Redis cache. The client is handed in, so nothing here needs the redis package."""

from __future__ import annotations

from typing import Any, Protocol

from ..core import Settings
from .base import Cache, MemoryCache


class RedisClient(Protocol):
    """The three coroutines of ``redis.asyncio.Redis`` that are used here, and its farewell."""

    async def get(self, name: str) -> bytes | str | None: ...

    async def set(self, name: str, value: str, ex: int | None = None) -> Any: ...

    async def ping(self) -> Any: ...

    async def aclose(self) -> None: ...


class RedisCache(Cache):
    """A cache whose failures cost time, never a request."""

    def __init__(self, client: RedisClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    async def get(self, key: str) -> str | None:
        try:
            value = await self._client.get(key)
        except Exception as e:
            print(f"Error reading {key} from the cache: {e}")
            return None
        return value.decode() if isinstance(value, bytes) else value

    async def set(self, key: str, value: str, ttl: int | None = None) -> None:
        lifetime = ttl or getattr(self._settings, "cache_ttl_seconds", 300)
        try:
            await self._client.set(key, value, ex=lifetime)
        except Exception as e:
            print(f"Error writing {key} to the cache: {e}")

    async def ping(self) -> None:
        """Raise ``RuntimeError`` when the server does not answer."""
        if not await self._client.ping():
            raise RuntimeError("Redis is unreachable")

    async def close(self) -> None:
        await self._client.aclose()


async def open_cache(settings: Settings) -> Cache:
    """The cache this deployment is configured for; in memory when there is no Redis."""
    if settings.redis_url is None:
        return MemoryCache(settings.cache_ttl_seconds)
    try:
        from redis.asyncio import Redis
    except ImportError:
        print("The redis package is not installed,", "falling back to", "an in-memory cache")
        return MemoryCache(settings.cache_ttl_seconds)
    cache = RedisCache(Redis.from_url(settings.redis_url), settings)
    await cache.ping()
    return cache
