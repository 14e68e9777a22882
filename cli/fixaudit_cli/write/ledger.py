"""The ledger of a tree: what each run read, what it is to write, and how far it got.

Everything is recorded in one transaction before the first file is written. From then on a file
holds either its `held` or its `goal` content; after a kill, its hash tells which.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fixaudit.files.locking import tree_lock
from fixaudit.files.state_folders import known_state, own_state
from fixaudit_cli.write.changes import FileChange, LedgerEdit, Owner, Piece, digest, splice
from fixaudit_cli.write.ledger_schema import (
    EditRow,
    FileRow,
    LedgerError,
    NewGoal,
    RunSummary,
    check_pages,
    connect,
    damaged,
    path_value,
    unpacked,
)

__all__ = ["FileChange", "Ledger", "LedgerEdit", "LedgerError", "RunSummary", "runs", "writing"]

DATABASE = "ledger.db"


@contextmanager
def writing(root: Path, wait: float = 0.0) -> Iterator[Ledger]:
    """The ledger of the tree at `root`, open for writing and locked against other runs.

    Waits up to `wait` seconds for another run to end. Raises LockedError, WorkspaceError,
    LedgerError.
    """
    with tree_lock(root, wait):
        path = own_state(root) / DATABASE
        connection = connect(path)
        try:
            check_pages(connection, path)
            yield Ledger(root, connection)
        except (sqlite3.Error, UnicodeError) as error:
            raise LedgerError(f"cannot write the ledger {path}: {error}") from error
        finally:
            connection.close()


def runs(root: Path) -> tuple[RunSummary, ...]:
    """All recorded runs, the newest first; takes no lock. Raises LedgerError."""
    folder = known_state(root)
    if folder is None or not (folder / DATABASE).exists():
        return ()
    path = folder / DATABASE
    connection = connect(path)
    try:
        return Ledger(root, connection).summaries()
    except sqlite3.Error as error:
        raise LedgerError(f"cannot read {path}: {error}") from error
    finally:
        connection.close()


class Ledger:
    """The open ledger of the tree at `root`; get one from `writing`."""

    def __init__(self, root: Path, connection: sqlite3.Connection) -> None:
        self.root = root
        self._db = connection
        self._begun: dict[int, float] = {}
        self.token: str = connection.execute("SELECT token FROM meta").fetchone()[0]

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block's statements or none of them."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            if self._db.in_transaction:  # a full disk has rolled it back already
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def begin(self, run: int) -> None:
        """Take the time of a run that this process has begun."""
        self._begun[run] = time.monotonic()

    def summaries(self) -> tuple[RunSummary, ...]:
        """All runs, the newest first."""
        rows = self._db.execute("SELECT * FROM runs ORDER BY id DESC").fetchall()
        return tuple(self._summary(row) for row in rows)

    def _summary(self, row: sqlite3.Row) -> RunSummary:
        files = self._db.execute(
            "SELECT state, count(*) FROM files WHERE run = ? GROUP BY state", (row["id"],)
        )
        codemods = self._db.execute(
            "SELECT codemod, count(DISTINCT finding) FROM claims JOIN edits ON edits.id = edit"
            " JOIN files ON files.id = file WHERE run = ? GROUP BY codemod ORDER BY codemod",
            (row["id"],),
        )
        size = self._db.execute(
            "SELECT coalesce(sum(length(before) + coalesce(length(after), 0)), 0) FROM files"
            " WHERE run = ?",
            (row["id"],),
        ).fetchone()[0]
        commits = self._db.execute(
            "SELECT sha FROM commits WHERE run = ? ORDER BY rowid", (row["id"],)
        )
        return RunSummary(
            id=row["id"],
            started=row["started"],
            finished=row["finished"],
            seconds=row["seconds"],
            argv=tuple(json.loads(row["argv"])),
            state=row["state"],
            files=dict(files),
            codemods=dict(codemods),
            size=size,
            commits=tuple(sha for (sha,) in commits),
        )

    def run_state(self, run: int) -> str:
        """`pending`, `done` or `undone`. Raises LedgerError where there is no such run."""
        row = self._db.execute("SELECT state FROM runs WHERE id = ?", (run,)).fetchone()
        if row is not None:
            return str(row[0])
        raise LedgerError(f"there is no run {run}; it may have been pruned: see `fixaudit runs`")

    def latest(self, *states: str) -> int | None:
        """The newest run in one of `states`."""
        marks = ", ".join("?" * len(states))
        # fixaudit: ignore[sql-fstring] -- only question marks are put in, never a value
        row = self._db.execute(
            f"SELECT max(id) FROM runs WHERE state IN ({marks})", states
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def undoable(self) -> int | None:
        """The newest run whose edits are in the tree or may be, or that was killed at its very end."""
        row = self._db.execute(
            "SELECT max(id) FROM runs WHERE state = 'pending' OR state = 'done' AND EXISTS"
            " (SELECT 1 FROM files WHERE run = runs.id AND files.state IN ('pending', 'written'))"
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def files(self, run: int, *states: str) -> tuple[FileRow, ...]:
        """The run's files in one of `states` (all without), in the order they were recorded."""
        rows = self._db.execute(
            "SELECT id, path, before_hash, after_hash, held_hash, goal_hash, state, reason,"
            " after IS NOT NULL AS whole FROM files WHERE run = ? ORDER BY id",
            (run,),
        )
        found = (FileRow(**{**row, "whole": bool(row["whole"])}) for row in map(dict, rows))
        return tuple(row for row in found if not states or row.state in states)

    def edits(self, file: FileRow) -> tuple[EditRow, ...]:
        """The file's edits, in the order they were recorded."""
        owners: dict[int, list[tuple[Owner, bool]]] = {}
        for edit, finding, codemod, dropped in self._db.execute(
            "SELECT edit, finding, codemod, dropped FROM claims JOIN edits ON edits.id = edit"
            " WHERE file = ?",
            (file.id,),
        ):
            owners.setdefault(edit, []).append(((finding, codemod), bool(dropped)))
        rows = self._db.execute("SELECT * FROM edits WHERE file = ? ORDER BY id", (file.id,))
        return tuple(
            EditRow(
                row["id"],
                Piece(row["start"], row["stop"], row["content"]),
                frozenset(claim for claim, _ in owners[row["id"]]),
                frozenset(claim for claim, dropped in owners[row["id"]] if not dropped),
            )
            for row in rows
        )

    def findings(self, run: int) -> tuple[str, ...]:
        """The ids of the findings whose edits stand, by file and place."""
        rows = self._db.execute(
            "SELECT finding FROM claims JOIN edits ON edits.id = edit JOIN files ON files.id = file"
            " WHERE run = ? AND NOT dropped AND state IN ('pending', 'written')"
            " ORDER BY file, start, edits.id, finding",
            (run,),
        )
        return tuple(dict.fromkeys(finding for (finding,) in rows))

    def units(self, run: int) -> dict[str, str]:
        """By id, the findings that go or stay together with others: one name for those of a unit."""
        rows = self._db.execute("SELECT finding, unit FROM units WHERE run = ?", (run,))
        return {row["finding"]: row["unit"] for row in rows}

    def before(self, file: FileRow) -> bytes:
        """The file's original bytes."""
        blob = self._db.execute("SELECT before FROM files WHERE id = ?", (file.id,)).fetchone()[0]
        return _intact(unpacked(blob, file.path), file.before_hash, file.path)

    def goal(self, file: FileRow) -> bytes:
        """The bytes the file is to hold. Raises LedgerError where they cannot be had any more."""
        if file.goal_hash == file.before_hash:
            return self.before(file)
        if file.whole:
            blob = self._db.execute("SELECT after FROM files WHERE id = ?", (file.id,)).fetchone()
            return _intact(unpacked(blob[0], file.path), file.goal_hash, file.path)
        rows = self._db.execute(
            "SELECT start, stop, content FROM edits WHERE file = ? AND EXISTS"
            " (SELECT 1 FROM claims WHERE edit = id AND NOT dropped) ORDER BY id",
            (file.id,),
        )
        pieces = [Piece(*row) for row in rows]
        return _intact(splice(self.before(file), pieces), file.goal_hash, file.path)

    def later_run(self, file: FileRow, content: str) -> int | None:
        """The newest run after the file's own that left it with `content` (a hash)."""
        row = self._db.execute(
            "SELECT max(run) FROM files WHERE run > (SELECT run FROM files WHERE id = ?) AND path = CAST(? AS TEXT)"
            " AND goal_hash = ? AND state IN ('pending', 'written')",
            (file.id, path_value(file.path), content),
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def mark(self, marks: Iterable[tuple[int, str, str | None]]) -> None:
        """Set `(file id, state, reason)`; a file written or undone now holds its goal."""
        with self.transaction() as db:
            db.executemany(
                "UPDATE files SET state = ?2, reason = ?3, held_hash ="
                " CASE WHEN ?2 IN ('written', 'undone') THEN goal_hash ELSE held_hash END"
                " WHERE id = ?1",
                list(marks),
            )

    def finish(self, run: int) -> None:
        """Set the run's state by those of its files."""
        states = {row.state for row in self.files(run)}
        state = "pending" if "pending" in states or self.validating(run) else "done"
        if state == "done" and states <= {"undone", "skipped"} and "undone" in states:
            state = "undone"
        begun = self._begun.get(run)
        took = None if begun is None else time.monotonic() - begun
        with self.transaction() as db:
            # What was finished before is being undone: that is no part of the run.
            db.execute(
                "UPDATE runs SET state = ?1, seconds = coalesce(?2, seconds), finished ="
                " CASE WHEN ?2 IS NULL THEN coalesce(finished, ?3) ELSE ?3 END WHERE id = ?4",
                (state, took, time.time(), run),
            )

    def set_goals(self, run: int, goals: Iterable[NewGoal]) -> None:
        """Set new goals, before any of them is written."""
        with self.transaction() as db:
            for new in goals:
                db.execute(
                    "UPDATE files SET held_hash = ?, goal_hash = ?, state = 'pending',"
                    " reason = NULL WHERE id = ?",
                    (new.held, new.goal, new.file.id),
                )
                db.executemany(
                    "UPDATE claims SET dropped = ? WHERE edit = ? AND finding = ? AND codemod = ?",
                    [
                        (claim not in new.standing[edit.id], edit.id, *claim)
                        for edit in self.edits(new.file)
                        for claim in edit.owners
                    ],
                )
            db.execute("UPDATE runs SET state = 'pending' WHERE id = ?", (run,))

    def validating(self, run: int) -> bool:
        """True while (or since a kill in which) only a part of the run's edits may be in the tree."""
        row = self._db.execute("SELECT validating FROM runs WHERE id = ?", (run,)).fetchone()
        return bool(row and row[0])

    def set_validating(self, run: int, on: bool) -> None:
        """Record that subsets of the run's edits are tried from now on, or no longer."""
        with self.transaction() as db:
            db.execute("UPDATE runs SET validating = ? WHERE id = ?", (on, run))
        self.finish(run)

    def note_commit(self, run: int, sha: str) -> None:
        """Record that the run, or a part of it, was committed as `sha`."""
        with self.transaction() as db:
            db.execute("INSERT OR IGNORE INTO commits VALUES (?, ?)", (run, sha))

    def forget(self, runs: Iterable[int]) -> None:
        """Delete runs with all their files, and shrink the database."""
        with self.transaction() as db:
            db.executemany("DELETE FROM runs WHERE id = ?", [(run,) for run in runs])
        self._db.executescript("PRAGMA incremental_vacuum")  # `execute` would free one page


def _intact(content: bytes | None, wanted: str, path: str) -> bytes:
    if content is not None and digest(content) == wanted:
        return content
    raise damaged(path)
