"""Record a whole run in the ledger before its first file is written."""

from __future__ import annotations

import json
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Sequence

from fixaudit_cli.output.so_far import SO_FAR
from fixaudit_cli.write.changes import FileChange, digest, encoded_pieces, splice
from fixaudit_cli.write.ledger import Ledger
from fixaudit_cli.write.ledger_schema import path_value


def record(ledger: Ledger, changes: Iterable[FileChange], argv: Sequence[str] = ()) -> int:
    """Record a run, all of it or nothing, and return its number.

    Two names of one file (a symlink and its target) keep the first; the other is skipped.
    """
    SO_FAR.nothing()
    with ledger.transaction() as db:
        run = db.execute(
            "INSERT INTO runs (started, argv, summary, state) VALUES (?, ?, '', 'pending')",
            (time.time(), json.dumps(list(argv))),
        ).lastrowid
        assert run is not None
        seen: dict[str, str] = {}
        for change in changes:
            real = os.path.realpath(change.path)
            first = seen.setdefault(real, change.relative)
            _record_file(db, run, change, None if first == change.relative else first)
    return run


def _record_file(db: sqlite3.Connection, run: int, change: FileChange, first: str | None) -> None:
    pieces = encoded_pieces(change.before, change.edits)
    whole = pieces is None or splice(change.before, pieces) != change.after
    before, after = digest(change.before), digest(change.after)
    file = db.execute(
        "INSERT INTO files (run, path, before, after, before_hash, after_hash, held_hash,"
        " goal_hash, state, reason) VALUES (?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(run, path_value(change.relative)),
            *(zlib.compress(change.before), zlib.compress(change.after) if whole else None),
            *(before, after, before, after),
            *(("pending", None) if first is None else ("skipped", f"the same file as {first}")),
        ),
    ).lastrowid
    for number, edit in enumerate(change.edits):
        row = db.execute(
            "INSERT INTO edits (file, start, stop, content) VALUES (?, ?, ?, ?)",
            (file, edit.start, edit.end, b"" if pieces is None else pieces[number].content),
        )
        db.executemany(
            "INSERT OR IGNORE INTO claims (edit, finding, codemod) VALUES (?, ?, ?)",
            [(row.lastrowid, *claim) for claim in edit.owners],
        )
