"""Module facts kept from run to run in one SQLite file; implements the store that `semantics` asks."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixaudit.cache.database import CacheError, checksum, opened, remove

if TYPE_CHECKING:
    import sqlite3

_VERSION = 2
_SECONDS = 30.0
# Rows wait in memory until so many characters are there, so that each process writes seldom.
_BATCH_CHARACTERS = 1_000_000
_MOST_BYTES = 256_000_000
_MOST_FILES = 3
"""One file for each version of the code; those used longest ago go."""
_SCHEMA = """
CREATE TABLE facts (
    key TEXT PRIMARY KEY, row TEXT NOT NULL, kept INTEGER NOT NULL, sum INTEGER) WITHOUT ROWID;
"""


class SqliteFacts:
    """The rows of a folder's file, for one version of the code; any number of processes may use it.

    Nothing is opened before the first question. An error of the database turns it off: then each
    module is read from its file.

    Args:
        folder: where the file lies; it is made where it is missing.
        stamp: tells the version of the code, which has a file of its own.
    """

    def __init__(self, folder: str | os.PathLike[str], stamp: str) -> None:
        self._folder = Path(folder)
        self.path = self._folder / f"facts-{stamp[:16]}.sqlite"
        self._database: sqlite3.Connection | None = None
        self._inherited: sqlite3.Connection | None = None
        self._process = 0
        self._is_broken = False
        self._waiting: dict[str, str] = {}
        self._characters = 0

    def facts(self, key: str) -> str | None:
        """The row kept under a key; None for none, or a damaged one."""
        for row, known in self._ask("SELECT row, sum FROM facts WHERE key = ?", key):
            try:
                if checksum(key.encode(), row) == known:
                    text: str = row.decode()
                    return text
            except (TypeError, ValueError, AttributeError):
                return None
        return None

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
            self._ask("BEGIN IMMEDIATE")
            for key, row in self._waiting.items():
                try:
                    known = checksum(key.encode(), row.encode())
                except ValueError:  # a text with half a character in it
                    continue
                self._ask("INSERT OR REPLACE INTO facts VALUES (?,?,?,?)", key, row, now, known)
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
        except UnicodeError:  # a name of bytes that are no text
            return []
        except (OSError, sqlite3.Error, CacheError) as error:
            self._is_broken = True
            if type(error) is sqlite3.DatabaseError:  # torn: the next run makes it anew
                remove(os.fspath(self.path))
            return []

    def _opened(self) -> sqlite3.Connection:
        """The connection of this process: one that was open before a fork must not be used after."""
        if self._database is None or self._process != os.getpid():
            self._folder.mkdir(parents=True, exist_ok=True)
            # Never closed here: it is the parent's, with its log.
            self._inherited = self._database
            is_new = not self.path.exists()
            database = opened(os.fspath(self.path), _SCHEMA, _VERSION, seconds=_SECONDS)
            if is_new:
                self._drop_old_files()
            self._database, self._process = database, os.getpid()
        return self._database

    def _drop_old_files(self) -> None:
        found = []
        for path in self._folder.glob("facts-*.sqlite"):
            try:
                found.append((path.lstat().st_mtime_ns, path))
            except OSError:  # gone by now
                continue
        for _, path in sorted(found)[:-_MOST_FILES]:
            remove(os.fspath(path))
