import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import WalkProgress


class WalkProgressRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> WalkProgress | None:
        result = await self._session.execute(
            select(WalkProgress).where(
                WalkProgress.user_id == user_id, WalkProgress.trail_id == trail_id
            )
        )
        return result.scalar_one_or_none()

    async def add(
        self, user_id: uuid.UUID, trail_id: uuid.UUID, *, stage: int, percent: int
    ) -> WalkProgress:
        row = WalkProgress(user_id=user_id, trail_id=trail_id, stage=stage, percent=percent)
        self._session.add(row)
        await self._session.commit()
        return row

    async def update(self, row: WalkProgress, *, stage: int, percent: int) -> WalkProgress:
        row.stage = stage
        row.percent = percent
        await self._session.commit()
        return row
