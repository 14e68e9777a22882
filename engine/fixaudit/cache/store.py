"""Outcomes kept from run to run in one SQLite file, for files in which nothing has changed."""

from __future__ import annotations

import io
import os
import pickle
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixaudit.files.atomic_write import keep_out_of_git
from fixaudit.model.outcome import Outcome

if TYPE_CHECKING:
    import sqlite3

    from fixaudit.semantics.query_log import Dependencies
    from fixaudit.semantics.text_search import Search

Answer = tuple[str, tuple[str, ...]]
"""The digest of what a search found, and the files it was found in."""

Stamp = tuple[int, int, int, int]
"""Time of change, time of the inode's change, size and inode of a file."""

_FORMAT = 2
_NAME = "outcomes.sqlite"
_MOST_RUNS = 6
_MOST_BYTES = 256_000_000
# A file written this shortly before it was read may be written again within the same clock tick.
_SETTLED_NS = 2_000_000_000
_NEVER: Stamp = (0, 0, 0, 0)
_ALLOWED_MODULES = frozenset(
    {"fixaudit.model.finding", "fixaudit.model.outcome", "fixaudit.text.source_map"}
)
_ALLOWED = frozenset({("pathlib", "PosixPath"), ("pathlib", "WindowsPath")})
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, tree TEXT, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    path TEXT NOT NULL, context TEXT NOT NULL, digest TEXT NOT NULL,
    changed INTEGER, inode_changed INTEGER, size INTEGER, inode INTEGER,
    outcome BLOB, dependencies TEXT, UNIQUE (run, path));
CREATE TABLE IF NOT EXISTS searches (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    kind TEXT NOT NULL, needle TEXT NOT NULL, cap INTEGER NOT NULL,
    digest TEXT NOT NULL, paths TEXT NOT NULL, PRIMARY KEY (run, kind, needle, cap)) WITHOUT ROWID;
"""


@dataclass(slots=True)
class Entry:
    """What is kept of one file; `plain` says that its outcome holds nothing but its path."""

    id: int
    context: str
    digest: str
    stamp: Stamp
    plain: bool
    depends: bool


class CacheError(Exception):
    """The cache cannot be used; the run goes on without it."""


class Cache:
    """The entries of one run key. All methods but `open` turn themselves off on a database error.

    `tree` is the fingerprint of all files at the end of the last run with this key; None where that
    run did not look at all files, or came to no end, after it had kept something new: then nothing
    is known of the files that outcomes were made from.
    """

    def __init__(self, database: sqlite3.Connection, run: int, tree: str | None) -> None:
        self._database = database
        self._run = run
        self._written = 0
        self.tree = tree
        self.broken = False

    @classmethod
    def open(cls, folder: Path, key: str) -> Cache:
        """The cache in a folder, made where it is missing, for runs with `key`.

        Raises CacheError where it cannot be written, or the file there is another program's.
        """
        import sqlite3

        try:
            folder.mkdir(parents=True, exist_ok=True)
            keep_out_of_git(folder)
            database = sqlite3.connect(folder / _NAME, timeout=0.5, isolation_level=None)
            return cls(database, *_prepare(database, key))
        except (OSError, sqlite3.Error) as error:
            raise CacheError(f"the cache in {folder} cannot be used: {error}") from error

    @property
    def is_new(self) -> bool:
        """True where the last run with this key, if any, did not look at all files to its end."""
        return self.tree is None

    def entries(self) -> dict[str, Entry]:
        """All entries by path, without their outcomes."""
        columns = "path, id, context, digest, changed, inode_changed, size, inode, outcome IS NULL, dependencies IS NOT NULL"  # fmt: skip
        rows = self._ask(f"SELECT {columns} FROM entries WHERE run = ?", self._run)
        return {
            path: Entry(number, context, digest, (a, b, c, d), bool(plain), bool(depends))
            for path, number, context, digest, a, b, c, d, plain, depends in rows
        }

    def outcome(self, entry: Entry) -> Outcome | None:
        """The outcome of an entry that is not plain; None where it cannot be read."""
        for (blob,) in self._ask("SELECT outcome FROM entries WHERE id = ?", entry.id):
            try:
                return _Unpickler(io.BytesIO(blob)).load()  # type: ignore[no-any-return]
            except Exception:  # whatever else stands there is no outcome of ours
                return None
        return None

    def dependencies(self) -> dict[int, str]:
        """What the outcomes were made from, as `Dependencies.to_json` writes it, by entry."""
        asked = "SELECT id, dependencies FROM entries WHERE run = ? AND dependencies IS NOT NULL"
        return dict(self._ask(asked, self._run))

    def searches(self) -> dict[Search, Answer]:
        """What the searches of the last run found; empty where `tree` is None."""
        from fixaudit.semantics.query_log import as_search

        if self.tree is None:
            return {}
        rows = self._ask(
            "SELECT kind, needle, cap, digest, paths FROM searches WHERE run = ?", self._run
        )
        return {as_search(*row[:3]): (row[3], tuple(row[4].split("\0"))) for row in rows}

    def store_searches(self, answers: dict[Search, Answer]) -> None:
        """Keep these answers, and no others."""
        from fixaudit.semantics.query_log import written

        self._begin()
        self._ask("DELETE FROM searches WHERE run = ?", self._run)
        for search, (fingerprint, paths) in answers.items():
            row = (self._run, *written(search), fingerprint, "\0".join(paths))
            self._ask("INSERT OR REPLACE INTO searches VALUES (?,?,?,?,?,?)", *row)

    def drop(self, entries: Iterable[Entry]) -> None:
        """Forget files that are no longer there."""
        for entry in entries:
            self._begin()
            self._ask("DELETE FROM entries WHERE id = ?", entry.id)

    def store(self, path: str, context: str, digest: str, stamp: Stamp, outcome: Outcome | None, dependencies: Dependencies | None) -> None:  # fmt: skip
        """Keep one outcome; None stands for a file without findings."""
        row = (
            self._run, path, context, digest, *_settled(stamp),
            None if outcome is None else pickle.dumps(outcome, protocol=5),
            dependencies.to_json() if dependencies else None,
        )  # fmt: skip
        columns = "run, path, context, digest, changed, inode_changed, size, inode, outcome, dependencies"  # fmt: skip
        self._unsettle()
        self._ask(f"INSERT OR REPLACE INTO entries ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?)", *row)

    def touch(self, entry: Entry, stamp: Stamp) -> None:
        """Remember when an unchanged file was written last."""
        if _settled(stamp) == _NEVER:
            return
        self._begin()
        self._ask(
            "UPDATE entries SET changed=?, inode_changed=?, size=?, inode=? WHERE id=?",
            *stamp,
            entry.id,
        )

    def finish(self, tree: str | None) -> None:
        """The run came to its end: write what is new, and drop what is too much.

        `tree` is None for a run that did not look at all files.
        """
        if tree is not None and tree != self.tree:
            self._begin()
            self._ask("UPDATE runs SET tree = ?, used = ? WHERE id = ?", tree, time.time_ns(), self._run)  # fmt: skip
        elif self._written:  # runs over parts are in use as well
            self._ask("UPDATE runs SET used = ? WHERE id = ?", time.time_ns(), self._run)
        self._commit()
        self._shrink()

    def close(self) -> None:
        """Write what is new and let go of the file."""
        self._commit()
        self._database.close()

    def _shrink(self) -> None:
        pages = next(iter(self._ask("PRAGMA page_count")), (0,))[0]
        kept = _MOST_RUNS if pages * 4096 < _MOST_BYTES else 1
        old = self._ask("SELECT id FROM runs ORDER BY used DESC LIMIT -1 OFFSET ?", kept)
        for (run,) in old:
            self._ask("DELETE FROM runs WHERE id = ? AND id <> ?", run, self._run)
        if kept == 1 and old:
            self._ask("VACUUM")

    def _unsettle(self) -> None:
        """From now on to the end of the run, entries may be of different times."""
        self._begin()
        if self.tree is not None:
            self.tree = None
            self._ask("UPDATE runs SET tree = NULL WHERE id = ?", self._run)

    def _begin(self) -> None:
        if self._written == 0:
            self._ask("BEGIN IMMEDIATE")
        self._written += 1
        if self._written > 2000:  # others wait for the lock no longer than for these
            self._commit()
            self._begin()

    def _commit(self) -> None:
        if self._written:
            self._written = 0
            self._ask("COMMIT")

    def _ask(self, statement: str, *values: object) -> list[Any]:
        import sqlite3

        if self.broken:
            return []
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.Error:
            self.broken = True
            return []


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _settled(stamp: Stamp) -> Stamp:
    return stamp if time.time_ns() - max(stamp[0], stamp[1]) > _SETTLED_NS else _NEVER


def _prepare(database: sqlite3.Connection, key: str) -> tuple[int, str | None]:
    import sqlite3

    (version,) = database.execute("PRAGMA user_version").fetchone()
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if version != _FORMAT:
        if tables and "entries" not in tables:
            raise sqlite3.DatabaseError("it is another program's database")
        database.executescript(
            "DROP TABLE IF EXISTS searches; DROP TABLE IF EXISTS entries; DROP TABLE IF EXISTS runs;"
        )
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA foreign_keys = ON")
    found = _run_of(database, key) if version == _FORMAT else None
    if found is None:
        database.executescript(f"{_SCHEMA} PRAGMA user_version = {_FORMAT};")
        database.execute(
            "INSERT OR IGNORE INTO runs (key, used) VALUES (?, ?)", (key, time.time_ns())
        )
        found = _run_of(database, key)
    assert found is not None
    return found


def _run_of(database: sqlite3.Connection, key: str) -> tuple[int, str | None] | None:
    row = database.execute("SELECT id, tree FROM runs WHERE key = ?", (key,)).fetchone()
    return None if row is None else (row[0], row[1])


class _Unpickler(pickle.Unpickler):
    """Reads data of ours only: the file may have come with somebody else's repository."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _ALLOWED or (module in _ALLOWED_MODULES and "." not in name):
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ in {module, "pathlib"}:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an outcome")
