from __future__ import annotations

import asyncio

import pytest
from fastapi.testclient import TestClient

from desk import database, events, main
from desk.models import Base, Draft


def test_a_database_that_is_not_migrated_is_refused() -> None:
    assert main.missing_tables(database.engine) == []
    Base.metadata.tables["drafts"].drop(database.engine)
    assert main.missing_tables(database.engine) == ["drafts"]
    with pytest.raises(RuntimeError, match="migrations"), TestClient(main.app):
        pass


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_there_is_one_backend() -> None:
    assert events.get_event_backend() is events.get_event_backend()


def test_a_subscriber_gets_the_events() -> None:
    async def follow() -> list[str]:
        backend = events.MemoryEvents()
        found: list[str] = []

        async def read() -> None:
            async for event in backend.subscribe("job"):
                found.append(event["type"])

        reader = asyncio.create_task(read())
        await asyncio.sleep(0)
        for kind in ("round", "closed"):
            await backend.publish("job", {"type": kind})
        await reader
        return found

    assert asyncio.run(follow()) == ["round", "closed"]


def test_a_scope_that_fails_stores_nothing() -> None:
    def fail() -> None:
        with database.session_scope() as session:
            session.add(Draft(job_id="x", round_number=1, model="m", text="t"))
            session.flush()
            raise LookupError("x")

    with pytest.raises(LookupError):
        fail()
    with database.session_scope() as session:
        assert session.query(Draft).count() == 0
