"""Questions about tags."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select, text

from notes.tables import notes, tags


def counts(connection: Connection, user_id: int) -> dict[str, int]:
    """Every tag of the user's live notes, with how many have it."""
    query = (
        select(tags.c.name, func.count())
        .join(notes, notes.c.id == tags.c.note_id)
        .where(notes.c.user_id == user_id, notes.c.archived.is_(False))
        .group_by(tags.c.name)
    )
    return {name: count for name, count in connection.execute(query)}


def notes_with(connection: Connection, user_id: int, name: str) -> list[dict[str, Any]]:
    """Id and title of the notes with a tag."""
    rows = connection.execute(
        text(
            "SELECT notes.id, notes.title FROM notes JOIN tags ON tags.note_id = notes.id "
            f"WHERE notes.user_id = {user_id} AND tags.name = '{name}' ORDER BY notes.id"
        )
    )
    return [dict(row._mapping) for row in rows]
