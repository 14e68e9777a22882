"""Bring the files of a run to their goals: applying, resuming and undoing all end here.

After a kill the ledger may not know how far the run got. It need not: a file that holds its goal is
done, one that still holds what was read is written now, and any other content is skipped.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fixaudit_cli.output.so_far import SO_FAR
from fixaudit_cli.write.ledger import Ledger, LedgerError
from fixaudit_cli.write.ledger_schema import FileRow
from fixaudit_cli.write.replace_file import (
    Failed,
    Replacement,
    Skipped,
    WriteOutcome,
    Written,
    replace_file,
    sync_folder,
)

T = TypeVar("T")

_BATCH = 64
_BATCH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class FileReport:
    """The outcome of one file; `relative` is its path below the root, with `/`."""

    relative: str
    outcome: WriteOutcome


@dataclass(frozen=True, slots=True)
class RunReport:
    """The outcomes of a run's files, in the order they were recorded."""

    run: int
    files: tuple[FileReport, ...]
    unmarked: str | None = None
    """Why the ledger does not know how far the run got (disk full); `resume` finds out."""

    @property
    def written(self) -> tuple[str, ...]:
        """The files that now hold what was wanted."""
        return tuple(file.relative for file in self.files if isinstance(file.outcome, Written))

    @property
    def skipped(self) -> tuple[tuple[str, str], ...]:
        """`(path, reason)` of the files left alone on purpose."""
        return tuple(
            (file.relative, file.outcome.reason)
            for file in self.files
            if isinstance(file.outcome, Skipped)
        )

    @property
    def failed(self) -> tuple[tuple[str, str], ...]:
        """`(path, reason)` of the files the system refused; `resume` tries them again."""
        return tuple(
            (file.relative, file.outcome.reason)
            for file in self.files
            if isinstance(file.outcome, Failed)
        )


Observer = Callable[[FileReport], None]


def carry_out(
    ledger: Ledger,
    run: int,
    on_file: Observer | None = None,
    only: frozenset[int] | None = None,
) -> RunReport:
    """Bring the pending files of `run` to their goals, and set the run's state.

    `only` are the ids of the files to touch; without it all pending ones are, and those the run
    has skipped before are reported again.
    """
    reports = [
        FileReport(file.path, Skipped(file.reason or ""))
        for file in ledger.files(run, "skipped")
        if only is None
    ]
    batch = _Batch(ledger)
    SO_FAR.unfinished(run)
    try:
        for file in ledger.files(run, "pending"):
            if only is not None and file.id not in only:
                continue
            report = FileReport(file.path, _write_goal(ledger, file))
            batch.add(file, report.outcome)
            reports.append(report)
            if on_file is not None:
                on_file(report)
    finally:
        batch.flush()
    unmarked = batch.failure or batch.attempt(ledger.finish, run)
    if unmarked is None and ledger.run_state(run) != "pending":
        SO_FAR.ended(run)
    return RunReport(run, tuple(reports), unmarked)


def _replacement(ledger: Ledger, file: FileRow, goal: bytes) -> Replacement:
    return Replacement(
        path=ledger.root / file.path,
        tree=ledger.root,
        held=file.held_hash,
        goal=goal,
        stamp=f"{ledger.token}-{file.id}",
        known=frozenset({file.before_hash, file.after_hash, file.held_hash, file.goal_hash}),
    )


def _write_goal(ledger: Ledger, file: FileRow) -> WriteOutcome:
    try:
        goal = ledger.goal(file)
    except LedgerError as error:
        return Failed(str(error))
    return replace_file(_replacement(ledger, file, goal))


class _Batch:
    """States of files that are written to the ledger together, after their folders are on disk."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._marks: list[tuple[int, str, str | None]] = []
        self._folders: set[Path] = set()
        self._since = time.monotonic()
        self.failure: str | None = None

    def add(self, file: FileRow, outcome: WriteOutcome) -> None:
        self._marks.append((file.id, *_mark(file, outcome)))
        if isinstance(outcome, Written):
            self._folders.add((self._ledger.root / file.path).resolve().parent)
        if len(self._marks) >= _BATCH or time.monotonic() - self._since > _BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write the marks; where that fails they are kept for the next time."""
        for folder in self._folders:
            sync_folder(folder)
        self._folders = set()
        self._since = time.monotonic()
        self.failure = self.attempt(self._ledger.mark, self._marks) if self._marks else None
        if self.failure is None:
            self._marks = []

    @staticmethod
    def attempt(work: Callable[[T], None], about: T) -> str | None:
        """The reason why `work` could not be done, if so: the files are whole either way."""
        try:
            work(about)
        except sqlite3.Error as error:
            return str(error)
        return None


def _mark(file: FileRow, outcome: WriteOutcome) -> tuple[str, str | None]:
    match outcome:
        case Written():
            return "undone" if file.goal_hash == file.before_hash else "written", None
        case Skipped(reason):
            # Skipped for good only where none of our edits is in the file: the rest can be undone.
            return "skipped" if file.held_hash == file.before_hash else "pending", reason
        case Failed(reason):
            return "pending", reason
