"""A desk with a database in memory and models that answer at once."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

os.environ["DATABASE_URL"] = "sqlite://"

ANSWERS: dict[str, str] = {}
CALLS: list[dict[str, Any]] = []


async def acompletion(**given: Any) -> SimpleNamespace:
    """What `litellm.acompletion` gives, from ANSWERS."""
    CALLS.append(given)
    answer = ANSWERS.get(given["model"], "Hallo")
    if answer == "away":
        raise ConnectionError("the model is away")
    message = SimpleNamespace(content=answer)
    return SimpleNamespace(choices=[SimpleNamespace(message=message)])


litellm = types.ModuleType("litellm")
litellm.acompletion = acompletion  # type: ignore[attr-defined]
sys.modules.setdefault("litellm", litellm)

from fastapi.testclient import TestClient  # noqa: E402

from desk import database, events  # noqa: E402
from desk.main import app  # noqa: E402
from desk.models import Base  # noqa: E402


@pytest.fixture(autouse=True)
def tables() -> Iterator[None]:
    ANSWERS.clear()
    ANSWERS["gpt-4o"] = "9"
    CALLS.clear()
    events.reset_event_backend()
    Base.metadata.create_all(database.engine)
    yield
    Base.metadata.drop_all(database.engine)


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(app, base_url="https://testserver") as client:
        yield client


@pytest.fixture
def ada(client: TestClient) -> TestClient:
    """A client that is logged in and sends its CSRF token."""
    given = {"email": "Ada@example.org", "password": "correct horse"}
    assert client.post("/auth/register", json=given).status_code == 201
    assert client.post("/auth/login", json=given).status_code == 200
    client.headers["X-CSRF-Token"] = client.cookies["desk_csrf"]
    return client
