"""The project's own checks before and after a run, and the search for findings that break them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fixaudit.checks.timed_command import CommandResult
from fixaudit.model.outcome import Problem
from fixaudit.pipeline.runner import Worker
from fixaudit_cli.checks import dependents
from fixaudit_cli.checks.bisect_run import Validation, validate
from fixaudit_cli.checks.verifying import VerifyRunner
from fixaudit_cli.output.terminal import note
from fixaudit_cli.write.ledger import Ledger

_ROUNDS = 3
_LAST_LINES = 20


@dataclass(slots=True)
class Check:
    """One command in one folder, its result before the run, and the validations since."""

    runner: VerifyRunner
    before: CommandResult
    found: list[Validation] = field(default_factory=list)

    @property
    def failing(self) -> tuple[str, ...]:
        """Fingerprints of the findings dropped for this check."""
        return tuple(finding for found in self.found for finding in found.failing)

    @property
    def runs(self) -> int:
        """How often the command was run, the one before included."""
        return 1 + sum(found.runs for found in self.found)


def runners(
    worker: Worker,
    files: Iterable[Path],
    commands: tuple[str, ...],
    timeout: float | None,
    problems: list[Problem],
) -> list[VerifyRunner]:
    """The checks of a run over `files`: `commands`, else what the files' packages configure.

    A package's commands run in its folder; those of the command line in the current folder where
    that is in the tree, else at its root. Packages that depend on those of the files are asked, too:
    by what they configure, or by what was typed in the folder of one package. A configured command
    that is not trusted is named in `problems` and left out.
    """
    named = list(files)
    if commands:
        return _typed(worker, named, commands, timeout)
    found: dict[tuple[str, Path], tuple[bool, str | None]] = {}
    for path in named:
        config = worker.resolver.for_file(str(path))
        for command in config.verify:
            found[command, config.root] = config.typed_commands, None
    asked = dependents.dependents_of(
        worker, dependents.packages_of(worker), named, with_checks=True
    )
    for command, config, whose in dependents.configured(worker, asked):
        found.setdefault((command, config.root), (config.typed_commands, whose))
    local, allowed = worker.local, []
    for (command, folder), (is_typed, reason) in found.items():
        if local.may_run(command, folder, is_typed=is_typed):
            allowed.append(VerifyRunner(command, folder, timeout, reason))
        elif local.wanted is not False:
            problems.append(local.command_problem(command, folder, worker.root))
    return allowed


def _typed(
    worker: Worker, files: Sequence[Path], commands: Sequence[str], timeout: float | None
) -> list[VerifyRunner]:
    here = Path.cwd()
    folder = here if here.is_relative_to(worker.root) else worker.root
    found = [VerifyRunner(command, folder, timeout) for command in commands]
    packages = dependents.packages_of(worker)
    if dependents.is_in_one_package(worker, packages, folder):
        others = dependents.dependents_of(worker, packages, files)
        found += (
            VerifyRunner(command, worker.root / each.package.folder, timeout, dependents.why(each))
            for command in commands
            for each in others
        )
    return found


def run_before(wanted: Iterable[VerifyRunner]) -> list[Check]:
    """Every check once, to know what is red already. Raises CommandError."""
    checks = []
    for runner in wanted:
        whose = f" of {runner.dependent}," if runner.dependent else ""
        note(f"verify: `{runner.command}`{whose} before the run …")
        checks.append(Check(runner, runner.run()))
    return checks


def run_after(ledger: Ledger, run: int, checks: list[Check]) -> None:
    """Every check after the run; findings that turn one red are dropped from the tree.

    Repeated until no check drops anything: what one drops may make another one fail.
    Raises ValidationError, CommandError, LedgerError.
    """
    todo = list(checks)
    for _ in range(_ROUNDS):
        dropped = False
        for check in todo:
            check.found.append(validate(ledger, run, check.runner, check.before))
            dropped = dropped or bool(check.found[-1].failing)
        if not dropped:
            return
        # The check that dropped last is green with what is left: the search ended on that.
        last = max(n for n, check in enumerate(todo) if check.found[-1].failing)
        todo = [check for check in todo[:last] if not check.before.red]


def report(checks: Iterable[Check]) -> None:
    """The results of the checks, on stderr."""
    for check in checks:
        place = check.runner.dependent or check.runner.folder
        note(f"verify: `{check.runner.command}` in {place}: {_verdict(check)}")
        red = next((f.red for f in check.found if f.failing and f.red is not None), None)
        if red is None and check.found and check.found[-1].after.red:
            red = check.found[-1].after
        if red is not None:
            for line in red.tail(_LAST_LINES).splitlines():
                note(f"  | {line}")


def _verdict(check: Check) -> str:
    times = f"{check.runs} runs" + ("" if len(check.found) else ", none after")
    if check.before.red:
        return f"{_ended(check.before)} before the run already, so it cannot judge it ({times})"
    if not check.failing:
        return f"green before and after ({times})"
    complete = all(found.complete for found in check.found)
    count = len(check.failing)
    what = f"{count} finding{'' if count == 1 else 's'} dropped that turned it red"
    return f"{what}, the others stay ({times}{'' if complete else '; the search was cut short'})"


def _ended(result: CommandResult) -> str:
    return "timed out" if result.timed_out else "red"
