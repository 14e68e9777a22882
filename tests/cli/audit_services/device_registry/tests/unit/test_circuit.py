"""The circuit breaker."""

from __future__ import annotations

import asyncio

import pytest

from registry.core.circuit import CircuitBreaker, CircuitConfig, CircuitOpenError, State


async def fail() -> None:
    raise ConnectionError


async def work() -> str:
    return "done"


def test_it_opens_and_closes_again() -> None:
    breaker = CircuitBreaker("test", CircuitConfig(failure_threshold=2, recovery_timeout=60.0))
    for _ in range(2):
        with pytest.raises(ConnectionError):
            asyncio.run(breaker.call(fail))
    assert breaker.state is State.OPEN
    with pytest.raises(CircuitOpenError):
        asyncio.run(breaker.call(work))
    breaker.config.recovery_timeout = -1.0
    assert asyncio.run(breaker.call(work)) == "done"
    assert breaker.state is State.CLOSED
