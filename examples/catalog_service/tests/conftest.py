"""Fixtures for the whole suite: no network, no Redis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from catalog.cache import MemoryCache
from catalog.core import Settings
from catalog.main import create_app
from catalog.state import AppState, build_state
from fakes import FakeTransport


@pytest.fixture
def settings() -> Settings:
    return Settings(environment="test", openai_api_key="k-123", cache_ttl_seconds=60)


@pytest.fixture
def transport() -> FakeTransport:
    return FakeTransport()


@pytest.fixture
def state(settings: Settings, transport: FakeTransport) -> AppState:
    return build_state(settings, MemoryCache(60), transport)


@pytest.fixture
def client(state: AppState) -> Iterator[TestClient]:
    with TestClient(create_app(state=state), raise_server_exceptions=False) as client:
        yield client
