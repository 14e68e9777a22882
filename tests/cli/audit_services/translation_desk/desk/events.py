"""Events of a job for its browser (server-sent events), through Redis or in memory."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any, Protocol

from desk.config import settings

logger = logging.getLogger(__name__)

Event = dict[str, Any]


class EventBackend(Protocol):
    """Where events go and come from."""

    async def publish(self, channel: str, event: Event) -> None: ...

    def subscribe(self, channel: str) -> AsyncIterator[Event]: ...


class MemoryEvents:
    """Events within one process."""

    def __init__(self) -> None:
        self._queues: dict[str, list[asyncio.Queue[Event]]] = defaultdict(list)

    async def publish(self, channel: str, event: Event) -> None:
        for queue in self._queues[channel]:
            queue.put_nowait(event)

    async def subscribe(self, channel: str) -> AsyncIterator[Event]:
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self._queues[channel].append(queue)
        try:
            while True:
                event = await queue.get()
                yield event
                if event["type"] == "closed":
                    return
        finally:
            self._queues[channel].remove(queue)


class RedisEvents:
    """Events of all processes, by the publish and subscribe of Redis."""

    def __init__(self, url: str) -> None:
        import redis.asyncio as redis

        self._redis = redis.from_url(url, decode_responses=True)

    async def publish(self, channel: str, event: Event) -> None:
        await self._redis.publish(channel, json.dumps(event))

    async def subscribe(self, channel: str) -> AsyncIterator[Event]:
        pubsub = self._redis.pubsub()
        await pubsub.subscribe(channel)
        async for message in pubsub.listen():
            if message["type"] != "message":
                continue
            event = json.loads(message["data"])
            yield event
            if event["type"] == "closed":
                break
        await pubsub.unsubscribe(channel)


_backend: EventBackend | None = None


def get_event_backend() -> EventBackend:
    """The backend of this process."""
    global _backend
    if _backend is None:
        if settings.REDIS_URL:
            _backend = RedisEvents(settings.REDIS_URL)
        else:
            logger.warning("REDIS_URL is not set: events reach this process only")
            _backend = MemoryEvents()
    return _backend


def reset_event_backend() -> None:
    """For tests."""
    global _backend
    _backend = None
