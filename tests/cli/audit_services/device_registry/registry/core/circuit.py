"""A circuit breaker: after several failures in a row nothing is tried for a while."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


class State(Enum):
    """What the breaker does with a call."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitOpenError(RuntimeError):
    """The call was not tried."""


@dataclass
class CircuitConfig:
    """When to open and how long to stay open, in seconds."""

    failure_threshold: int = 5
    recovery_timeout: float = 30.0


@dataclass
class CircuitStats:
    """What happened so far."""

    failures: int = 0
    successes: int = 0
    last_failure_time: float = 0.0


@dataclass
class CircuitBreaker:
    """Calls through it fail at once while it is open."""

    name: str
    config: CircuitConfig = field(default_factory=CircuitConfig)
    stats: CircuitStats = field(default_factory=CircuitStats)
    state: State = State.CLOSED

    async def call(self, function: Callable[..., Awaitable[T]], *args: Any, **kwargs: Any) -> T:
        """What the function gives, or CircuitOpenError."""
        if self.state is State.OPEN:
            if time.time() - self.stats.last_failure_time < self.config.recovery_timeout:
                raise CircuitOpenError(f"{self.name} is open")
            self.state = State.HALF_OPEN
        try:
            result = await function(*args, **kwargs)
        except Exception:
            self._failed()
            raise
        self._succeeded()
        return result

    def _failed(self):
        self.stats.failures += 1
        self.stats.last_failure_time = time.time()
        if self.stats.failures >= self.config.failure_threshold:
            logger.warning("circuit %s opens", self.name)
            self.state = State.OPEN

    def _succeeded(self):
        self.stats.failures = 0
        self.stats.successes += 1
        self.state = State.CLOSED
