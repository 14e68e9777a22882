"""Fixtures: an application with a database in memory and a writer that never leaves the process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from notes.config import Settings
from notes.main import create_app
from notes.services import links


class FakeWriter:
    """Counts how many prompts are written at a time."""

    def __init__(self) -> None:
        self.active = 0
        self.peak = 0

    async def complete(self, prompt: str) -> str:
        self.active += 1
        self.peak = max(self.peak, self.active)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.active -= 1
        if "Broken" in prompt:
            raise ConnectionError("model is away")
        return prompt.splitlines()[-1].upper()


@pytest.fixture
def writer() -> FakeWriter:
    return FakeWriter()


@pytest.fixture
def client(writer: FakeWriter, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(links, "fetch_title", lambda url: url.upper())
    app = create_app(Settings(admin_token="secret"))
    app.state.notes.writer = writer
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def log_in(client: TestClient, name: str = "ada") -> dict[str, str]:
    """Headers of a user who is registered and logged in."""
    given = {"name": name, "password": "correct horse"}
    client.post("/session/users", json=given)
    token = client.post("/session", json=given).json()["token"]
    return {"Authorization": f"Bearer {token}"}
