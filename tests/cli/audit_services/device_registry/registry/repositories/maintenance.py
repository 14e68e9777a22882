"""What was done to devices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.models.maintenance import MaintenanceEvent
from registry.repositories.base import BaseRepository

OUTCOMES = ("passed", "failed", "postponed")


class MaintenanceRepository(BaseRepository[MaintenanceEvent]):
    """Events are added and read, never changed."""

    def __init__(self, session: AsyncSession):
        super().__init__(session, MaintenanceEvent)

    async def record(self, device_id: str, kind: str, outcome: str, **more: Any) -> Any:
        """A new event."""
        if outcome not in OUTCOMES:
            raise ValueError(f"no such outcome: {outcome}")
        return await self.create(device_id=device_id, kind=kind, outcome=outcome, **more)

    async def between(self, first: datetime, last: datetime) -> list[MaintenanceEvent]:
        """The events of a time, the newest first."""
        query = (
            select(MaintenanceEvent)
            .where(MaintenanceEvent.created_at.between(first, last))
            .order_by(MaintenanceEvent.created_at.desc())
        )
        return list((await self.session.execute(query)).scalars())

    async def failed_per_ward(self) -> dict[str, int]:
        """How many events failed in each ward."""
        query = (
            select(MaintenanceEvent.ward, func.count())
            .where(MaintenanceEvent.outcome == "failed")
            .group_by(MaintenanceEvent.ward)
        )
        return {ward: number for ward, number in await self.session.execute(query)}
