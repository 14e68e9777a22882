"""Ledgers as versions before this one left them in a tree, for importing and for attacks."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping
from pathlib import Path

from fixaudit_cli.write.changes import digest
from fixaudit_cli.write.ledger_schema import tables_of

Contents = Mapping[str, tuple[str, str]]
"""By path, what a file held before the run and what it was to hold after it."""


def make_old_ledger(folder: Path, files: Contents, state: str) -> Path:
    """A ledger of layout 1 with one run, `pending` or `done`; its file."""
    path = folder / "ledger.db"
    with sqlite3.connect(path) as database:
        database.executescript(tables_of(1, path))
        database.execute("PRAGMA user_version = 1")
        database.execute("INSERT INTO meta VALUES ('0badcafe')")
        database.execute(
            "INSERT INTO runs (started, finished, argv, summary, state) VALUES (1, 2, '[\"apply\"]', '', ?)",
            (state,),
        )
        for name, (before, after) in files.items():
            hashes = digest(before.encode()), digest(after.encode())
            database.execute(
                "INSERT INTO files (run, path, before, after, before_hash, after_hash, held_hash,"
                " goal_hash, state) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(name, zlib.compress(before.encode()), zlib.compress(after.encode()), *hashes),
                    *(hashes if state == "pending" else (hashes[1], hashes[1])),
                    "pending" if state == "pending" else "written",
                ),
            )
    database.close()
    return path
