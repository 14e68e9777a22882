"""Outcomes kept from run to run in one SQLite file of the user's, for files in which nothing has changed.

The file serves all trees. A tree's entries are found by its place, which tells quickly that nothing
was written since; where there are none, an entry of another checkout with the same content serves.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fixaudit.cache.database import CacheError as CacheError
from fixaudit.cache.database import checksum, opened, remove
from fixaudit.cache.outcome_json import read, written
from fixaudit.cache.place import Place
from fixaudit.cache.rows import (  # fmt: skip
    NEVER,
    Answer,
    Entry,
    Stamp,
    head_sum,
    read_entry,
    read_search,
    search_row,
    settled,
)
from fixaudit.cache.write_queue import WriteQueue
from fixaudit.files.atomic_write import keep_out_of_git
from fixaudit.model.outcome import Outcome

if TYPE_CHECKING:
    from fixaudit.semantics.query_log import Dependencies
    from fixaudit.semantics.text_search import Search

_VERSION = 5
NAME = "outcomes.sqlite"
_SECONDS = 5.0
_MOST_RUNS = 6
"""Of one tree."""
_MOST_BYTES = 512_000_000
"""Of all trees together."""
_DAY_NS = 86_400_000_000_000
_SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, place BLOB NOT NULL, tree TEXT,
    used INTEGER NOT NULL, UNIQUE (key, place));
CREATE TABLE entries (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    path BLOB NOT NULL, context TEXT NOT NULL, digest TEXT NOT NULL,
    changed INTEGER, inode_changed INTEGER, size INTEGER, inode INTEGER,
    outcome TEXT, before BLOB, after BLOB, dependencies TEXT,
    head_sum INTEGER, outcome_sum INTEGER, dependencies_sum INTEGER, UNIQUE (run, path));
CREATE INDEX entries_by_content ON entries (digest);
CREATE TABLE searches (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    kind TEXT NOT NULL, needle TEXT NOT NULL, cap INTEGER NOT NULL,
    digest TEXT NOT NULL, paths BLOB NOT NULL, sum INTEGER,
    PRIMARY KEY (run, kind, needle, cap)) WITHOUT ROWID;
"""
_CONTENT = "outcome, before, after, dependencies, head_sum, outcome_sum, dependencies_sum"
_ROW = f"run, path, context, digest, changed, inode_changed, size, inode, {_CONTENT}"
_HEAD = (
    "entries.id, path, context, digest, changed, inode_changed, size, inode, outcome IS NULL,"
    " dependencies IS NOT NULL, head_sum"
)


class Cache:
    """The entries of one run key and tree. All methods but `open` turn themselves off on a database
    error; then `trouble` says why.

    `tree` is the fingerprint of all files at the end of the last run with this key; None where that
    run did not look at all files, or came to no end, after it had kept something new: then nothing
    is known of the files that outcomes were made from. `has_others` says that there are other
    checkouts, or trees, whose entries may serve.
    """

    def __init__(self, queue: WriteQueue, path: str, key: str, place: Place) -> None:
        self._queue = queue
        self._path = path
        self._key = key
        self._place = place
        name = os.fsencode(place.root)
        asked = "SELECT id, tree, used FROM runs WHERE key = ? AND place = ?"
        found = queue.ask(asked, key, name)
        if not found:
            add = "INSERT OR IGNORE INTO runs (key, place, used) VALUES (?, ?, ?)"
            queue.ask(add, key, name, time.time_ns())
            found = queue.ask(asked, key, name)
        self._run: int
        self._used: int
        self._run, tree, self._used = found[0] if found else (0, None, 0)
        self.tree: str | None = None if tree is None else tree.decode("ascii", "replace")
        others = queue.ask("SELECT 1 FROM runs WHERE key = ? AND id <> ? LIMIT 1", key, self._run)
        self.has_others = bool(others)

    @classmethod
    def open(cls, folder: str | os.PathLike[str], key: str, root: str | os.PathLike[str], *, is_named: bool = True) -> Cache:  # fmt: skip
        """The cache in a folder for runs with `key` over the tree at `root`.

        `is_named` says that somebody named the folder, which may hold other things: it is kept out
        of git, and a torn file stays. Our own folder must be there; a torn file is removed.

        Raises CacheError where it cannot be written, or the file there is not ours.
        """
        import sqlite3

        path = os.path.join(folder, NAME)
        try:
            if is_named:
                os.makedirs(folder, mode=0o700, exist_ok=True)
                keep_out_of_git(folder)
            database = opened(path, _SCHEMA, _VERSION, seconds=_SECONDS)
        except (CacheError, OSError, sqlite3.Error) as error:
            if not is_named and type(error) is sqlite3.DatabaseError:
                remove(path)
                raise CacheError(f"the cache {path} was torn and is removed: {error}") from error
            raise CacheError(f"the cache in {folder} cannot be used: {error}") from error
        cache = cls(WriteQueue(database), path, key, Place(root))
        if cache.trouble is not None:
            cache.close(remove_torn=not is_named)
            raise CacheError(f"the cache in {folder} cannot be used: {cache.trouble}")
        return cache

    @property
    def trouble(self) -> str | None:
        """Why the cache is of no use any more, if so."""
        return self._queue.trouble

    @property
    def is_new(self) -> bool:
        """True where the last run with this key, if any, did not look at all files to its end."""
        return self.tree is None

    def entries(self) -> dict[str, Entry]:
        """All entries by absolute path, without their outcomes; damaged ones are left out."""
        path_of, found = self._place.path, {}
        for row in self._queue.ask(f"SELECT {_HEAD} FROM entries WHERE run = ?", self._run):
            entry = read_entry(row)
            if entry is not None:
                found[path_of(os.fsdecode(row[1]))] = entry
        return found

    def adopted(self, path: str, context: str, digest: str) -> Entry | None:
        """The entry of another checkout for a file of the same name, settings and content."""
        asked = (
            f"SELECT {_HEAD} FROM entries JOIN runs ON runs.id = run WHERE digest = ? AND path = ?"
            " AND context = ? AND key = ? LIMIT 1"
        )
        name = os.fsencode(self._place.name(path))
        for row in self._queue.ask(asked, digest, name, context, self._key):
            entry = read_entry(row)
            if entry is not None:
                entry.adopted = True
                return entry
        return None

    def take_over(self, path: str, entry: Entry, stamp: Stamp) -> None:
        """Keep an adopted entry as one of this tree."""
        self._unsettle()
        self._queue.add(
            f"INSERT OR REPLACE INTO entries ({_ROW}) SELECT ?, path, context, digest, ?, ?, ?, ?,"
            f" {_CONTENT} FROM entries WHERE id = ?",
            *(self._run, *settled(stamp), entry.id),
        )

    def outcome(self, entry: Entry, path: str) -> Outcome | None:
        """The outcome of an entry that is not plain, of the file reported as `path`; None where it
        is damaged."""
        asked = "SELECT outcome, before, after, outcome_sum FROM entries WHERE id = ?"
        for text, before, after, known in self._queue.ask(asked, entry.id):
            try:
                if checksum(entry.digest.encode(), text, before or b"", after or b"") != known:
                    return None
                return read(text, before, after, path)
            except (TypeError, ValueError):
                return None
        return None

    def dependencies(self, entries: Iterable[Entry]) -> dict[int, Dependencies]:
        """What the outcomes of entries were made from, by entry; damaged ones are left out."""
        from fixaudit.semantics.query_log import Dependencies

        wanted = {entry.id: entry for entry in entries}
        columns = "SELECT id, dependencies, dependencies_sum FROM entries"
        rows = self._queue.ask(f"{columns} WHERE run = ? AND dependencies IS NOT NULL", self._run) if wanted else []  # fmt: skip
        for number, entry in wanted.items():
            if entry.adopted:
                rows += self._queue.ask(f"{columns} WHERE id = ?", number)
        found = {}
        for number, text, known in rows:
            try:
                if number in wanted and checksum(wanted[number].digest.encode(), text) == known:
                    found[number] = Dependencies.from_json(text, self._place.path)
            except (TypeError, ValueError):
                continue
        return found

    def searches(self) -> dict[Search, Answer]:
        """What the searches of the last run found; empty where `tree` is None."""
        if self.tree is None:
            return {}
        asked = "SELECT kind, needle, cap, digest, paths, sum FROM searches WHERE run = ?"
        rows = self._queue.ask(asked, self._run)
        return dict(filter(None, (read_search(row, self._place) for row in rows)))

    def store_searches(self, answers: Mapping[Search, Answer]) -> None:
        """Keep these answers, and no others."""
        self._queue.add("DELETE FROM searches WHERE run = ?", self._run)
        for search, answer in answers.items():
            row = (self._run, *search_row(search, answer, self._place))
            self._queue.add("INSERT OR REPLACE INTO searches VALUES (?,?,?,?,?,?,?)", *row)

    def drop(self, entries: Iterable[Entry]) -> None:
        """Forget files that are no longer there."""
        for entry in entries:
            self._queue.add("DELETE FROM entries WHERE id = ?", entry.id)

    def store(self, path: str, context: str, digest: str, stamp: Stamp, outcome: Outcome | None, dependencies: Dependencies | None) -> None:  # fmt: skip
        """Keep one outcome; None stands for a file without findings."""
        name = os.fsencode(self._place.name(path))
        text, before, after = (None, None, None) if outcome is None else written(outcome)
        depends = dependencies.to_json(self._place.name) if dependencies else None
        sums = (
            head_sum(name, context.encode(), digest.encode(), text is None, depends is not None),
            checksum(digest.encode(), (text or "").encode(), before or b"", after or b""),
            checksum(digest.encode(), (depends or "").encode()),
        )
        row = (self._run, name, context, digest, *settled(stamp), text, before, after, depends)
        self._unsettle()
        marks = ",".join("?" * 15)
        self._queue.add(f"INSERT OR REPLACE INTO entries ({_ROW}) VALUES ({marks})", *row, *sums)

    def touch(self, entry: Entry, stamp: Stamp) -> None:
        """Remember when an unchanged file was written last."""
        if settled(stamp) != NEVER:
            setting = "UPDATE entries SET changed=?, inode_changed=?, size=?, inode=? WHERE id=?"
            self._queue.add(setting, *stamp, entry.id)

    def finish(self, tree: str | None) -> None:
        """The run came to its end: write what is new, and drop what is too much.

        `tree` is None for a run that did not look at all files.
        """
        now = time.time_ns()
        if tree is not None and tree != self.tree:
            change = "UPDATE runs SET tree = ?, used = ? WHERE id = ?"
            self._queue.add(change, tree, now, self._run)
        elif self._queue or now - self._used > _DAY_NS:  # runs over parts are in use as well
            self._queue.add("UPDATE runs SET used = ? WHERE id = ?", now, self._run)
        if self._queue:
            self._queue.flush()
            self._shrink()

    def close(self, *, remove_torn: bool = False) -> None:
        """Write what is new and let go of the file, which goes where it is torn and that is wanted."""
        self._queue.close()
        if remove_torn and self._queue.is_torn:
            remove(self._path)

    def _shrink(self) -> None:
        """Drop the runs of this tree, then of all, that were in use longest ago."""
        gone = "DELETE FROM runs WHERE id = ? AND id <> ?"
        ask, name = self._queue.ask, os.fsencode(self._place.root)
        old = "SELECT id FROM runs WHERE place = ? ORDER BY used DESC LIMIT -1 OFFSET ?"
        for (run,) in ask(old, name, _MOST_RUNS):
            ask(gone, run, self._run)
        oldest = iter(ask("SELECT id FROM runs WHERE id <> ? ORDER BY used", self._run))
        while self._bytes() > _MOST_BYTES and (next_oldest := next(oldest, None)) is not None:
            ask(gone, *next_oldest, self._run)
        ask("PRAGMA incremental_vacuum")

    def _bytes(self) -> int:
        pages, free, size = (
            next(iter(self._queue.ask(f"PRAGMA {name}")), (0,))[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _unsettle(self) -> None:
        """From now on to the end of the run, entries may be of different times."""
        if self.tree is not None:
            self.tree = None
            self._queue.add("UPDATE runs SET tree = NULL WHERE id = ?", self._run)
