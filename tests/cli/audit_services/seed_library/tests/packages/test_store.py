"""The index of the varieties, over a database in memory."""

from __future__ import annotations

import asyncio
import logging
import re

import pytest
from seed_api.backends import MemoryBackend
from seed_index.store import VarietyDocument, VarietyStore, is_float_vector
from seed_index.utils.retry import with_retries
from seed_shared.settings import Settings


class AwayBackend(MemoryBackend):
    """A database that does not answer."""

    async def collections(self) -> list[str]:
        raise ConnectionError("connection refused")

    async def count(self, name: str) -> int:
        raise ConnectionError("connection refused")


def store_of(backend: MemoryBackend, **settings: object) -> VarietyStore:
    return VarietyStore(backend, Settings(**settings))


def documents(count: int) -> list[VarietyDocument]:
    return [VarietyDocument(f"bean-{number}", {"text": [0.5, 1]}) for number in range(count)]


def test_documents_are_written_in_batches() -> None:
    async def written() -> tuple[int, int]:
        store = store_of(backend := MemoryBackend())
        await store.prepare()
        return await store.add_documents(documents(5), batch_size=2), len(
            backend.points["varieties"]
        )

    assert asyncio.run(written()) == (5, 5)


def test_a_variety_keeps_its_point() -> None:
    store = store_of(MemoryBackend())
    first = store._point_of(VarietyDocument("bean-1", {"text": [1.0], "broken": []}))
    again = store._point_of(VarietyDocument("bean-1", {"text": [2.0]}))
    assert first["id"] == again["id"]
    assert re.fullmatch("[0-9a-f]{32}", first["id"])
    assert list(first["vector"]) == ["text"]


@pytest.mark.parametrize("wanted", [True, False])
def test_filtered_fields_are_indexed_where_settings_say_so(wanted: bool) -> None:
    backend = MemoryBackend()
    asyncio.run(store_of(backend, index_payload_indexing=wanted).prepare())
    assert bool(backend.fields) is wanted


def test_a_database_that_is_away_is_not_healthy(caplog: pytest.LogCaptureFixture) -> None:
    assert not asyncio.run(store_of(AwayBackend()).health_check())
    assert "connection refused" in caplog.text


def test_statistics_of_a_database_that_is_away(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert asyncio.run(store_of(AwayBackend()).statistics()) == {}
    assert "Failed to count varieties" in caplog.text


def test_what_a_vector_is() -> None:
    assert is_float_vector([1, 2.5])
    assert not is_float_vector([])
    assert not is_float_vector(["1"])


def test_a_call_is_tried_again() -> None:
    calls = []

    async def call() -> str:
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError("connection reset")
        return "done"

    assert asyncio.run(with_retries(call)) == "done"
    assert len(calls) == 3


def test_the_last_error_is_passed_on() -> None:
    async def call() -> str:
        raise TimeoutError("too slow")

    with pytest.raises(TimeoutError, match="too slow"):
        asyncio.run(with_retries(call, attempts=2))
