"""Module facts kept from run to run in one SQLite file; implements the store that `semantics` asks."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

_FORMAT = 1
_NAME = "facts.sqlite"
# Rows wait in memory until so many characters are there, so that each process writes seldom.
_BATCH_CHARACTERS = 1_000_000
_MOST_BYTES = 256_000_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS code (stamp TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, row TEXT NOT NULL, kept INTEGER NOT NULL) WITHOUT ROWID;
"""


class SqliteFacts:
    """The rows of a folder's file, for one version of the code; any number of processes may use it.

    Nothing is opened before the first question. An error of the database turns it off: then each
    module is read from its file.

    Args:
        folder: where the file lies; it is made where it is missing.
        stamp: tells the version of the code; rows of another version are dropped.
    """

    def __init__(self, folder: Path, stamp: str) -> None:
        self._folder = folder
        self._stamp = stamp
        self._database: sqlite3.Connection | None = None
        self._inherited: sqlite3.Connection | None = None
        self._process = 0
        self._is_broken = False
        self._waiting: dict[str, str] = {}
        self._characters = 0

    def facts(self, key: str) -> str | None:
        """The row kept under a key; None for none."""
        rows = self._ask("SELECT row FROM facts WHERE key = ?", key)
        return rows[0][0] if rows and isinstance(rows[0][0], str) else None

    def keep_facts(self, key: str, row: str) -> None:
        """Keep a row; it is written with others, by `write` at the latest."""
        self._waiting[key] = row
        self._characters += len(row)
        if self._characters > _BATCH_CHARACTERS:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        if self._waiting:
            now = time.time_ns()
            rows = [(key, row, now) for key, row in self._waiting.items()]
            self._ask("BEGIN IMMEDIATE")
            for each in rows:
                self._ask("INSERT OR REPLACE INTO facts VALUES (?,?,?)", *each)
            self._ask("COMMIT")
        self._waiting.clear()
        self._characters = 0

    def close(self) -> None:
        """Write what waits, drop the oldest rows where there are too many, and close the file."""
        self.write()
        if self._database is None or self._process != os.getpid():
            return
        pages = self._ask("PRAGMA page_count")
        if pages and pages[0][0] * 4096 > _MOST_BYTES:
            self._ask(
                "DELETE FROM facts WHERE kept <= (SELECT kept FROM facts ORDER BY kept"
                " LIMIT 1 OFFSET (SELECT count(*) / 2 FROM facts))"
            )
            self._ask("VACUUM")
        self._database.close()
        self._database = None

    def _ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        import sqlite3

        if self._is_broken:
            return []
        try:
            return self._opened().execute(statement, values).fetchall()
        except (OSError, sqlite3.Error):
            self._is_broken = True
            return []

    def _opened(self) -> sqlite3.Connection:
        """The connection of this process: one that was open before a fork must not be used after."""
        import sqlite3

        if self._database is None or self._process != os.getpid():
            self._folder.mkdir(parents=True, exist_ok=True)
            # Never closed here: it is the parent's, with its log.
            self._inherited = self._database
            database = sqlite3.connect(self._folder / _NAME, timeout=30.0, isolation_level=None)
            _prepare(database, self._stamp)
            self._database, self._process = database, os.getpid()
        return self._database


def _prepare(database: sqlite3.Connection, stamp: str) -> None:
    import sqlite3

    # Where another process is just doing the same, SQLite says so at once, whatever the timeout.
    with suppress(sqlite3.OperationalError):
        database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version == _FORMAT and _stamp_of(database) == stamp:
        return
    database.execute("BEGIN IMMEDIATE")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version == _FORMAT and _stamp_of(database) == stamp:  # another process was here first
        database.execute("COMMIT")
        return
    database.execute("DROP TABLE IF EXISTS facts")
    database.execute("DROP TABLE IF EXISTS code")
    for statement in _SCHEMA.strip().split(";\n"):
        database.execute(statement.rstrip(";"))
    database.execute("INSERT INTO code VALUES (?)", (stamp,))
    database.execute(f"PRAGMA user_version = {_FORMAT}")
    database.execute("COMMIT")


def _stamp_of(database: sqlite3.Connection) -> str | None:
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'code'").fetchall():
        return None
    found = database.execute("SELECT stamp FROM code").fetchone()
    return None if found is None else found[0]
