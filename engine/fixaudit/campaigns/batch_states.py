"""The states of a plan's batches, and which of them are to be run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.state import BatchState
from fixaudit.text.suggest import did_you_mean

RUNNABLE = ("planned", "stale")
FAILED = ("red-before", "dropped-all", "timeout", "setup-failed", "crashed")


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
