"""What the ledger of a tree tells of its earlier runs: files before them, and what they took away."""

from __future__ import annotations

import os
import shlex
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path

from fixaudit.files.state_folders import known_state
from fixaudit.plan.past import FileChange, Removal, RunEdit
from fixaudit_cli.write.ledger import DATABASE, Ledger, LedgerError
from fixaudit_cli.write.ledger_schema import EditRow, RunSummary, connect


class PastRuns:
    """The runs whose edits are in the tree, the newest first. See `Past`."""

    missing = ""
    written = ""

    def __init__(self, root: Path) -> None:
        self._root = root

    def versions(self, path: str) -> Iterator[bytes]:
        """The file before the runs that changed it, the oldest first."""
        for change in reversed(self._written.get(path, ())):
            yield change.before

    def changes(self, path: str, *, follow: bool = True) -> Sequence[FileChange]:
        """The runs that changed the file."""
        return self._written.get(path, ())

    @cached_property
    def _written(self) -> dict[str, list[FileChange]]:
        found: dict[str, list[FileChange]] = {}
        folder = known_state(self._root)
        path = None if folder is None else folder / DATABASE
        if path is None or not path.exists():
            return found
        try:
            with closing(connect(path)) as connection:
                ledger = Ledger(self._root, connection)
                for run in ledger.summaries():
                    if run.state == "done":
                        for file in ledger.files(run.id, "written"):
                            name = os.path.normpath(file.path).replace(os.sep, "/")
                            before, after = ledger.before(file), ledger.goal(file)
                            edits = tuple(_edits(ledger.edits(file), before, after))
                            change = FileChange(_removal(run), before, after, edits=edits)
                            found.setdefault(name, []).append(change)
        except (LedgerError, sqlite3.Error):
            return {}  # a damaged ledger is told by the verbs that are about it
        return found


def _edits(rows: Sequence[EditRow], before: bytes, after: bytes) -> Iterator[RunEdit]:
    """The edits that stand, by lines of the file before and after the run."""
    shift = 0
    for row in sorted((row for row in rows if row.standing), key=lambda row: row.piece.start):
        piece = row.piece
        start, stop = piece.start + shift, piece.start + shift + len(piece.content)
        shift += len(piece.content) - (piece.end - piece.start)
        old = (_line(before, piece.start), _line(before, max(piece.start, piece.end - 1)))
        new = (_line(after, start), _line(after, max(start, stop - 1)))
        for codemod in sorted({name for _, name in row.standing}):
            yield RunEdit(codemod, *old, *new)


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _removal(run: RunSummary) -> Removal:
    date = time.strftime("%Y-%m-%d", time.localtime(run.started))
    return Removal(f"run {run.id} of fixaudit", date, shlex.join(["fixaudit", *run.argv]))
