"""Notes: list, write, change, archive."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import datetime, timezone
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import insert, select, update

from notes.api.deps import ConnectionDep, StateDep, UserDep
from notes.etags import with_etag
from notes.services import links
from notes.services.search import PREFIX
from notes.tables import notes, tags

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/notes", tags=["notes"])


class NoteIn(BaseModel):
    """A note as the client sends it."""

    title: str = Field(min_length=1, max_length=200)
    body: str = ""
    tags: list[str] = []


@router.get("")
def list_notes(
    connection: ConnectionDep,
    user_id: UserDep,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """All notes that are not archived, newest first."""
    query = (
        select(notes.c.id, notes.c.title)
        .where(notes.c.user_id == user_id, notes.c.archived == False)  # noqa: E712
        .order_by(notes.c.id.desc())
    )
    rows = [dict(row._mapping) for row in connection.execute(query)]
    body = json.dumps(rows).encode()
    response = Response(body, media_type="application/json")
    return with_etag(response, body, if_none_match)


@router.post("", status_code=201)
async def write_note(
    note: NoteIn, connection: ConnectionDep, state: StateDep, user_id: UserDep
) -> dict[str, Any]:
    """A new note. Pages that it links to are looked at afterwards."""
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    result = connection.execute(
        insert(notes).values(
            user_id=user_id, title=note.title, body=note.body, archived=False, created_at=now
        )
    )
    note_id = int(result.inserted_primary_key[0])
    for name in dict.fromkeys(note.tags):
        connection.execute(insert(tags).values(note_id=note_id, name=name))
    state.cache.forget(f"{PREFIX}:{user_id}:")
    asyncio.create_task(links.look_at(note.body))
    return {"id": note_id, "title": note.title}


@router.put("/{note_id}/archive")
def archive_note(note_id: int, connection: ConnectionDep, user_id: UserDep) -> dict[str, Any]:
    """Out of lists and searches."""
    result = connection.execute(
        update(notes).where(notes.c.id == note_id, notes.c.user_id == user_id).values(archived=True)
    )
    if result.rowcount == 0:
        raise HTTPException(status_code=404, detail="No such note")
    return {"id": note_id, "archived": True}


def asked_by(request: Request) -> str:
    """Who asks, for the log: routes without a login have no user."""
    return str(getattr(request.state, "user_id", "nobody"))
