"""Calls of the language model that reads labels."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Protocol

logger = logging.getLogger(__name__)

MAX_TRIES = 4


class RateLimited(Exception):
    """The provider asks to come back later."""


class Model(Protocol):
    async def complete(self, prompt: str) -> str: ...


async def complete_with_backoff(model: Model, prompt: str) -> str:
    """The answer to a prompt; waits longer after each refusal.

    Raises:
        RateLimited: the provider refused the last try too.
    """
    for attempt in range(1, MAX_TRIES + 1):
        try:
            return await model.complete(prompt)
        except RateLimited:
            if attempt == MAX_TRIES:
                raise
            pause = 0.01 * 2**attempt * (1 + random.random())
            logger.warning("The model is busy, try %s in %.1f seconds", attempt + 1, pause)
            await asyncio.sleep(pause)
    raise AssertionError("unreachable")
