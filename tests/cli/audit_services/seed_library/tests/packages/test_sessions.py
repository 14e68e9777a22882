"""Sessions without a network."""

from __future__ import annotations

import asyncio
import logging

import pytest
from seed_httpcache.sessions import CacheConfig, HttpSessions


def test_where_answers_are_cached_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        HttpSessions(CacheConfig(redis_url="redis://cache.example:6379/1"))
    assert "cache.example:6379/1" in caplog.text


def test_closing_what_was_never_opened() -> None:
    asyncio.run(HttpSessions(CacheConfig(enabled=False)).close())
