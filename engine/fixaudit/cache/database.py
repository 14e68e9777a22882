"""The SQLite files of the cache: how one is opened, and what makes it unfit to be opened."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from zlib import crc32

from fixaudit.files.plain_file import SQLITE_ENDINGS, odd_beside

if TYPE_CHECKING:
    import sqlite3

_LONGEST = 256_000_000
"""Bytes of the largest value that is read or written."""


class CacheError(Exception):
    """The cache cannot be used; the run goes on without it."""


def opened(path: str, schema: str, version: int, *, seconds: float) -> sqlite3.Connection:
    """The database at `path` with the tables of `schema` (SQL), made where it is missing or another version.

    Texts are read as bytes. `seconds` is how long to wait for another process.

    Raises:
        CacheError: the file or one of its companions is a link or no regular file, or holds other
            tables, views or triggers than ours.
        sqlite3.Error: it is torn, or cannot be written.
    """
    import sqlite3

    odd = odd_beside(path)
    if odd is not None:
        raise CacheError(f"{odd} is a link or no plain file")
    database = sqlite3.connect(path, timeout=seconds, isolation_level=None)
    try:
        database.text_factory = bytes
        # What a database brings along must not run: no function that was not made for that.
        database.execute("PRAGMA trusted_schema = OFF")
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        _prepare(database, _statements(schema), version)
        return database
    except UnicodeError as error:  # what the library says of torn tables holds torn names
        database.close()
        raise sqlite3.DatabaseError("the file is torn") from error
    except BaseException:
        database.close()
        raise


def _statements(schema: str) -> list[str]:
    return [statement for text in schema.split(";\n") if (statement := text.strip())]


def remove(path: str) -> None:
    """Delete a database with its companions, where that can be done."""
    for end in SQLITE_ENDINGS:
        with suppress(OSError):
            os.unlink(path + end)


def checksum(*parts: bytes) -> int:
    """A number that differs where a byte of the parts does."""
    return crc32(b"\0".join(parts))


def _prepare(database: sqlite3.Connection, schema: Sequence[str], version: int) -> None:
    import sqlite3

    # One transaction: a version read before another process makes the tables, and the tables after
    # it, would look like another program's database.
    database.execute("BEGIN")
    try:
        is_ours = _is_ours(database, schema, version)
    finally:
        database.execute("ROLLBACK")
    if is_ours:
        _set_up(database)
        return
    with suppress(sqlite3.OperationalError):  # only before the first table, and no other is writing
        database.execute("PRAGMA auto_vacuum = INCREMENTAL")
    _set_up(database)
    database.execute("BEGIN IMMEDIATE")
    try:
        if not _is_ours(database, schema, version):  # no other process was here first
            for name in _quoted_tables(database):
                # fixaudit: ignore[sql-fstring] -- a name is no value; it is quoted
                database.execute(f'DROP TABLE IF EXISTS "{name}"')
            for statement in schema:
                database.execute(statement)
            # fixaudit: ignore[sql-fstring] -- a pragma takes no parameters; the number is our own
            database.execute(f"PRAGMA user_version = {version}")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _set_up(database: sqlite3.Connection) -> None:
    import sqlite3

    # Where another process is just doing the same, SQLite says so at once, whatever the timeout.
    with suppress(sqlite3.OperationalError):
        database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA foreign_keys = ON")


def _is_ours(database: sqlite3.Connection, schema: Sequence[str], version: int) -> bool:
    """True for our tables; False for none, or those of another version. Raises CacheError."""
    (found,) = database.execute("PRAGMA user_version").fetchone()
    rows = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    if found == version and sorted(row[0] for row in rows) == sorted(map(str.encode, schema)):
        return True
    if rows and (found == version or not 0 < found < version):
        raise CacheError("it is another program's database")
    return False


def _quoted_tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    # Those that others refer to come first in the file, and must go last.
    return [name.decode("utf-8", "replace").replace('"', '""') for (name,) in rows][::-1]
