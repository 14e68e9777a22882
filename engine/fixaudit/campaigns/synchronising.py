"""What became of published batches, learnt from the remote; and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from fixaudit.campaigns.core import CampaignCore
from fixaudit.campaigns.following import Clock, masker, publish_batches, utc_now
from fixaudit.campaigns.host_command import Host, HostStatus, HostValues
from fixaudit.campaigns.plans import planned
from fixaudit.campaigns.publish_report import PublishReport
from fixaudit.campaigns.remote import fetch
from fixaudit.campaigns.run_options import DEFAULTS, RunOptions
from fixaudit.campaigns.running import BatchRun
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.surroundings import Surroundings
from fixaudit.campaigns.syncing import SyncReport, sync
from fixaudit.campaigns.verifying import Told, run_batches


@dataclass(frozen=True, slots=True)
class SyncDone:
    """What `synchronise` found and did: `runs` are the stale batches that were verified again."""

    found: SyncReport
    runs: tuple[BatchRun, ...] = ()
    published: PublishReport | None = None


def synchronise(
    campaign: CampaignCore,
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
        runs = run_batches(campaign, names, told)
    return SyncDone(found, tuple(runs), publish_batches(campaign, now))


def _synchronised(campaign: CampaignCore, *, acting: bool) -> SyncReport:
    store = campaign.store
    states = tuple(store.states().values())
    plan = planned(campaign, None, follow=False)
    host = _asking(campaign) if acting else lambda state: None
    with _Descriptions(campaign, plan.base) as describe:
        found = sync(
            *(campaign.repository, campaign.settings, plan, states), host=host, describe=describe
        )
    store.keep_states(found.states)
    if found.replan:
        planned(campaign, None, anew=True, follow=True)
    return found


class _Descriptions:
    """Owners and packages of paths on the base; a work tree is made for the first question only."""

    def __init__(self, campaign: CampaignCore, base: str) -> None:
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
            tree = self._held.enter_context(self._campaign.tree(self._base))
            self._around = Surroundings(tree)
        owners = {owner for path in paths for owner in self._around.owners(path)}
        packages = {self._around.package(path) for path in paths}
        return tuple(sorted(owners)), tuple(sorted(packages))


def _asking(campaign: CampaignCore) -> Callable[[BatchState], HostStatus | None]:
    """What asks the host of one batch; nothing where there is no command, or it may not run."""
    settings = campaign.settings.publish
    if not settings.status_command or not campaign.is_trusted:
        return lambda state: None
    host = Host(settings, campaign.repository.top, masker(campaign))

    def ask(state: BatchState) -> HostStatus | None:
        values = HostValues(
            *(state.branch, settings.base, state.name, campaign.settings.name),
            settings.push_remote,
        )
        found = host.status(values)
        return None if found.state in ("none", "unknown") else found

    return ask
