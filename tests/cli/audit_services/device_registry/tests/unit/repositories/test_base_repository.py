"""The shared repository, on a session that is a mock."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from registry.models import BadgeKey, Device, MaintenanceEvent
from registry.repositories.base import BaseRepository
from registry.repositories.devices import DeviceRepository
from registry.repositories.maintenance import MaintenanceRepository


@pytest.fixture
def session() -> Any:
    session = AsyncMock(spec=AsyncSession)
    session.add = MagicMock()
    session.execute.return_value = MagicMock()
    return session


def sent(session: Any, at: int = 0) -> str:
    """The statement of one call, as text."""
    return " ".join(str(session.execute.await_args_list[at].args[0]).split())


def test_marked_rows_are_not_found(session: Any) -> None:
    asyncio.run(BaseRepository(session, Device).get("1"))
    assert "devices.is_deleted = false" in sent(session)
    asyncio.run(BaseRepository(session, BadgeKey).get("1"))
    assert "is_deleted" not in sent(session, 1)


def test_devices_are_marked_and_events_deleted(session: Any) -> None:
    session.execute.return_value.rowcount = 1
    assert asyncio.run(BaseRepository(session, Device).remove("1", by="ada"))
    assert sent(session).startswith("UPDATE devices SET")
    assert asyncio.run(BaseRepository(session, MaintenanceEvent).remove("1"))
    assert sent(session, 1).startswith("DELETE FROM maintenance_events")


def test_a_page_is_filtered_counted_and_ordered(session: Any) -> None:
    session.execute.return_value = MagicMock()
    session.execute.return_value.scalar_one.return_value = 3
    session.execute.return_value.scalars.return_value = iter(["a"])
    page = asyncio.run(
        BaseRepository(session, Device).list_with_pagination(
            page=2, filters={"ward": ["A1"], "name": None, "nonsense": 1}, order_by="name"
        )
    )
    assert page == {"items": ["a"], "total": 3, "page": 2, "size": 20}
    assert "count(*)" in sent(session)
    assert "ORDER BY devices.name" in sent(session, 1)
    assert "devices.name IS NULL" in sent(session, 1)


def test_a_row_is_added(session: Any) -> None:
    event = asyncio.run(MaintenanceRepository(session).record("d", "repair", "passed"))
    session.add.assert_called_once_with(event)
    with pytest.raises(ValueError, match="outcome"):
        asyncio.run(MaintenanceRepository(session).record("d", "repair", "fine"))


def test_numbers_are_written_in_capitals(session: Any) -> None:
    asyncio.run(DeviceRepository(session).by_number(" x-1 "))
    compiled = session.execute.await_args.args[0].compile()
    assert "X-1" in compiled.params.values()
