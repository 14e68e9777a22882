"""HTTP sessions for the registers, with their answers cached in Redis."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CacheConfig:
    """How answers are cached."""

    enabled: bool = True
    redis_url: str = "redis://localhost:6379/0"
    redis_max_connections: int = 50
    redis_connect_timeout: float = 2.0
    lifetime: int = 86_400


class HttpSessions:
    """Keeps one session for each register, all of them with one cache."""

    def __init__(self, config: CacheConfig | None = None) -> None:
        self.config = config or CacheConfig()
        self._redis: Any = None
        self._sessions: dict[str, Any] = {}
        if self.config.enabled:
            logger.info(f"Answers of registers are cached in {self.config.redis_url}")

    def _client(self) -> Any:
        """The Redis client of all sessions, made at the first use."""
        if self._redis is None:
            from redis.asyncio import Redis as AsyncRedis

            self._redis = AsyncRedis.from_url(
                self.config.redis_url,
                decode_responses=False,
                max_connections=self.config.redis_max_connections,
                socket_connect_timeout=self.config.redis_connect_timeout,
                health_check_interval=30,
            )
        return self._redis

    def get_aiohttp_session(self, register: str) -> Any:
        """The session for a register; it stays open until `close`."""
        if register not in self._sessions:
            import aiohttp

            self._sessions[register] = aiohttp.ClientSession()
        return self._sessions[register]

    async def close(self) -> None:
        """Close all sessions, and the connections to Redis."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        if self._redis is not None:
            await self._redis.aclose()
            self._redis = None


http_sessions = HttpSessions(CacheConfig(enabled=False))
