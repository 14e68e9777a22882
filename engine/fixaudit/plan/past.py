"""What became of a tree's files: the git history or the ledger of runs, as planning asks them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Removal:
    """A commit or a run that took code away: `name` as told (`commit 1a2b3c4`), its ISO date, its words."""

    name: str
    date: str
    text: str

    def told(self) -> str:
        first = " ".join(self.text.partition("\n")[0].split())
        words = f": {first[:80]}" if first else ""
        return f"{self.name} ({self.date}{words})"


@dataclass(frozen=True, slots=True)
class RunEdit:
    """An edit of a run: whose it was, the lines it touched (1-based, inclusive), and those lines as it
    left them."""

    codemod: str
    line: int
    end_line: int
    new_line: int
    new_end_line: int


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after a commit or a run; `after` is None where it took the file away.

    `with_report` says that the same commit brought the report in, `edits` what a run is known to have
    edited.
    """

    by: Removal
    before: bytes
    after: bytes | None
    with_report: bool = False
    edits: tuple[RunEdit, ...] = ()


class Past(Protocol):
    """Earlier contents of a tree's files: a git history, or the ledger of runs."""

    @property
    def missing(self) -> str:
        """Why nothing can be told, as a phrase; empty where it can."""

    @property
    def written(self) -> str:
        """The ISO date at which the report was written; empty where it is not known."""

    def versions(self, path: str) -> Iterable[bytes]:
        """A file, by its path in the tree or in a report, as it may have been when the report was
        written, the likeliest first."""

    def changes(self, path: str, *, follow: bool = True) -> Sequence[FileChange]:
        """Everything that changed a file, the newest first; with `follow` under earlier names too."""
