"""The task of verifying a batch: in a work tree of its own, before the edits and after them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.checks import Check, Configured, PlannedCheck, planned_checks
from fixaudit.campaigns.edits import Edits
from fixaudit.campaigns.masking import masked
from fixaudit.campaigns.missing import missing_paths
from fixaudit.campaigns.report import BatchReport, CheckPlace, VerifyStatus
from fixaudit.campaigns.settings import VerifySettings, WorktreeSettings
from fixaudit.campaigns.verification import Verification
from fixaudit.campaigns.verify_stage import probed, stage
from fixaudit.errors import FixauditError
from fixaudit.model.task import ExecutorError, Stamp, Task, Tree

_BY_HOST = "the checks of the host decide: nothing was run here"


@dataclass(frozen=True, slots=True)
class Verify:
    """Verify one batch. The value is a `BatchReport`.

    Attributes:
        commit: the full id of the commit that the batch is worked out on.
        places: where commands are run; see `check_places`. places_not_run: dependents beyond the limit.
        select, ignore, local_code: as the batch was planned.
        configured: what the packages of the places configure, as far as it is trusted; it counts where
            the campaign has no commands of its own.
        source: the tree of the user on this machine, for `[worktree] copy`, for what a log misses, and
            for the codemods that are trusted there.
    """

    tree: Tree
    commit: str
    stamp: Stamp
    batch: Batch
    places: tuple[CheckPlace, ...]
    verify: VerifySettings
    worktree: WorktreeSettings
    select: tuple[str, ...]
    ignore: tuple[str, ...] = ()
    local_code: bool | None = None
    configured: Configured = ()
    places_not_run: int = 0
    source: str | None = None

    @property
    def key(self) -> str:
        """Of all that the value depends on, and of nothing of this machine: neither tree nor source."""
        asked = (self.verify, self.worktree, self.select, self.ignore, self.local_code)
        where = (self.places, self.places_not_run, self.configured)
        batch = (self.batch.name, self.batch.verdict, self.batch.digest, self.batch.sites)
        parts = ("verify", self.commit, self.stamp, batch, where, asked)
        return blake2b(repr(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def run(self) -> BatchReport:
        """Verify the batch; what cannot be prepared or started is told as `setup-failed`."""
        if self.verify.by == "host":
            files = ((file.path, file.before, file.after) for file in self.batch.files)
            sites = self.batch.sites
            return BatchReport(self.batch.name, "unverified", _BY_HOST, tuple(files), sites)
        try:
            return self._verified()
        except ExecutorError:
            raise
        except FixauditError as error:
            # It may quote what a command of [worktree] setup has printed.
            reason = masked(str(error), os.environ, self.verify.mask)
            return self._nothing("setup-failed", " ".join(reason.split()))

    def _verified(self) -> BatchReport:
        planned, without = planned_checks(self.places, self.verify, self.configured)
        left: list[str] = []
        with stage(self.tree, self.commit, self.worktree, self.source, left) as (top, added):
            edits = Edits(
                *(top, self.batch, self.select, self.ignore, self.local_code),
                checkout_of=None if self.source is None else Path(self.source),
            )
            edits.refuse_other_text()
            report = Verification(
                self.batch,
                edits,
                self._checks(top, planned, added),
                partial(self._missing, top),
                without,
                self.places_not_run,
                self.verify.baseline_run,
            ).report()
        return replace(report, left_behind=tuple(left))

    def _checks(
        self, top: Path, planned: Sequence[PlannedCheck], added: Mapping[str, str]
    ) -> list[Check]:
        paths = [file.path for file in self.batch.files]
        environments = probed(top, paths, planned, self.verify, added)
        pairs = zip(planned, environments, strict=True)
        return [Check(each, self.verify, top, environment) for each, environment in pairs]

    def _missing(self, top: Path, check: Check) -> tuple[str, ...]:
        return missing_paths(check.output, top, self.source, check.planned.folder)

    def parts(self) -> tuple[Task, ...]:
        """None: what is verified together is not taken apart."""
        return ()

    def joined(self, values: tuple[BatchReport, ...]) -> BatchReport:
        """Never asked for, as there are no parts."""
        raise NotImplementedError(f"{self.batch.name} has no parts, and got {len(values)} values")

    def failed(self, reason: str) -> BatchReport:
        """The value where the process that ran it ended, twice."""
        return self._nothing("crashed", reason)

    def _nothing(self, status: VerifyStatus, reason: str) -> BatchReport:
        return BatchReport(self.batch.name, status, reason, not_run=self.places_not_run)
