"""The function that `redact-url-in-logs` adds to a module, called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fixaudit_codemods.logs.redact_url_in_logs._helper import HELPER


@pytest.fixture(scope="module")
def redact_url() -> Callable[[object], str]:
    names: dict[str, Any] = {}
    exec(HELPER.format(name="redact_url"), names)
    made: Callable[[object], str] = names["redact_url"]
    return made


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:secret@cache:6379/0", "redis://:***@cache:6379/0"),
        (
            "postgresql+asyncpg://app:secret@db/main?ssl=1",
            "postgresql+asyncpg://app:***@db/main?ssl=1",
        ),
        ("mongodb://u:secret@h1:1,h2:2/db", "mongodb://u:***@h1:1,h2:2/db"),
        ("https://secret@sentry.example.org/7", "https://***@sentry.example.org/7"),
        ("amqp://u:sec/ret#@host/vhost", "amqp://u:***@host/vhost"),
        ("amqp://u:sec@ret@host", "amqp://u:***@host"),
        ("redis://cache:6379/0", "redis://cache:6379/0"),
        ("jdbc:postgresql://db/main?user=u&password=secret", "jdbc:postgresql://db/main?***"),
        ("host=db user=u password=secret", "***"),
        ("DRIVER=x;PWD=secret", "***"),
        ("u:secret@db/main", "***"),
        ("sqlite:///app.db", "sqlite:///app.db"),
        ("", ""),
        (None, "None"),
    ],
)
def test_no_password_is_left(redact_url: Callable[[object], str], url: object, shown: str) -> None:
    assert redact_url(url) == shown
    assert "secret" not in redact_url(url)
