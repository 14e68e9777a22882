"""Devices."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.models.device import Device
from registry.repositories.base import BaseRepository


class DeviceRepository(BaseRepository[Device]):
    """Devices by number and ward."""

    def __init__(self, session: AsyncSession):
        super().__init__(session, Device)

    async def by_number(self, number: str) -> Device | None:
        """The device of an inventory number."""
        query = select(Device).where(
            Device.inventory_number == number.strip().upper(),
            Device.is_deleted == False,  # noqa: E712
        )
        return (await self.session.execute(query)).scalar_one_or_none()

    async def retire(self, number: str) -> None:
        """The device is not used any more."""
        await self._set_status(number, "retired")

    async def start_repair(self, number: str) -> None:
        """The device is in the workshop."""
        await self._set_status(number, "in_repair")

    async def _set_status(self, number, status):
        query = update(Device).where(Device.inventory_number == number).values(status=status)
        await self.session.execute(query)
