from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from ..crud.saved_trail import SavedTrailRepository
from ..crud.trail import TrailRepository
from ..crud.user import UserRepository
from ..crud.walk_progress import WalkProgressRepository
from ..database import AsyncSessionLocal, get_db
from ..use_cases.progress.update_progress import ProgressFactory

Session = Annotated[AsyncSession, Depends(get_db)]


def trail_repository(session: Session) -> TrailRepository:
    return TrailRepository(session)


def saved_trail_repository(session: Session) -> SavedTrailRepository:
    return SavedTrailRepository(session)


def user_repository(session: Session) -> UserRepository:
    return UserRepository(session)


def progress_repository(session: Session) -> WalkProgressRepository:
    return WalkProgressRepository(session)


@asynccontextmanager
async def _own_progress() -> AsyncIterator[WalkProgressRepository]:
    async with AsyncSessionLocal() as session:
        yield WalkProgressRepository(session)


def progress_factory() -> ProgressFactory:
    return _own_progress
