"""What one batch goes through in a work tree: its commands before and after, and the search for culprits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.checks import Check
from fixaudit.campaigns.edits import Edits, Unit
from fixaudit.campaigns.report import BatchReport, CheckPlace, CheckRow, Dropped, VerifyStatus
from fixaudit.checks.bisect import minimise

_MOST_TRIALS = 60  # for all commands of a batch together; one culprit among 64 takes 7
_NO_COMMANDS = (
    "no command to run in any of its packages; give `commands` in [verify], or `verify` in the"
    " configuration of a package"
)

Kept = tuple[str, ...]
"""Fingerprints in the order of the batch."""


class _StoppedError(Exception):
    """The verification ends here: the batch cannot be judged, or nothing of it is left."""

    def __init__(self, status: VerifyStatus, reason: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.status: VerifyStatus = status
        self.reason = reason
        self.missing = missing


@dataclass(slots=True)
class Verification:
    """The verification of a batch, in one work tree.

    Attributes:
        missing: the paths that the log of a red command speaks of and the work tree lacks.
        without: places that have no command. not_run: as in the report.
    """

    batch: Batch
    edits: Edits
    checks: Sequence[Check]
    missing: Callable[[Check], tuple[str, ...]]
    without: Sequence[CheckPlace] = ()
    not_run: int = 0
    baseline_run: bool = True
    _dropped: list[Dropped] = field(default_factory=list)
    _complete: bool = True
    _trials: int = 0

    def report(self) -> BatchReport:
        """Run all of it. Raises CommandError, CampaignError, ConfigError."""
        try:
            if not self.checks:
                raise _StoppedError("setup-failed", _NO_COMMANDS)
            for check in self.checks if self.baseline_run else ():
                self._judge_before(check)
            return self._told("verified", kept=self._green())
        except _StoppedError as stopped:
            return self._told(stopped.status, stopped.reason, missing=stopped.missing)

    # ------------------------------------------------------------------ before

    def _judge_before(self, check: Check) -> None:
        ended = check.judge_before(self._holding(()))
        if ended == "timeout":
            limit = f"{check.settings.timeout:g} s"
            self._stop("timeout", f"{check.shown} did not end in {limit} before the edits", check)
        if ended == "red":
            reason = f"{check.shown} was red before the edits: nothing judged, nothing committed"
            self._stop("red-before", reason, check)

    def _stop(self, status: VerifyStatus, reason: str, check: Check) -> None:
        missing = self.missing(check)
        named = f"; missing in the worktree: {', '.join(missing)}" if missing else ""
        raise _StoppedError(status, reason + named, missing)

    # ------------------------------------------------------------------ after

    def _green(self) -> Kept:
        """The sites with which every command is green, each command run with exactly these."""
        kept = tuple(site.fingerprint for site in self.batch.sites)
        judged: dict[int, Kept] = {}
        while True:
            todo = [n for n in range(len(self.checks)) if judged.get(n) != kept]
            if not todo:
                return kept
            # Those that have seen none of it first: each may drop more, and all are to see the rest.
            at = min(todo, key=lambda n: (n in judged, n))
            check = self.checks[at]
            if check.judge_after(self._holding(kept)) != "green":
                kept = self._searched(check, kept)
                check.after = "green"
            judged[at] = kept

    def _searched(self, check: Check, kept: Kept) -> Kept:
        """The sites without those that turn a command red. Raises _StoppedError where none is left."""
        if check.after == "timeout":
            reason = f"{check.shown} did not end in {check.settings.timeout:g} s with the edits"
            raise _StoppedError("timeout", reason)
        if check.before == "not-run":
            self._judge_before(check)
        units = [unit for unit in self.edits.units if set(unit) <= set(kept)]
        left = max(_MOST_TRIALS - self._trials, 0)
        found = minimise(
            units, lambda some: check.is_red(self._holding(_joined(some))), max_runs=left
        )
        self._trials += found.runs
        self._complete = self._complete and found.complete
        wanted = _joined(found.kept)
        vanished = self.edits.contents(wanted).vanished
        rest = tuple(name for name in kept if name in set(wanted) - vanished)
        self._drop(check, [name for name in kept if name not in rest])
        if not rest:
            self._none_left(check)
        return rest

    def _drop(self, check: Check, names: Sequence[str]) -> None:
        place, command, tail = check.planned.place, check.planned.command, check.tail
        gone = [site for site in self.batch.sites if site.fingerprint in names]
        self._dropped += (Dropped(site, place, command, tail) for site in gone)

    def _none_left(self, check: Check) -> None:
        """Say that all is dropped; or that the command proves nothing, as it is red without edits, too."""
        if check.is_red(self._holding(())):
            self._dropped.clear()
            reason = f"{check.shown} was green, then red with nothing changed: it cannot judge"
            self._stop("red-before", reason, check)
        check.after = "red"
        raise _StoppedError("dropped-all", f"every edit turns {check.shown} red")

    # ------------------------------------------------------------------ files and report

    def _holding(self, kept: Iterable[str]) -> Callable[[], None]:
        """Writes the files with these sites: before every run, as a command may change them."""
        files = self.edits.contents(kept).files
        return lambda: self.edits.hold(files)

    def _told(
        self,
        status: VerifyStatus,
        reason: str | None = None,
        *,
        kept: Kept = (),
        missing: tuple[str, ...] = (),
    ) -> BatchReport:
        files = self.edits.contents(kept).files if kept else {}
        none = (CheckRow(place, (), "not-run", "not-run") for place in self.without)
        return BatchReport(
            self.batch.name,
            status,
            reason,
            tuple(
                (file.path, file.before, files[file.path])
                for file in self.batch.files
                if files.get(file.path, file.before) != file.before
            ),
            tuple(site for site in self.batch.sites if site.fingerprint in kept),
            tuple(self._dropped),
            (*(check.row for check in self.checks), *none),
            missing,
            self.not_run,
            self._complete,
        )


def _joined(units: Iterable[Unit]) -> Kept:
    return tuple(name for unit in units for name in unit)
