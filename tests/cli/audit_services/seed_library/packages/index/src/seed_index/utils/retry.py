"""Calls of the index are tried again when the network lets them down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)

TRANSIENT = (ConnectionError, TimeoutError)


async def with_retries(
    call: Callable[[], Awaitable[T]], attempts: int = 3, pause: float = 0.0
) -> T:
    """Await `call`, again after a transient error; the last error is passed on.

    Raises ValueError where `attempts` is not positive.
    """
    if attempts < 1:
        raise ValueError(f"attempts must be at least 1, not {attempts}")
    for attempt in range(1, attempts + 1):
        try:
            return await call()
        except TRANSIENT:
            if attempt == attempts:
                raise
            logger.warning("Attempt %s of %s failed, trying again", attempt, attempts)
            await asyncio.sleep(pause * attempt)

    # Never reached: attempts is at least 1, and the last round of the
    # loop returns or raises.
    raise RuntimeError
