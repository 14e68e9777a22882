"""Find the findings of a run that turn the project's check red, and drop their edits.

A shared edit, such as an import, is dropped with the last finding that needs it.
"""

from __future__ import annotations

from dataclasses import dataclass

from fixaudit.checks.bisect import minimise
from fixaudit.checks.timed_command import CommandResult
from fixaudit.errors import FixauditError
from fixaudit_cli.checks.verifying import VerifyRunner, keep_result
from fixaudit_cli.write.ledger import Ledger
from fixaudit_cli.write.undoing import retarget
from fixaudit_cli.write.write_run import RunReport

Group = tuple[str, ...]
"""Findings that are kept or dropped together."""


class ValidationError(FixauditError):
    """The search had to stop, because a file could not be brought to hold a part of its edits."""


@dataclass(frozen=True, slots=True)
class Validation:
    """The result of the check of a run.

    `after` is the check of the whole run; `failing` the findings dropped since, `red` the last red
    check, the one to show for them; `runs` counts every check after applying: 1 where nothing is
    searched, because the check passes or failed before. `complete` is False where `max_runs` ended
    the search; then `failing` may hold findings that break nothing.
    """

    after: CommandResult
    failing: tuple[str, ...] = ()
    red: CommandResult | None = None
    runs: int = 1
    complete: bool = True


def validate(
    ledger: Ledger,
    run: int,
    runner: VerifyRunner,
    before: CommandResult,
    *,
    max_runs: int | None = None,
) -> Validation:
    """Check an applied run; if it is newly red, leave the tree without the failing findings.

    `before` is the check made before applying: where it was red, the one after it proves nothing
    about the run, and nothing is dropped. Every check is recorded in the ledger. Interrupted,
    the whole run is in the tree again; after a kill, `resume` brings it back. Raises
    ValidationError (such as where the check itself rewrites the files), LedgerError, CommandError.
    """
    trial = _Trial(ledger, run, runner)
    keep_result(ledger, run, "before", runner.command, before)
    after = trial.check("after")
    if before.red or not after.red:
        return Validation(after)
    groups = inseparable(ledger, run)
    ledger.set_validating(run, True)
    try:
        found = minimise(groups, trial.is_red, max_runs=max_runs)
        trial.hold(found.kept)
    except BaseException:
        trial.restore(groups)
        raise
    finally:
        ledger.set_validating(run, False)
    failing = tuple(finding for group in found.failing for finding in group)
    return Validation(after, failing, trial.last_red, trial.runs, found.complete)


def inseparable(ledger: Ledger, run: int) -> tuple[Group, ...]:
    """The run's findings, each alone; together those that go or stay together, and those of edits that cannot
    be taken apart."""
    group_of: dict[str, list[str]] = {finding: [finding] for finding in ledger.findings(run)}
    first_of: dict[str, str] = {}
    for finding, unit in ledger.units(run).items():
        if finding in group_of:
            _join(group_of, first_of.setdefault(unit, finding), finding)
    for file in ledger.files(run, "pending", "written"):
        edits = ledger.edits(file)
        together = [edit.standing for edit in edits if edit.joint]
        if file.whole:
            together = [frozenset(claim for edit in edits for claim in edit.standing)]
        for owners in together:
            first, *others = dict.fromkeys(finding for finding, _ in sorted(owners)) or [""]
            for other in others:
                _join(group_of, first, other)
    return tuple(dict.fromkeys(tuple(group) for group in group_of.values()))


def _join(group_of: dict[str, list[str]], one: str, other: str) -> None:
    into, from_ = group_of[one], group_of[other]
    if into is not from_:
        into += from_
        for finding in from_:
            group_of[finding] = into


class _Trial:
    """The tree with some of the run's findings applied, and the check of it."""

    def __init__(self, ledger: Ledger, run: int, runner: VerifyRunner) -> None:
        self._ledger = ledger
        self._run = run
        self._runner = runner
        self.runs = 0
        self.last_red: CommandResult | None = None

    def hold(self, groups: tuple[Group, ...]) -> None:
        """Bring the tree to hold exactly these findings. Raises ValidationError where it cannot."""
        report = self.restore(groups)
        for path, reason in (*report.skipped, *report.failed):
            raise ValidationError(f"cannot try without some edits: {path} was {reason}")

    def restore(self, groups: tuple[Group, ...]) -> RunReport:
        """As `hold`, but files that cannot be brought there are only reported."""
        wanted = frozenset(finding for group in groups for finding in group)
        return retarget(self._ledger, self._run, lambda claim: claim[0] in wanted)

    def is_red(self, groups: tuple[Group, ...]) -> bool:
        self.hold(groups)
        return self.check(f"trial {self.runs}").red

    def check(self, label: str) -> CommandResult:
        result = self._runner.run()
        self.runs += 1
        keep_result(self._ledger, self._run, label, self._runner.command, result)
        if result.red:
            self.last_red = result
        return result
