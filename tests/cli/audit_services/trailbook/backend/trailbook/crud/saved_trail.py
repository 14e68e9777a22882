import uuid

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import SavedTrail


class SavedTrailRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> SavedTrail | None:
        result = await self._session.execute(
            select(SavedTrail).where(
                SavedTrail.user_id == user_id, SavedTrail.trail_id == trail_id
            )
        )
        return result.scalar_one_or_none()

    async def of_user(self, user_id: uuid.UUID) -> list[SavedTrail]:
        result = await self._session.execute(
            select(SavedTrail)
            .where(SavedTrail.user_id == user_id)
            .order_by(SavedTrail.created_at.desc())
        )
        return list(result.scalars())

    async def add(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> None:
        statement = insert(SavedTrail).values(user_id=user_id, trail_id=trail_id)
        await self._session.execute(
            statement.on_conflict_do_nothing(index_elements=["user_id", "trail_id"])
        )
        await self._session.commit()

    async def remove(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> bool:
        result = await self._session.execute(
            delete(SavedTrail).where(
                SavedTrail.user_id == user_id, SavedTrail.trail_id == trail_id
            )
        )
        await self._session.commit()
        return bool(result.rowcount)
