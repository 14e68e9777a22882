"""Record a whole run in the ledger before its first file is written."""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence

from fixaudit.model.outcome import LocatedFinding
from fixaudit.pipeline.together import units
from fixaudit_cli.output.so_far import SO_FAR
from fixaudit_cli.write.changes import FileChange, digest, encoded_pieces, splice
from fixaudit_cli.write.ledger import Ledger
from fixaudit_cli.write.ledger_schema import MOST_FILE_BYTES, path_value
from fixaudit_cli.write.tree_paths import PathRefusedError, real_name


def record(ledger: Ledger, changes: Iterable[FileChange], argv: Sequence[str] = ()) -> int:
    """Record a run, all of it or nothing, and return its number.

    A file is recorded under its real name, so that no link is followed when it is written or
    undone. Two names of one file (a symlink and its target) keep the first; the other is skipped.
    """
    SO_FAR.nothing()
    with ledger.transaction() as db:
        run = db.execute(
            "INSERT INTO runs (started, argv, state) VALUES (?, ?, 'pending')",
            (time.time(), json.dumps(list(argv))),
        ).lastrowid
        assert run is not None
        ledger.begin(run)
        seen: dict[str, str] = {}
        bound: list[LocatedFinding] = []
        for change in changes:
            name, reason = _name(ledger, change)
            if reason is None:
                first = seen.setdefault(name, change.relative)
                if first != change.relative:
                    name, reason = change.relative, f"the same file as {first}"
            _record_file(db, run, change, name, reason)
            bound += change.bound
        db.executemany("INSERT OR IGNORE INTO units VALUES (?, ?, ?)", _units(run, bound))
    return run


def _units(run: int, bound: Sequence[LocatedFinding]) -> Iterator[tuple[int, str, str]]:
    for unit in units(bound) if bound else ():
        for site in unit if len(unit) > 1 else ():
            yield run, site.fingerprint, unit[0].fingerprint


def _name(ledger: Ledger, change: FileChange) -> tuple[str, str | None]:
    """The name to record a change under, and the reason for skipping it, if there is one."""
    if max(len(change.before), len(change.after)) > MOST_FILE_BYTES:
        return change.relative, f"is larger than {MOST_FILE_BYTES:,} bytes"
    try:
        return real_name(ledger.root, change.path), None
    except PathRefusedError as refused:
        return change.relative, str(refused)


def _record_file(
    db: sqlite3.Connection, run: int, change: FileChange, name: str, skipped: str | None
) -> None:
    pieces = encoded_pieces(change.before, change.edits)
    whole = pieces is None or splice(change.before, pieces) != change.after
    before, after = digest(change.before), digest(change.after)
    contents = change.before, change.after if whole else None
    if skipped is not None:
        contents = b"", b""  # it is never written
    file = db.execute(
        "INSERT INTO files (run, path, before, after, before_hash, after_hash, held_hash,"
        " goal_hash, state, reason) VALUES (?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(run, path_value(name)),
            *(None if each is None else zlib.compress(each) for each in contents),
            *(before, after, before, after),
            *(("pending", None) if skipped is None else ("skipped", skipped)),
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
