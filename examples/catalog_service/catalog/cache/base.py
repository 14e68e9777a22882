"""What a cache must do, and the one that needs no server."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod


class Cache(ABC):
    """String values under string keys, with a lifetime in seconds."""

    @abstractmethod
    async def get(self, key: str) -> str | None:
        """The value, or None when there is none or it has expired."""
        raise NotImplementedError

    @abstractmethod
    async def set(self, key: str, value: str, ttl: int | None = None) -> None:
        """Store ``value``; ``ttl`` falls back to the cache's own default."""
        raise NotImplementedError

    async def close(self) -> None:
        """Give back connections; the default has none."""


class MemoryCache(Cache):
    """A dict with expiry: for tests and for deployments with a single process."""

    def __init__(self, ttl: int = 300) -> None:
        self._ttl = ttl
        self._entries: dict[str, tuple[float, str]] = {}

    async def get(self, key: str) -> str | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        expires, value = entry
        if time.monotonic() >= expires:
            del self._entries[key]
            return None
        return value

    async def set(self, key: str, value: str, ttl: int | None = None) -> None:
        lifetime = self._ttl if ttl is None else ttl
        self._entries[key] = (time.monotonic() + lifetime, value)
