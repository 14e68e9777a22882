"""The routes for operators, and health."""

from __future__ import annotations

import logging
import time

import pytest
from fastapi.testclient import TestClient

from catalog.cache import MemoryCache
from catalog.core import Settings
from catalog.main import create_app
from catalog.state import build_state
from fakes import FakeTransport, add


def test_delete_says_that_it_is_not_implemented(client: TestClient) -> None:
    item = add(client, "Ran")
    response = client.delete(f"/admin/items/{item['id']}")
    # 200 is what the first clients were written against; 501 is what it ought to be.
    assert response.status_code in (200, 501)
    payload = response.json()
    assert "not yet implemented" in payload.get("detail", payload.get("message", ""))
    assert client.get(f"/items/{item['id']}").status_code == 200


def test_snapshot_does_not_pretend_to_work(client: TestClient) -> None:
    assert client.post("/admin/snapshot").status_code in (500, 501)


def test_features_list_what_is_missing(client: TestClient) -> None:
    response = client.get("/admin/features")
    assert response.status_code == 200
    assert response.json()["delete"] == "not implemented"
    assert response.json()["stats"] == "ready"


def test_stats_count_by_source(client: TestClient) -> None:
    add(client, "Ran")
    add(client, "Alien", source="other")
    assert client.get("/admin/stats").json() == {"items": 2, "sources": {"acme": 1, "other": 1}}


def test_reindex_runs_in_the_background(client: TestClient, transport: FakeTransport) -> None:
    for title in ("Ran", "Alien", "Brazil"):
        add(client, title)
    transport.broken_word = "Alien"
    started = client.post("/admin/reindex")
    assert started.status_code == 202
    assert started.json()["total"] == 3

    url = f"/admin/reindex/{started.json()['job_id']}"
    deadline = time.monotonic() + 5
    while (job := client.get(url).json())["status"] == "running" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (job["status"], job["done"], job["failed"]) == ("failed", 2, 1)


def test_a_job_of_another_worker_is_not_found_yet(client: TestClient) -> None:
    response = client.get("/admin/reindex/elsewhere")
    assert response.status_code == 202
    assert response.json()["message"] == "Job not found yet"


def test_admin_token() -> None:
    state = build_state(Settings(), MemoryCache(), FakeTransport(), admin_token="s3cret")
    with TestClient(create_app(state=state)) as client:
        assert client.get("/admin/stats").status_code == 403
        assert client.get("/admin/stats", headers={"X-Admin-Token": "s3cret"}).status_code == 200
        assert client.get("/health").status_code == 200


def test_health(client: TestClient) -> None:
    payload = client.get("/health").json()
    assert payload["ready"] is True
    assert payload["tracing"] is False
    assert payload["environment"] == "development"


def test_health_with_a_broken_cache(caplog: pytest.LogCaptureFixture) -> None:
    class BrokenCache(MemoryCache):
        async def set(self, key: str, value: str, ttl: int | None = None) -> None:
            raise ConnectionError("cache is gone")

    state = build_state(Settings(), BrokenCache(), FakeTransport())
    with (
        caplog.at_level(logging.ERROR, logger="catalog"),
        TestClient(create_app(state=state)) as client,
    ):
        assert client.get("/health").json()["ready"] is False
    records = [record for record in caplog.records if record.name == "catalog.api.health"]
    assert records
    assert records[0].exc_info is not None
    assert "cache is gone" in caplog.text


def test_a_cache_that_cannot_be_closed_does_not_stop_the_shutdown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class StuckCache(MemoryCache):
        async def close(self) -> None:
            raise ConnectionError("already gone")

    state = build_state(Settings(), StuckCache(), FakeTransport())
    with TestClient(create_app(state=state)):
        pass
    assert "already gone" in caplog.text
