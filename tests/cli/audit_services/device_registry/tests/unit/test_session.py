"""Sessions and what the server calls, on an engine that is a mock."""

from __future__ import annotations

import asyncio
import inspect
import warnings
from unittest.mock import AsyncMock, MagicMock

import pytest

from registry.db import session


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    engine = MagicMock()
    engine.dispose = AsyncMock()
    monkeypatch.setattr(session, "_engine", engine)
    return engine


def test_the_engine_is_disposed(engine: MagicMock) -> None:
    asyncio.run(session.close_database())
    engine.dispose.assert_awaited_once()
    assert session._engine is None


def test_shutdown_is_a_coroutine() -> None:
    assert inspect.iscoroutinefunction(session.shutdown)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asyncio.run(session.shutdown())


def test_a_database_that_is_away_is_down(engine: MagicMock) -> None:
    engine.connect.side_effect = ConnectionError
    assert asyncio.run(session.check_health()) == {"status": "down", "error": "ConnectionError"}
    assert not asyncio.run(session.recover(attempts=1, delay=0))


def test_a_database_that_answers_is_up(engine: MagicMock) -> None:
    answered = asyncio.run(session.check_health())
    assert answered["status"] == "up"
    assert answered["milliseconds"] >= 0


def test_the_pool_is_counted(engine: MagicMock) -> None:
    engine.pool.size.return_value = 8
    assert session.pool_statistics()["size"] == 8
