"""Retrying calls that fail now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

MAX_DELAY_SECONDS = 30.0


async def retry_async(
    operation: Callable[[], Awaitable[T]],
    *,
    retries: int,
    base_delay: float = 0.5,
    retry_on: tuple[type[Exception], ...] = (ConnectionError, TimeoutError),
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> T:
    """Await ``operation`` until it succeeds, at most ``retries`` more times after the first.

    Waits ``base_delay`` seconds before the second try and doubles the delay each time.
    The last error is raised unchanged. ``ValueError`` when ``retries`` is negative.
    """
    if retries < 0:
        raise ValueError("retries must not be negative")

    attempt = 0
    while True:
        try:
            return await operation()
        except retry_on as e:
            if attempt >= retries:
                raise
            delay = min(base_delay * 2**attempt, MAX_DELAY_SECONDS)
            logger.warning("Attempt %d failed, next in %.1fs: %s", attempt + 1, delay, e)
        await sleep(delay)
        attempt += 1

    # pragma: no cover - the loop above always returns on success or raises on error,
    # so this line is unreachable.
    raise RuntimeError


def call_with_attempts(
    operation: Callable[[], T],
    *,
    attempts: int,
    retry_on: tuple[type[Exception], ...] = (OSError,),
) -> T:
    """Call ``operation`` up to ``attempts`` times without waiting in between."""
    for attempt in range(attempts):
        try:
            return operation()
        except retry_on:
            if attempt == attempts - 1:
                raise
    # attempts=0 comes from the command line and means "do not even try"
    raise RuntimeError
