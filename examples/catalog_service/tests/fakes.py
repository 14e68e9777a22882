"""Stand-ins for the language model provider, and helpers for the API tests."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi.testclient import TestClient


class FakeTransport:
    """Answers every prompt with itself in capitals and counts how many calls overlap."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.failures: list[Exception] = []
        self.broken_word: str | None = None
        self.active = 0
        self.peak = 0

    async def post(
        self, url: str, payload: dict[str, Any], headers: dict[str, str], timeout: float
    ) -> dict[str, Any]:
        self.calls.append({"url": url, "payload": payload, "headers": headers, "timeout": timeout})
        if self.failures:
            raise self.failures.pop(0)
        if self.broken_word and self.broken_word in payload["prompt"]:
            raise ConnectionError(self.broken_word)
        self.active += 1
        self.peak = max(self.peak, self.active)
        # Later calls answer sooner, so that order is not kept by luck.
        await asyncio.sleep(0.02 / len(self.calls))
        self.active -= 1
        return {"text": payload["prompt"].upper() + "\n", "usage": {"total_tokens": 3}}


def add(client: TestClient, title: str, year: int | None = None, **more: Any) -> dict[str, Any]:
    body = {"source": "acme", "external_id": title, "title": title, "year": year, **more}
    response = client.post("/items", json=body)
    assert response.status_code == 201, response.text
    return response.json()
