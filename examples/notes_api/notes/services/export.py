"""All that is kept of one user."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from notes.tables import notes, tags, users


class NoSuchUser(LookupError):
    """Nobody has this id."""


def everything_of(connection: Connection, user_id: int) -> dict[str, Any]:
    """Name, notes and tags of a user; NoSuchUser where there is none."""
    row = connection.execute(select(users.c.name).where(users.c.id == user_id)).first()
    if row is None:
        raise NoSuchUser(f"No user {user_id}")
    query = select(notes).where(notes.c.user_id == user_id).order_by(notes.c.id)
    found = [dict(note._mapping) for note in connection.execute(query)]
    for note in found:
        note["created_at"] = note["created_at"].isoformat()
        names = select(tags.c.name).where(tags.c.note_id == note["id"]).order_by(tags.c.name)
        note["tags"] = list(connection.execute(names).scalars())
    return {"name": row.name, "notes": found}
