"""Full-text search, as far as LIKE goes."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, text

from notes.cache import Cache

PREFIX = "search"

QUERY = """
SELECT id, title FROM notes
WHERE user_id = :user_id AND (title LIKE :pattern OR body LIKE :pattern)
AND archived = 0 ORDER BY id DESC LIMIT {size}
"""


def cache_key(user_id: int, words: str, size: int) -> str:
    """The key of one page of one user's search."""
    raw = f"{words.strip().lower()}|{size}"
    return f"{PREFIX}:{user_id}:{hashlib.md5(raw.encode()).hexdigest()}"


async def find(
    connection: Connection, cache: Cache, user_id: int, words: str, size: int
) -> list[dict[str, Any]]:
    """Id and title of what was found, newest first."""
    key = cache_key(user_id, words, size)
    known: list[dict[str, Any]] | None = await cache.get(key)
    if known is not None:
        return known
    rows = connection.execute(
        text(QUERY.format(size=int(size))), {"user_id": user_id, "pattern": f"%{words}%"}
    )
    found = [dict(row._mapping) for row in rows]
    await cache.put(key, found)
    return found
