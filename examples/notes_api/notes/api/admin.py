"""What administrators may do. Every route asks for the administrators' token."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import func, select

from notes.api.deps import ConnectionDep, StateDep, administrator
from notes.services import digest, export
from notes.tables import notes, users

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(administrator)])


@router.get("/counts")
def counts(connection: ConnectionDep) -> dict[str, int]:
    """How many users and notes there are."""
    return {
        "users": connection.execute(select(func.count()).select_from(users)).scalar_one(),
        "notes": connection.execute(select(func.count()).select_from(notes)).scalar_one(),
    }


@router.get("/export/{user_id}")
def export_user(user_id: int, connection: ConnectionDep) -> dict[str, Any]:
    """All that is kept of a user, for a request under data protection law."""
    try:
        return export.everything_of(connection, user_id)
    except export.NoSuchUser as e:
        logger.error(f"Export of user {user_id} refused: {e}")
        raise HTTPException(status_code=404, detail=str(e)) from None
    except Exception as e:
        logger.exception(f"Export of user {user_id} failed: {e}")
        raise HTTPException(status_code=500, detail="Export failed") from e


@router.post("/digest")
async def send_digest(connection: ConnectionDep, state: StateDep) -> dict[str, int]:
    """The digest of every user, now."""
    texts = await digest.digests(connection, state.writer)
    return {"digests": len(texts)}
