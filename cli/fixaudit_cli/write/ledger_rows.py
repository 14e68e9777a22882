"""What the ledger hands out: runs, their files and the files' edits, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass

from fixaudit_cli.write.changes import Claim, Piece


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of a run. `state` is `pending`, `written`, `skipped` or `undone`."""

    id: int
    path: str
    before_hash: str
    after_hash: str
    held_hash: str
    goal_hash: str
    state: str
    reason: str | None
    whole: bool
    """True where the edits alone do not give the file, so that it cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class EditRow:
    """One recorded edit of a file, and who needs it."""

    id: int
    piece: Piece
    claims: frozenset[Claim]
    standing: frozenset[Claim]
    """The claims not undone; while there is one, the edit is in the file."""

    @property
    def joint(self) -> bool:
        """True where its claims stand or fall together.

        What several claims insert, such as an import, serves those that are left. Text they
        replace or take away is needed again as soon as one of them is undone.
        """
        return len(self.claims) > 1 and self.piece.start < self.piece.end


@dataclass(frozen=True, slots=True)
class Aim:
    """A file, the hash of what it holds now, the hash of what it shall hold, and who needs what."""

    file: FileRow
    held: str
    goal: str
    standing: dict[int, frozenset[Claim]]
    """By edit id, the claims that stand from then on."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of `fixaudit runs`.

    `started` and `finished` are seconds since the epoch (UTC). `state` is `pending` (killed or
    incomplete: resume or undo it), `done` or `undone`; `files` counts files by state, `codemods`
    findings by codemod, `size` is the bytes its file contents take in the ledger; `commits`
    are the ids of the git commits made of it.
    """

    id: int
    started: float
    finished: float | None
    argv: tuple[str, ...]
    summary: str
    state: str
    files: dict[str, int]
    codemods: dict[str, int]
    size: int
    commits: tuple[str, ...]
