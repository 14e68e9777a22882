"""How the changes of a run are written: the options of `apply` about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal, get_args

from fixaudit.errors import ConfigError

Per = Literal["codemod", "finding", "package"]


class Mode(Enum):
    """What becomes of the changes: shown only, written as one patch, or written to the files."""

    SHOW, PATCH, WRITE = range(3)


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """The options about writing, as given. `wait` and `verify_timeout` are seconds."""

    dry_run: bool = False
    check: bool = False
    patch: Path | None = None
    allow_dirty: bool = False
    wait: float = 0.0
    verify: Sequence[str] | None = None
    no_verify: bool = False
    verify_timeout: float = 600.0
    commit: bool = False
    commit_per: str | None = None
    blame_ignore: bool = False
    stdin_filename: str | None = None

    @property
    def mode(self) -> Mode:
        """What becomes of the changes."""
        if self.dry_run or self.check or self.stdin_filename is not None:
            return Mode.SHOW
        return Mode.WRITE if self.patch is None else Mode.PATCH

    @property
    def per(self) -> Per | None:
        """What each commit holds; None where nothing is committed. Raises ConfigError."""
        if not self.commit and not self.commit_per:
            return None
        word = self.commit_per or "codemod"
        for known in get_args(Per):
            if word == known:
                return known  # type: ignore[no-any-return]
        raise ConfigError(f"--commit-per {word}: choose one of {', '.join(get_args(Per))}")

    @property
    def commands(self) -> tuple[str, ...] | None:
        """The commands to verify with; None stands for the configured ones."""
        if self.no_verify:
            return ()
        return tuple(self.verify) if self.verify else None

    @property
    def timeout(self) -> float | None:
        """How many seconds one command may take; None without a limit."""
        return self.verify_timeout or None

    def check_fit(self) -> None:
        """Refuse options that exclude each other. Raises ConfigError."""
        per = self.per
        if self.mode is Mode.PATCH and per is not None:
            raise ConfigError("--patch writes no files, so there is nothing to --commit")
        if self.blame_ignore and per is None:
            raise ConfigError("--blame-ignore lists commits: give --commit too")


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """The options about reviews, as given; `decisions` is a file of earlier ones."""

    interactive: bool = False
    decisions: Path | None = None
    ask_again: bool = False
    stdin_filename: str | None = None

    def check_fit(self) -> None:
        """Refuse options that exclude each other. Raises ConfigError."""
        if self.interactive and self.stdin_filename is not None:
            raise ConfigError("--interactive and --stdin-filename both read standard input")
