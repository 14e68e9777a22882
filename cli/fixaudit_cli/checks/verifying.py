"""A project's own check: the command of a run, and its results in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fixaudit.checks.timed_command import CommandResult, TimedCommand
from fixaudit_cli.write.ledger import Ledger


@dataclass(frozen=True, slots=True)
class VerifyRunner:
    """A shell command run in `folder`, for at most `timeout` seconds each time (None: no limit).

    `dependent` says of which package it is, and why that one is asked, where the run changes none of
    its files.
    """

    command: str
    folder: Path
    timeout: float | None = 600.0
    dependent: str | None = None

    def run(self) -> CommandResult:
        """Run the command once, as `TimedCommand.run` does. Raises CommandError."""
        return TimedCommand(self.command, self.folder, self.timeout).run()


def keep_result(ledger: Ledger, run: int, label: str, command: str, result: CommandResult) -> None:
    """Record a validation with its run; `label` is `before`, `after` or the number of a trial."""
    with ledger.transaction() as db:
        db.execute(
            "INSERT INTO validations (run, label, command, seconds, returncode, timed_out, output)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(run, label, command, result.seconds),
                *(result.returncode, result.timed_out, result.output),
            ),
        )
