"""Limits of requests that all workers share."""

from __future__ import annotations

from fastapi import HTTPException

from herbarium.redis_async import get_redis_client


class RedisRateLimiter:
    def __init__(self, key: str, capacity: int, window_seconds: int) -> None:
        self.key = key
        self.capacity = capacity
        self.window_seconds = window_seconds

    async def check(self, identifier: str) -> None:
        """Counts a request.

        Raises:
            HTTPException: 429, the window is full.
        """
        client = await get_redis_client()
        redis_key = f"{self.key}:{identifier}"
        count = await client.incr(redis_key)
        if count == 1:
            await client.expire(redis_key, self.window_seconds)
        if count > self.capacity:
            raise HTTPException(status_code=429, detail="Too many requests")


def create_rate_limiter(name: str, capacity: int, window_seconds: int) -> RedisRateLimiter:
    return RedisRateLimiter(f"herbarium:rate:{name}", capacity, window_seconds)
