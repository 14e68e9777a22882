"""Tags: which there are, and the notes of one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException

from notes.api.deps import ConnectionDep, UserDep
from notes.services import tags as service

router = APIRouter(prefix="/tags", tags=["tags"])


@router.get("")
def all_tags(connection: ConnectionDep, user_id: UserDep) -> dict[str, int]:
    """Every tag of the user with the number of its notes."""
    return service.counts(connection, user_id)


@router.get("/{name}")
def notes_of_tag(name: str, connection: ConnectionDep, user_id: UserDep) -> list[dict[str, Any]]:
    """The notes with one tag; 404 where nothing has it."""
    try:
        found = service.notes_with(connection, user_id, name)
        if not found:
            raise HTTPException(status_code=404, detail=f"No note has the tag {name}")
        return found
    except Exception as e:
        raise HTTPException(status_code=500, detail="Tags could not be read") from e


@router.post("/{name}/merge")
def merge_tag(name: str, user_id: UserDep) -> dict[str, Any]:
    """Give all notes of one tag another one."""
    return {"merged": 0, "message": "Merging tags is not implemented yet"}
