"""The application with a Redis in memory; neither redis nor dramatiq is installed for the tests."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest


class FakeRedis:
    """What the code asks of redis, in memory; `made` counts the clients."""

    values: dict[str, int] = {}
    made: list[dict[str, Any]] = []

    def __init__(self, url: str, **options: Any) -> None:
        FakeRedis.made.append({"url": url, **options})

    def incr(self, key: str) -> int:
        self.values[key] = self.values.get(key, 0) + 1
        return self.values[key]

    def decr(self, key: str) -> int:
        self.values[key] = self.values.get(key, 0) - 1
        return self.values[key]

    def get(self, key: str) -> int | None:
        return self.values.get(key)

    def set(self, key: str, value: int, ex: int | None = None) -> None:
        self.values[key] = value

    def expire(self, key: str, seconds: int) -> bool:
        return key in self.values


class FakeAsyncRedis(FakeRedis):
    async def incr(self, key: str) -> int:  # type: ignore[override]
        return super().incr(key)

    async def expire(self, key: str, seconds: int) -> bool:  # type: ignore[override]
        return super().expire(key, seconds)

    async def ping(self) -> bool:
        return True

    async def aclose(self) -> None:
        return None


def _actor(**options: Any) -> Any:
    def wrap(function: Any) -> Any:
        function.sent = []
        function.send = function.sent.append
        return function

    return wrap


def _module(name: str, **members: Any) -> None:
    module = types.ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module


_module("redis", from_url=FakeRedis)
_module("redis.asyncio", Redis=FakeAsyncRedis, from_url=FakeAsyncRedis)
_module("dramatiq", actor=_actor, set_broker=lambda broker: None)
_module("dramatiq.brokers")
_module("dramatiq.brokers.redis", RedisBroker=lambda url: types.SimpleNamespace(url=url))

from fastapi.testclient import TestClient  # noqa: E402

from herbarium.main import app  # noqa: E402
from herbarium.storage import MemoryStorage, get_storage  # noqa: E402


@pytest.fixture(autouse=True)
def redis() -> Iterator[type[FakeRedis]]:
    FakeRedis.values.clear()
    FakeRedis.made.clear()
    yield FakeRedis


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def client(storage: MemoryStorage) -> Iterator[TestClient]:
    app.dependency_overrides[get_storage] = lambda: storage
    with TestClient(app) as client:
        yield client
    app.dependency_overrides.clear()
