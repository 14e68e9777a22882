"""What is said at the start."""

from __future__ import annotations

import logging

import pytest

from catalog.core import Settings
from catalog.core.startup import announce


def test_the_cache_is_announced(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        announce(Settings(redis_url="redis://cache:6379/0"))
    assert "Cache in catalog at redis://cache:6379/0" in caplog.text


def test_no_redis(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        announce(Settings())
    assert "lives in this process" in caplog.text
