"""Caching of search results and model answers."""

from .base import Cache, MemoryCache
from .redis_cache import RedisCache, open_cache

__all__ = ["Cache", "MemoryCache", "RedisCache", "open_cache"]
