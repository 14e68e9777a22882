"""From the batches of a plan to the tasks that verify them, and from their reports to branches and states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.branches import commit_batch
from fixaudit.campaigns.commit_text import commit_message
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.store import CampaignStore, KeptResult
from fixaudit.campaigns.verify_task import Verify
from fixaudit.files.git_errors import GitError
from fixaudit.files.git_repository import Repository
from fixaudit.model.task import Executor
from fixaudit.text.suggest import did_you_mean

COMMITTED = ("verified", "unverified")
RUNNABLE = ("planned", "stale")
FAILED = ("red-before", "dropped-all", "timeout", "setup-failed", "crashed")


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
        except (CampaignError, GitError) as error:
            return replace(state, status="diverged", reason=str(error))
        return replace(state, commit=made, digest=report.digest)


def _of_report(
    batch: Batch, kept: KeptResult, settings: CampaignSettings, known: BatchState | None
) -> BatchState:
    report = kept.report
    return replace(
        known or BatchState(batch.name, "planned"),
        status=report.status,
        verdict=batch.verdict,
        owners=batch.owners,
        packages=batch.packages,
        files=tuple(file.path for file in batch.files),
        lines=batch.lines,
        findings=_findings(batch, report),
        dropped=tuple(entry.site.fingerprint for entry in report.dropped),
        branch=settings.branch(batch.name),
        reason=report.reason,
        planned=batch.digest,
        key=kept.key,
    )


def _findings(batch: Batch, report: BatchReport) -> tuple[str, ...]:
    """Those that its commit mends; without a commit those that it was to mend, and that no test took out."""
    if report.status in COMMITTED:
        return tuple(site.fingerprint for site in report.kept)
    dropped = {entry.site.fingerprint for entry in report.dropped}
    return tuple(s.fingerprint for s in batch.sites if s.fingerprint not in dropped)


def followed(
    plan: CampaignPlan, states: Iterable[BatchState], settings: CampaignSettings
) -> list[BatchState]:
    """The states of batches once there is another plan.

    What was verified stands while the plan changes the same bytes. What has a branch that somebody may be
    looking at stays as it is: `sync` judges it. Batches that the plan has no more, and nobody has seen, go.
    """
    known = {state.name: state for state in states}
    found = {
        name: state
        for name, state in known.items()
        if state.pushed is not None or (state.commit is not None and plan.batch(name) is None)
    }
    for batch in plan.batches:
        state = known.get(batch.name)
        if batch.name not in found and (state is None or state.planned != batch.digest):
            state = _planned(batch, settings, state)
        found.setdefault(batch.name, state or _planned(batch, settings, None))
    return list(found.values())


def _planned(batch: Batch, settings: CampaignSettings, known: BatchState | None) -> BatchState:
    return BatchState(
        batch.name,
        "waits" if batch.waits_for else "planned",
        batch.verdict,
        batch.owners,
        batch.packages,
        tuple(file.path for file in batch.files),
        batch.lines,
        tuple(site.fingerprint for site in batch.sites),
        branch=settings.branch(batch.name),
        commit=None if known is None else known.commit,
        reason=f"waits for {', '.join(batch.waits_for)}" if batch.waits_for else None,
        planned=batch.digest,
    )


def chosen(
    plan: CampaignPlan, states: dict[str, BatchState], names: Sequence[str], limit: int | None
) -> list[Batch]:
    """The batches of a run: the named ones, or the first `limit` of those that are to be done.

    Raises CampaignError for a name that the plan does not have.
    """
    if names:
        found = named_batches(plan, names)
        for batch in found:
            if batch.waits_for:
                first = ", ".join(batch.waits_for)
                told = f"{batch.name} waits for {first}: it changes the same files on top of that"
                raise CampaignError(told)
    else:
        found = [b for b in plan.batches if states[b.name].status in RUNNABLE]
    return found if limit is None else found[:limit]


def named_batches(plan: CampaignPlan, names: Sequence[str]) -> list[Batch]:
    """The batches of some names; all, where none is given. Raises CampaignError for an unknown one."""
    found = []
    for name in dict.fromkeys(names):
        batch = plan.batch(name)
        if batch is None:
            near = did_you_mean(name, [each.name for each in plan.batches])
            raise CampaignError(f"the plan of {plan.campaign} has no batch {name}{near}")
        found.append(batch)
    return found or list(plan.batches)


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
