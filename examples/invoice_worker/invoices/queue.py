"""Where orders wait: Redis in production, a list in tests and at the office."""

from __future__ import annotations

import json
import logging
from collections import deque
from typing import Any, Protocol

from invoices.models import InvoiceError, Order, order_from_json
from invoices.settings import Settings

logger = logging.getLogger(__name__)

PENDING = "invoices:pending"
FAILED = "invoices:failed"


class Queue(Protocol):
    """What the worker needs of a queue."""

    def push(self, message: str) -> None: ...

    def pop(self) -> str | None: ...

    def fail(self, message: str, reason: str) -> None: ...


class MemoryQueue:
    """A queue that is gone with the process."""

    def __init__(self, messages: list[str] | None = None) -> None:
        self.pending = deque(messages or [])
        self.failed: list[tuple[str, str]] = []

    def push(self, message: str) -> None:
        self.pending.append(message)

    def pop(self) -> str | None:
        return self.pending.popleft() if self.pending else None

    def fail(self, message: str, reason: str) -> None:
        self.failed.append((message, reason))


class RedisQueue:
    """A list in Redis; what failed goes to a second one."""

    def __init__(self, url: str) -> None:
        import redis

        self.client = redis.Redis.from_url(url, decode_responses=True)

    def push(self, message: str) -> None:
        self.client.rpush(PENDING, message)

    def pop(self) -> str | None:
        value: str | None = self.client.lpop(PENDING)
        return value

    def fail(self, message: str, reason: str) -> None:
        self.client.rpush(FAILED, json.dumps({"message": message, "reason": reason}))


def open_queue(settings: Settings) -> Queue:
    """The queue that the settings ask for."""
    if not settings.queue_url:
        return MemoryQueue()
    return RedisQueue(settings.queue_url)


def take(queue: Queue, limit: int) -> list[Order]:
    """Up to `limit` orders. What is no order is put with the failed ones."""
    orders: list[Order] = []
    while len(orders) < limit:
        message = queue.pop()
        if message is None:
            break
        try:
            raw: dict[str, Any] = json.loads(message)
            order = order_from_json(raw)
        except (ValueError, InvoiceError) as e:
            logger.error(f"Order put aside: {e}")
            queue.fail(message, str(e))
            continue
        order.attempts = int(raw.get("attempts", 0))
        orders.append(order)
    return orders
