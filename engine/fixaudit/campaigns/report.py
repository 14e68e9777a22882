"""What became of the verification of one batch. Frozen data; what takes time is kept apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from fixaudit.campaigns.batch import Site, content_digest, patch_of
from fixaudit.campaigns.settings import Command

VerifyStatus = Literal[
    "verified", "unverified", "red-before", "dropped-all", "timeout", "setup-failed", "crashed"
]
"""`unverified`: the host's checks decide (`by = "host"`). Only these two are committed."""

Ended = Literal["green", "red", "timeout", "not-run"]


@dataclass(frozen=True, slots=True)
class CheckPlace:
    """A package whose commands are run: its folder and name; `why` it is asked, where none of the
    batch's files is its own."""

    folder: str
    name: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One command in one package: how it ended before and after the edits that stayed.

    Attributes:
        flaky: red, and green when it was run again with nothing changed.
        runs: how often it was run. seconds_before, seconds_after: of the last run of each.
        tail: the last lines of a red run, masked. Times and logs are not compared: they differ from run
            to run.
    """

    place: CheckPlace
    command: Command
    before: Ended
    after: Ended
    seconds_before: float = field(default=0.0, compare=False)
    seconds_after: float = field(default=0.0, compare=False)
    runs: int = 0
    flaky: bool = False
    tail: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A site whose edit turned a command red, with that command, its package, and the end of its log."""

    site: Site
    place: CheckPlace
    command: Command
    tail: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class BatchReport:
    """The value of a `Verify` task.

    Attributes:
        reason: one line for every status but `verified`.
        files: (path, bytes before, bytes after) of the files that are to be committed; () where nothing is.
        kept: the sites whose edits are among them.
        missing: paths that the tree of the user has, and the work tree has not, which a command that was
            red before names.
        not_run: how many dependents were beyond `max-dependents`.
        complete: False where the search for what turns a command red was cut short.
        left_behind: one line for each work tree that could not be removed.
    """

    batch: str
    status: VerifyStatus
    reason: str | None = None
    files: tuple[tuple[str, bytes, bytes], ...] = ()
    kept: tuple[Site, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    missing: tuple[str, ...] = ()
    not_run: int = 0
    complete: bool = True
    left_behind: tuple[str, ...] = field(default=(), compare=False)

    @property
    def digest(self) -> str:
        """32 hexadecimal digits of what is to be committed."""
        return content_digest(self.files)

    @property
    def patch(self) -> bytes:
        return patch_of(self.files)
