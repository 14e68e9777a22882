"""From the batches of a plan to the tasks that verify them, and from their reports to branches and states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.branches import BranchInUseError, commit_batch
from fixaudit.campaigns.commit_text import commit_message
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.state import BatchState, BatchStatus
from fixaudit.campaigns.store import CampaignStore, KeptResult
from fixaudit.campaigns.verify_task import Verify
from fixaudit.files.git_errors import GitError
from fixaudit.files.git_repository import Repository
from fixaudit.model.task import Executor

COMMITTED = ("verified", "unverified")


@dataclass(frozen=True, slots=True)
class BatchRun:
    """One batch of a run: what it was, what it came to, and whether that was known before."""

    batch: Batch
    kept: KeptResult
    state: BatchState
    is_reused: bool = False

    @property
    def is_committed(self) -> bool:
        """True where its branch holds what was verified."""
        return self.state.status in COMMITTED


def results(
    tasks: Sequence[Verify], store: CampaignStore, executor: Callable[[], Executor]
) -> Iterator[tuple[Verify, KeptResult, bool]]:
    """The result of every task, known ones first; True where it was. Others are kept as they come.

    The executor is opened only where something is to be computed.
    """
    todo: dict[str, Verify] = {}
    for task in tasks:
        known = store.result(task.key)
        if known is None:
            todo[task.key] = task
        else:
            yield task, known, True
    if not todo:
        return
    opened = executor()
    try:
        for found in opened.map(todo.values()):
            kept = KeptResult(found.key, found.value, found.seconds, found.worker, found.attempt)
            store.keep_result(kept)
            yield todo[found.key], kept, False
    finally:
        opened.close()


@dataclass(frozen=True, slots=True)
class Settler:
    """Makes branches of what was verified, and keeps the state of every batch."""

    repository: Repository
    settings: CampaignSettings
    store: CampaignStore
    plan: CampaignPlan

    def settle(self, batch: Batch, kept: KeptResult, *, is_reused: bool = False) -> BatchRun:
        """Commit a batch on its branch, where its report says so; and note what became of it."""
        known = self.store.states().get(batch.name)
        state = replace(_of_report(batch, kept, self.settings, known), base=self.plan.base)
        if kept.report.status in COMMITTED:
            state = self._committed(batch, kept.report, state)
        self.store.keep_state(state)
        return BatchRun(batch, kept, state, is_reused)

    def _committed(self, batch: Batch, report: BatchReport, state: BatchState) -> BatchState:
        message = commit_message(self.settings, batch, report)
        try:
            made = commit_batch(
                self.repository, self.settings, self.plan.base, batch, report, message
            )
        except BranchInUseError as error:
            # What was verified is known: the next run has only the branch to move.
            status: BatchStatus = "planned" if state.pushed is None else "stale"
            return replace(state, status=status, reason=str(error))
        except (CampaignError, GitError) as error:
            return replace(state, status="diverged", reason=str(error))
        return replace(state, commit=made, digest=report.digest)


def _of_report(
    batch: Batch, kept: KeptResult, settings: CampaignSettings, known: BatchState | None
) -> BatchState:
    report = kept.report
    # Of one that failed, what is still to be mended counts.
    sites = report.kept if report.status in COMMITTED else batch.sites
    dropped = tuple(entry.site.fingerprint for entry in report.dropped)
    return replace(
        known or BatchState(batch.name, "planned"),
        status=report.status,
        verdict=batch.verdict,
        owners=batch.owners,
        packages=batch.packages,
        files=tuple(file.path for file in batch.files),
        lines=batch.lines,
        findings=tuple(site.fingerprint for site in sites if site.fingerprint not in dropped),
        dropped=dropped,
        branch=settings.branch(batch.name),
        reason=report.reason,
        planned=batch.digest,
        key=kept.key,
    )


def ledger(reports: Iterable[BatchReport]) -> bytes:
    """What a run came to, one JSON line a batch by name, without anything that differs between runs."""
    import json

    rows = [
        {
            "batch": report.batch,
            "status": report.status,
            "digest": report.digest,
            "kept": [site.fingerprint for site in report.kept],
            "dropped": [entry.site.fingerprint for entry in report.dropped],
        }
        for report in sorted(reports, key=lambda each: each.batch)
    ]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
