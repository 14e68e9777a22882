"""The Redis client of the coroutines, one for the process."""

from __future__ import annotations

import logging

from redis.asyncio import Redis, from_url

from herbarium.settings import get_settings

logger = logging.getLogger(__name__)

_redis_client: Redis | None = None


async def get_redis_client() -> Redis:
    """The shared client, made at the first call."""
    global _redis_client
    if _redis_client is not None:
        return _redis_client
    _redis_client = from_url(get_settings().redis_url, decode_responses=True)
    logger.info("Connected to Redis")
    return _redis_client


async def close_redis_client() -> None:
    global _redis_client
    if _redis_client is not None:
        await _redis_client.aclose()
        _redis_client = None
