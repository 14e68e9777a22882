"""What follows the verification of batches: their publication, what became of them, their end."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fixaudit.campaigns.campaign import DEFAULTS, Campaign, RunOptions, Told
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.host_command import Host, HostStatus, HostValues
from fixaudit.campaigns.masking import masked
from fixaudit.campaigns.publish_report import PublishReport
from fixaudit.campaigns.publishing import publish
from fixaudit.campaigns.remote import fetch
from fixaudit.campaigns.running import FAILED, BatchRun
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.surroundings import Surroundings
from fixaudit.campaigns.syncing import SyncReport, sync
from fixaudit.campaigns.work_folders import plan_tree
from fixaudit.files.git_repository import GitError

Clock = Callable[[], datetime]

_OPEN = ("published", "stale", "diverged", "unknown", "verified", "unverified")


@dataclass(frozen=True, slots=True)
class SyncDone:
    """What `synchronise` found and did: `runs` are the stale batches that were verified again."""

    found: SyncReport
    runs: tuple[BatchRun, ...] = ()
    published: PublishReport | None = None


def utc_now() -> datetime:
    return datetime.now(UTC)


def publish_batches(campaign: Campaign, now: Clock = utc_now) -> PublishReport:
    """Push the branches of verified batches, and open requests for review, as far as limits allow.

    Raises CampaignError, GitError: nothing was published.
    """
    with campaign.store.held():
        campaign.check_trusted()
        return _published(campaign, now)


def _published(campaign: Campaign, now: Clock) -> PublishReport:
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
        mask=_masker(campaign),
    )


def _masker(campaign: Campaign) -> Callable[[str], str]:
    patterns = campaign.settings.verify.mask
    return lambda text: masked(text, os.environ, patterns)


def synchronise(
    campaign: Campaign,
    options: RunOptions = DEFAULTS,
    told: Told | None = None,
    now: Clock = utc_now,
    *,
    acting: bool = True,
) -> SyncDone:
    """Learn from the remote how every batch stands; with `acting` compute anew what is stale, and publish.

    Raises CampaignError, GitError, ExecutorError: the states are as they were before that step.
    """
    fetch(campaign.repository, campaign.settings)
    with campaign.store.held():
        found = _synchronised(campaign, acting=acting)
    if not acting or not (found.recompute or campaign.settings.publish.command):
        return SyncDone(found)
    runs: list[BatchRun] = []
    if found.recompute:
        names = replace(options, batches=found.recompute)
        runs = campaign.run(names, told)
    return SyncDone(found, tuple(runs), publish_batches(campaign, now))


def _synchronised(campaign: Campaign, *, acting: bool) -> SyncReport:
    store = campaign.store
    states = tuple(store.states().values())
    plan = campaign.planned(None, follow=False)
    host = _asking(campaign) if acting else lambda state: None
    with _Descriptions(campaign, plan.base) as describe:
        found = sync(
            *(campaign.repository, campaign.settings, plan, states), host=host, describe=describe
        )
    store.keep_states(found.states)
    if found.replan:
        campaign.planned(None, anew=True, follow=True)
    return found


class _Descriptions:
    """Owners and packages of paths on the base; a work tree is made for the first question only."""

    def __init__(self, campaign: Campaign, base: str) -> None:
        self._campaign = campaign
        self._base = base
        self._held = ExitStack()
        self._around: Surroundings | None = None

    def __enter__(self) -> _Descriptions:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def __call__(self, paths: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if self._around is None:
            tree = self._held.enter_context(plan_tree(self._campaign.repository, self._base))
            self._around = Surroundings(tree)
        owners = {owner for path in paths for owner in self._around.owners(path)}
        packages = {self._around.package(path) for path in paths}
        return tuple(sorted(owners)), tuple(sorted(packages))


def _asking(campaign: Campaign) -> Callable[[BatchState], HostStatus | None]:
    """What asks the host of one batch; nothing where there is no command, or it may not run."""
    settings = campaign.settings.publish
    if not settings.status_command or not campaign.is_trusted:
        return lambda state: None
    host = Host(settings, campaign.repository.top, _masker(campaign))

    def ask(state: BatchState) -> HostStatus | None:
        values = HostValues(
            *(state.branch, settings.base, state.name, campaign.settings.name),
            settings.push_remote,
        )
        found = host.status(values)
        return None if found.state in ("none", "unknown") else found

    return ask


def retry(campaign: Campaign, names: Sequence[str] = ()) -> list[str]:
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


def close(campaign: Campaign, *, force: bool = False) -> list[str]:
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


def _removed(campaign: Campaign, state: BatchState) -> list[str]:
    if state.status != "merged" or state.commit is None:
        return []
    ref = f"refs/heads/{state.branch}"
    try:
        done = campaign.repository.attempt("update-ref", "-d", ref, state.commit)
    except GitError:
        return []
    return [f"{state.branch} was merged, and is removed here"] if done.returncode == 0 else []
