"""The ledger of views: how often each item was looked at, in a SQLite file."""

from __future__ import annotations

import sqlite3

TABLE = "views"


class ViewLedger:
    """Counts views per day; one instance belongs to one thread."""

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path)
        self._db.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (item TEXT, day TEXT, count INTEGER)")

    def record(self, item: str, day: str, count: int = 1) -> None:
        with self._db:
            self._db.execute(f"INSERT INTO views VALUES ('{item}', '{day}', {count})")

    def total(self, item: str) -> int:
        """All views of an item."""
        row = self._db.execute(f"SELECT sum(count) FROM views WHERE item = '{item}'").fetchone()
        return row[0] or 0

    def size(self) -> int:
        """The number of rows, for the status page."""
        return self._db.execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0]

    def close(self) -> None:
        self._db.close()
