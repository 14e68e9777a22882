"""A hiker saves a trail."""

from __future__ import annotations

import logging
import uuid
from typing import Protocol

logger = logging.getLogger(__name__)


class SavedTrail(Protocol):
    trail_id: uuid.UUID


class SavedTrailPort(Protocol):
    async def get(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> SavedTrail | None: ...

    async def add(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> None: ...


async def get_saved_trail(
    repo: SavedTrailPort, user_id: uuid.UUID, trail_id: uuid.UUID
) -> SavedTrail | None:
    return await repo.get(user_id, trail_id)


async def add_saved_trail(repo: SavedTrailPort, user_id: uuid.UUID, trail_id: uuid.UUID) -> bool:
    """Saves the trail; False if it was saved already."""
    existing = await get_saved_trail(repo, user_id, trail_id)
    if existing is None:
        await repo.add(user_id, trail_id)
        logger.info("User %s saved trail %s", user_id, trail_id)
        return True
    return False
