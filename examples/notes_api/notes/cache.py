"""Search pages are kept for a minute: in Redis where there is one, else in this process."""

from __future__ import annotations

import json
import logging
from typing import Any, Protocol

from notes.config import Settings

logger = logging.getLogger(__name__)

LIFETIME = 60


class Cache(Protocol):
    """What the service needs of a cache."""

    async def get(self, key: str) -> Any: ...

    async def put(self, key: str, value: Any) -> None: ...

    async def forget(self, prefix: str) -> None: ...


class LocalCache:
    """A dict; forgotten with the process."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    async def get(self, key: str) -> Any:
        return self.values.get(key)

    async def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    async def forget(self, prefix: str) -> None:
        for key in [key for key in self.values if key.startswith(prefix)]:
            del self.values[key]


class RedisCache:
    """JSON in Redis. A Redis that is down costs speed, not requests."""

    def __init__(self, url: str) -> None:
        from redis import asyncio as redis

        self.client = redis.from_url(url, socket_timeout=2)

    async def get(self, key: str) -> Any:
        try:
            value = await self.client.get(key)
        except Exception as e:
            logger.exception("Cache read of %s failed: %s", key, e)
            return None
        return None if value is None else json.loads(value)

    async def put(self, key: str, value: Any) -> None:
        try:
            await self.client.set(key, json.dumps(value), ex=LIFETIME)
        except Exception as e:
            print(f"cache write failed: {e}")

    async def forget(self, prefix: str) -> None:
        async for key in self.client.scan_iter(match=f"{prefix}*"):
            await self.client.delete(key)


def open_cache(settings: Settings) -> Cache:
    """The cache that the settings ask for."""
    if settings.redis_url is None:
        return LocalCache()
    return RedisCache(settings.redis_url)
