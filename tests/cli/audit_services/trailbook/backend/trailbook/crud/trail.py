import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Stage, Trail


class TrailRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, trail_id: uuid.UUID) -> Trail | None:
        return await self._session.get(Trail, trail_id)

    async def page(self, *, limit: int, offset: int) -> list[Trail]:
        result = await self._session.execute(
            select(Trail).order_by(Trail.title).limit(limit).offset(offset)
        )
        return list(result.scalars())

    async def stages(self, trail_id: uuid.UUID) -> list[Stage]:
        result = await self._session.execute(
            select(Stage).where(Stage.trail_id == trail_id).order_by(Stage.number)
        )
        return list(result.scalars())
