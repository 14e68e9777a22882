"""Take over what an earlier version, or another machine, kept of a tree's runs: checked row by row.

The files are copied into the user's state folder before SQLite sees them, and only rows that this
version could have written come into the ledger; a single one that it could not refuses them all.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit.files.plain_file import read_plain
from fixaudit.files.state_folders import own_state
from fixaudit_cli.review import decisions
from fixaudit_cli.write.changes import Piece, digest, splice
from fixaudit_cli.write.ledger import DATABASE, Ledger, writing
from fixaudit_cli.write.ledger_schema import (
    LedgerError,
    check_pages,
    check_schema,
    open_database,
    path_value,
    tables_of,
    unpacked,
)
from fixaudit_cli.write.tree_paths import refusal

_MOST_BYTES = 512_000_000
_MOST_ROWS = 2_000_000
_MOST_DECISIONS = 20_000_000
_HASH = re.compile(r"[0-9a-f]{64}")
_SUFFIXES = (".py", ".pyi")
_FILE = [
    "path",
    "before",
    "after",
    "before_hash",
    "after_hash",
    "held_hash",
    "goal_hash",
    "state",
    "reason",
]


class ImportRefusedError(FixauditError):
    """Something that is to be taken over is not what a run of this program writes."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many runs and decisions were taken over."""

    runs: int
    decisions: int


def import_state(root: Path, folder: Path, wait: float = 0.0) -> Imported:
    """Add the runs and decisions in `folder` to those of the tree at `root`.

    Raises ImportRefusedError, LedgerError, DecisionsError: then nothing was taken over.
    """
    if not folder.is_dir():
        raise ImportRefusedError(f"{folder} is no folder")
    chosen = _decisions_in(folder)
    with writing(root, wait) as ledger:
        runs = _import_runs(ledger, folder, own_state(root) / "import.db")
    if chosen:
        own = decisions.load(root)
        own.by_fingerprint = chosen | own.by_fingerprint
        own.save()
    if not runs and not chosen:
        raise ImportRefusedError(f"{folder} holds neither runs nor decisions")
    return Imported(runs, len(chosen))


def _decisions_in(folder: Path) -> dict[str, decisions.Decision]:
    path = folder / decisions.NAME
    if not path.exists() and not path.is_symlink():
        return {}
    return decisions.parsed(path, _read(path, _MOST_DECISIONS))


def _import_runs(ledger: Ledger, folder: Path, copy: Path) -> int:
    source = folder / DATABASE
    if not source.exists() and not source.is_symlink():
        return 0
    for end in ("-journal", "-wal"):
        beside = folder / f"{DATABASE}{end}"
        if beside.is_symlink() or (beside.exists() and beside.stat().st_size):
            raise ImportRefusedError(
                f"{beside} is there: a run was killed while it wrote the ledger; let the version"
                " that made it end it (`fixaudit resume`), then import"
            )
    try:
        copy.write_bytes(_read(source, _MOST_BYTES))
        database = open_database(copy)
        try:
            return _copied(ledger, database, source)
        except (sqlite3.Error, UnicodeError) as error:
            raise ImportRefusedError(f"{source} cannot be read: {error}") from error
        finally:
            database.close()
    finally:
        copy.unlink(missing_ok=True)


def _read(path: Path, most: int) -> bytes:
    try:
        return read_plain(path, most)
    except OSError as error:
        raise ImportRefusedError(f"{path} is not taken over: it {_said(error)}") from error


def _said(error: OSError) -> str:
    text = error.strerror or str(error)
    return text if text.startswith("is ") else f"cannot be read ({text})"


def _copied(ledger: Ledger, database: sqlite3.Connection, source: Path) -> int:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    check_schema(database, source, tables_of(version, source))
    check_pages(database, source)
    runs = database.execute("SELECT * FROM runs ORDER BY id").fetchall()
    with ledger.transaction() as db:
        for run in runs:
            _Copy(database, db, source, has_units=version > 2).run(run)
    return len(runs)


@dataclass(slots=True)
class _Copy:
    """Copies one run with all that belongs to it, under new numbers."""

    database: sqlite3.Connection
    ledger: sqlite3.Connection
    source: Path
    rows: int = 0
    has_units: bool = True

    def run(self, row: sqlite3.Row) -> None:
        argv = self._words(row["argv"])
        times = [row["started"], row["finished"]]
        if not all(isinstance(time, (int, float)) for time in times if time is not None):
            raise self._refused(f"run {row['id']} has no time")
        seconds = row["seconds"] if "seconds" in row.keys() else None  # noqa: SIM118
        number = self._add(
            "runs",
            ("started", "finished", "seconds", "argv", "validating", "state"),
            (*times, seconds, json.dumps(argv), bool(row["validating"]), row["state"]),
        )
        for file in self._of("SELECT * FROM files WHERE run = ? ORDER BY id", row["id"]):
            self._file(file, number)
        if self.has_units:
            for each in self._of("SELECT finding, unit FROM units WHERE run = ?", row["id"]):
                named = number, str(each["finding"]), str(each["unit"])
                self._add("units", ("run", "finding", "unit"), named)
        for commit in self._of("SELECT sha FROM commits WHERE run = ? ORDER BY rowid", row["id"]):
            if not re.fullmatch(r"[0-9a-f]{40,64}", str(commit["sha"])):
                raise self._refused(f"run {row['id']} names a commit that is none")
            self._add("commits", ("run", "sha"), (number, commit["sha"]))

    def _file(self, row: sqlite3.Row, run: int) -> None:
        name = row["path"]
        reason = refusal(name) if isinstance(name, str) else "is no path"
        if reason is None and not name.endswith(_SUFFIXES):
            reason = "is no Python file"
        if reason is not None:
            raise self._refused(f"{name!r} {reason}")
        self._check_content(row, name)
        edits = self._of("SELECT * FROM edits WHERE file = ? ORDER BY id", row["id"])
        pieces = [self._piece(edit, name) for edit in edits]
        before = unpacked(row["before"], name)
        if row["after"] is None and digest(splice(before, pieces) or b"") != row["after_hash"]:
            raise self._refused(f"the edits of {name} do not lead to what was written")
        values = [row[column] for column in _FILE]
        values[0] = path_value(name)
        file = self._add("files", ("run", *_FILE), (run, *values), cast=1)
        for edit, piece in zip(edits, pieces, strict=True):
            place = (file, piece.start, piece.end, piece.content)
            number = self._add("edits", ("file", "start", "stop", "content"), place)
            for claim in self._of("SELECT * FROM claims WHERE edit = ?", edit["id"]):
                said = str(claim["finding"]), str(claim["codemod"]), bool(claim["dropped"])
                self._add("claims", ("edit", "finding", "codemod", "dropped"), (number, *said))

    def _check_content(self, row: sqlite3.Row, name: str) -> None:
        hashes = [row[f"{which}_hash"] for which in ("before", "after", "held", "goal")]
        if not all(isinstance(each, str) and _HASH.fullmatch(each) for each in hashes):
            raise self._refused(f"{name} has no digest")
        if row["state"] == "skipped":
            return
        if digest(unpacked(row["before"], name)) != row["before_hash"]:
            raise self._refused(f"{name} has another content than its digest says")
        if row["after"] is not None and digest(unpacked(row["after"], name)) != row["after_hash"]:
            raise self._refused(f"{name} has another content than its digest says")

    def _piece(self, row: sqlite3.Row, name: str) -> Piece:
        start, stop, content = row["start"], row["stop"], row["content"]
        if not (isinstance(start, int) and isinstance(stop, int) and isinstance(content, bytes)):
            raise self._refused(f"an edit of {name} is none")
        return Piece(start, stop, content)

    def _words(self, text: object) -> list[str]:
        try:
            words = json.loads(str(text))
        except (ValueError, RecursionError):
            words = None
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise self._refused("a run has no command line")
        return words

    def _of(self, statement: str, number: int) -> list[sqlite3.Row]:
        found = self.database.execute(statement, (number,)).fetchall()
        self.rows += len(found)
        if self.rows > _MOST_ROWS:
            raise self._refused(f"it has more than {_MOST_ROWS:,} rows")
        return found

    def _add(self, table: str, columns: Iterable[str], values: tuple[object, ...], cast: int = -1) -> int:  # fmt: skip
        marks = ", ".join("CAST(? AS TEXT)" if n == cast else "?" for n in range(len(values)))
        # fixaudit: ignore[sql-fstring] -- names of our own tables and columns, and question marks
        done = self.ledger.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values
        )
        return int(done.lastrowid or 0)

    def _refused(self, reason: str) -> LedgerError:
        return LedgerError(f"{self.source} is not taken over: {reason}")
