"""Search."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from notes.api.deps import ConnectionDep, StateDep, UserDep
from notes.services import search as service

router = APIRouter(prefix="/search", tags=["search"])


@router.get("")
async def search(
    words: Annotated[str, Query(min_length=2)],
    connection: ConnectionDep,
    state: StateDep,
    user_id: UserDep,
) -> list[dict[str, Any]]:
    """Notes whose title or body holds the words."""
    size = getattr(state.settings, "page_size", 50)
    return await service.find(connection, state.cache, user_id, words, size)
