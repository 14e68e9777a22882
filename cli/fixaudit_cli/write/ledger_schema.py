"""The tables of a tree's `ledger.db`, how the file is opened, and the rows that are read from it.

A rollback journal, not a write-ahead log: there is one writer at a time and it commits seldom, the
log's shared memory does not work on network file systems, and one file is easier to keep.
"""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
import zlib
from dataclasses import dataclass
from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit.files.plain_file import odd_beside
from fixaudit_cli.write.changes import Owner, Piece

VERSION = 3
MOST_FILE_BYTES = 128_000_000
"""The largest file that a run writes: it must be recorded, and unpacked again, in memory."""
_COUNTERS = "CREATE TABLE sqlite_sequence(name,seq)"
"""SQLite's own, where a table numbers its rows by itself."""
_LONGEST_VALUE = 256_000_000

_TABLES = """
CREATE TABLE meta (token TEXT NOT NULL);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started REAL NOT NULL,
    finished REAL,
    seconds REAL,               -- NULL where another process had to finish it
    argv TEXT NOT NULL,
    validating INTEGER NOT NULL DEFAULT 0,  -- subsets of its edits are being tried
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'undone'))
);
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    path TEXT NOT NULL,
    before BLOB NOT NULL,       -- zlib
    after BLOB,                 -- zlib, or NULL where the edits give it
    before_hash TEXT NOT NULL,
    after_hash TEXT NOT NULL,
    held_hash TEXT NOT NULL,    -- what the file holds until the pending write
    goal_hash TEXT NOT NULL,    -- what it holds from then on
    state TEXT NOT NULL CHECK (state IN ('pending', 'written', 'skipped', 'undone')),
    reason TEXT,
    UNIQUE (run, path)
);
CREATE INDEX files_by_state ON files (run, state);
CREATE TABLE edits (
    id INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    content BLOB NOT NULL       -- in the file's encoding
);
CREATE INDEX edits_by_file ON edits (file);
CREATE TABLE claims (
    edit INTEGER NOT NULL REFERENCES edits ON DELETE CASCADE,
    finding TEXT NOT NULL,
    codemod TEXT NOT NULL,
    dropped INTEGER NOT NULL DEFAULT 0,  -- an edit stands while one of its claims does
    PRIMARY KEY (edit, finding, codemod)
) WITHOUT ROWID;
CREATE TABLE units (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    finding TEXT NOT NULL,
    unit TEXT NOT NULL,         -- one name for findings that go or stay together
    PRIMARY KEY (run, finding)
) WITHOUT ROWID;
CREATE TABLE commits (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    sha TEXT NOT NULL,
    PRIMARY KEY (run, sha)
);
CREATE TABLE validations (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    label TEXT NOT NULL,
    command TEXT NOT NULL,
    seconds REAL NOT NULL,
    returncode INTEGER,
    timed_out INTEGER NOT NULL,
    output TEXT NOT NULL
);
"""

_UNITS = next(each for each in _TABLES.split(";") if "CREATE TABLE units" in each)
_WITHOUT_UNITS = _TABLES.replace(f"{_UNITS};", "")
_FIRST_RUNS = _WITHOUT_UNITS.replace(
    "seconds REAL,               -- NULL where another process had to finish it\n", ""
).replace("argv TEXT NOT NULL,", "argv TEXT NOT NULL, summary TEXT NOT NULL,", 1)


class LedgerError(FixauditError):
    """The ledger cannot be read or written, or holds no such run or file."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of a run. `state` is `pending`, `written`, `skipped` or `undone`."""

    id: int
    path: str
    before_hash: str
    after_hash: str
    held_hash: str
    goal_hash: str
    state: str
    reason: str | None
    whole: bool
    """True where the edits alone do not give the file, so that it cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class EditRow:
    """One recorded edit of a file, and the claims that need it."""

    id: int
    piece: Piece
    owners: frozenset[Owner]
    standing: frozenset[Owner]
    """The claims not undone; while there is one, the edit is in the file."""

    @property
    def joint(self) -> bool:
        """True where its claims can only be undone together.

        What several claims insert, such as an import, serves those that are left. Text they
        replace or take away is needed again as soon as one of them is undone.
        """
        return len(self.owners) > 1 and self.piece.start < self.piece.end


@dataclass(frozen=True, slots=True)
class NewGoal:
    """A file, the hashes of what it holds and what it is to hold, and the claims that stand then."""

    file: FileRow
    held: str
    goal: str
    standing: dict[int, frozenset[Owner]]
    """By edit id, the claims that stand from then on."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of `fixaudit runs`.

    `started` and `finished` are seconds since the epoch (UTC), `seconds` is how long the run took,
    None where it was interrupted; what is undone later counts for neither. `state` is `pending` (killed or
    incomplete: resume or undo it), `done` or `undone`; `files` counts files by state, `codemods`
    findings by codemod, `size` is the bytes its file contents take in the ledger; `commits`
    are the ids of the git commits made of it.
    """

    id: int
    started: float
    finished: float | None
    seconds: float | None
    argv: tuple[str, ...]
    state: str
    files: dict[str, int]
    codemods: dict[str, int]
    size: int
    commits: tuple[str, ...]


def connect(path: Path) -> sqlite3.Connection:
    """Open the ledger at `path`, making its tables in an empty one.

    Transactions are the caller's (`BEGIN`/`COMMIT`). Raises LedgerError: also where the file is a
    link or no file, or holds other tables, views or triggers than ours.
    """
    odd = odd_beside(path)
    if odd is not None:
        raise LedgerError(f"{odd} is a link or no plain file; it is not opened")
    connection = open_database(path)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path)
        check_schema(connection, path, _TABLES)
    except (sqlite3.Error, UnicodeError) as error:
        connection.close()  # or a half-done transaction would stay open
        raise LedgerError(f"cannot open {path}: {error}") from error
    except LedgerError:
        connection.close()
        raise
    return connection


def open_database(path: Path) -> sqlite3.Connection:
    """A connection that runs nothing that a database brings along, and reads no endless value.

    Raises LedgerError.
    """
    try:
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
    except sqlite3.Error as error:
        raise LedgerError(f"cannot open {path}: {error}") from error
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.row_factory = sqlite3.Row
    # File names need not be UTF-8; `path_value` is the way in.
    connection.text_factory = os.fsdecode
    return connection


def check_schema(connection: sqlite3.Connection, path: Path, tables: str) -> None:
    """Refuse a database that holds anything but `tables` (SQL). Raises LedgerError, sqlite3.Error."""
    rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    found = sorted(_plain(row[0]) for row in rows if row[0] != _COUNTERS)
    if found != sorted(filter(None, map(_plain, tables.split(";")))):
        raise LedgerError(f"{path} holds other tables than a ledger's; it is not used")


def tables_of(version: int, path: Path) -> str:
    """The tables (SQL) of a ledger's layout. Raises LedgerError for one that there never was."""
    if version not in (1, 2, VERSION):
        raise LedgerError(f"{path} is no ledger of a version that is known (layout {version})")
    return {1: _FIRST_RUNS, 2: _WITHOUT_UNITS}.get(version, _TABLES)


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database whose pages are damaged. Raises LedgerError, sqlite3.Error."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise LedgerError(f"{path} is damaged ({found}); move it away to start a new one")


def unpacked(blob: object, path: str) -> bytes:
    """The bytes of a file's content as recorded. Raises LedgerError for any other value."""
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(blob, MOST_FILE_BYTES + 1)  # type: ignore[arg-type]
    except (zlib.error, TypeError) as error:
        raise damaged(path) from error
    if len(content) > MOST_FILE_BYTES or not unpacker.eof:
        raise damaged(path)
    return content


def damaged(path: str) -> LedgerError:
    """The error for a file whose record is not what was written."""
    return LedgerError(f"the ledger's record of {path} is damaged")


def _plain(sql: str) -> str:
    """A statement without comments and layout, which earlier versions may have had otherwise."""
    return " ".join(re.sub(r"--[^\n]*", "", sql).split())


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise LedgerError(f"{path} was written by a newer fixaudit (layout {version})")
    if version == 2:
        check_schema(connection, path, _WITHOUT_UNITS)
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] == version:
            connection.execute(_UNITS)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    if version != 0:
        return
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # must precede the first table
    connection.execute("BEGIN IMMEDIATE")
    rows = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not rows:  # no other process made them meanwhile
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES (?)", (secrets.token_hex(4),))
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def path_value(path: str) -> bytes:
    """A path as it is bound, in `CAST(? AS TEXT)`."""
    return os.fsencode(path)
