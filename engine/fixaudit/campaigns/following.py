"""What follows the verification of batches: their publication, another try, the end of the campaign."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fixaudit.campaigns.batch_states import FAILED
from fixaudit.campaigns.core import CampaignCore
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.masking import masked
from fixaudit.campaigns.publish_report import PublishReport
from fixaudit.campaigns.publishing import publish
from fixaudit.campaigns.state import BatchState
from fixaudit.files.git_repository import GitError

Clock = Callable[[], datetime]

_OPEN = ("published", "stale", "diverged", "unknown", "verified", "unverified")


def utc_now() -> datetime:
    return datetime.now(UTC)


def publish_batches(campaign: CampaignCore, now: Clock = utc_now) -> PublishReport:
    """Push the branches of verified batches, and open requests for review, as far as limits allow.

    Raises CampaignError, GitError: nothing was published.
    """
    with campaign.store.held():
        campaign.check_trusted()
        return _published(campaign, now)


def _published(campaign: CampaignCore, now: Clock) -> PublishReport:
    plan = campaign.plan_made
    if plan is None:
        name = campaign.settings.name
        raise CampaignError(f"{name} has no plan here yet; `fixaudit campaign run {name}`")
    store = campaign.store
    states = store.states()
    known = {state.name: store.result(state.key) for state in states.values() if state.key}
    reports = {name: kept.report for name, kept in known.items() if kept is not None}
    return publish(
        *(campaign.repository, campaign.spoken, plan, states.values(), reports),
        now=now,
        save=store.keep_state,
        mask=masker(campaign),
    )


def masker(campaign: CampaignCore) -> Callable[[str], str]:
    patterns = campaign.settings.verify.mask
    return lambda text: masked(text, os.environ, patterns)


def retry(campaign: CampaignCore, names: Sequence[str] = ()) -> list[str]:
    """Have batches that failed, or whose opening did, be tried again; their names.

    Raises CampaignError: a name of none, or of one that did not fail.
    """
    with campaign.store.held():
        states = campaign.store.states()
        for name in names:
            if name not in states or not _can_be_tried(states[name]):
                known = f"is {states[name].status}" if name in states else "is not known"
                raise CampaignError(f"campaign retry {campaign.settings.name}: {name} {known}")
        found = [
            state
            for state in states.values()
            if _can_be_tried(state) and (not names or state.name in names)
        ]
        for state in found:
            again = replace(state, failures=0, retry_at=None, opening=None, reason=None)
            if state.status in FAILED:
                again = replace(again, status="planned")
                if state.key is not None:
                    campaign.store.forget_result(state.key)
            campaign.store.keep_state(again)
        return [state.name for state in found]


def _can_be_tried(state: BatchState) -> bool:
    """True where verification failed, or the host's command did, or its end is not known."""
    return state.status in FAILED or state.failures > 0 or state.opening is not None


def close(campaign: CampaignCore, *, force: bool = False) -> list[str]:
    """End a campaign: its merged branches here and its state go; what was done, in lines.

    Branches at the remote, and those that are not merged, stay. Raises CampaignError: batches are open,
    unless `force`.
    """
    name = campaign.settings.name
    with campaign.store.held():
        states = campaign.store.states()
        still = [state.name for state in states.values() if state.status in _OPEN]
        if still and not force:
            more = f" and {len(still) - 1} more" if len(still) > 1 else ""
            raise CampaignError(
                f"campaign close {name}: {still[0]}{more} not merged yet; --force ends it all the same"
            )
        lines = [line for state in states.values() for line in _removed(campaign, state)]
    campaign.store.remove()
    return [*lines, f"what was remembered of {name} is gone"]


def _removed(campaign: CampaignCore, state: BatchState) -> list[str]:
    if state.status != "merged" or state.commit is None:
        return []
    ref = f"refs/heads/{state.branch}"
    try:
        done = campaign.repository.attempt("update-ref", "-d", ref, state.commit)
    except GitError:
        return []
    return [f"{state.branch} was merged, and is removed here"] if done.returncode == 0 else []
