"""The run of a campaign: its batches verified, each in a work tree of its own, and branches of what is green."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.batch_states import chosen
from fixaudit.campaigns.core import CampaignCore
from fixaudit.campaigns.plans import planned
from fixaudit.campaigns.run_options import DEFAULTS, RunOptions
from fixaudit.campaigns.running import BatchRun, Settler, results
from fixaudit.campaigns.store import KeptResult
from fixaudit.campaigns.tasks import TaskMaker
from fixaudit.campaigns.work_folders import clear_leftovers
from fixaudit.executors.choose import open_executor
from fixaudit.model.task import Executor
from fixaudit.pipeline.execution import processors

Told = Callable[[BatchRun], None]


def run_batches(
    campaign: CampaignCore, options: RunOptions = DEFAULTS, told: Told | None = None
) -> list[BatchRun]:
    """Verify batches, each in a work tree of its own, and make branches of what stays green.

    Results are kept as they come: a run that was killed goes on where it was. `told` hears of every
    batch at its end. Raises CampaignError, ExecutorError, GitError.
    """
    with campaign.store.held():
        campaign.check_trusted()
        plan = planned(campaign, options.at)
        states = campaign.store.states()
        batches = chosen(plan, states, options.batches, options.limit)
        settler = Settler(campaign.repository, campaign.spoken, campaign.store, plan)
        found = []
        for batch, kept, is_reused in verified(campaign, plan, batches, options):
            found.append(settler.settle(batch, kept, is_reused=is_reused))
            if told is not None:
                told(found[-1])
        return found


def verified(
    campaign: CampaignCore, plan: CampaignPlan, batches: Sequence[Batch], options: RunOptions
) -> Iterator[tuple[Batch, KeptResult, bool]]:
    """What some batches of the plan came to, as they end; True for what was known before. Raises as `run`."""
    if not batches:
        return
    shared = _is_shared(options)
    with campaign.tree(plan.base) as tree:
        maker = TaskMaker(
            *(campaign.repository, campaign.settings, plan, tree, campaign.local), is_shared=shared
        )
        tasks = [maker.task(batch) for batch in batches]
    for task, kept, is_reused in results(
        tasks, campaign.store, lambda: _executor(campaign, options)
    ):
        if not is_reused:
            campaign.left += kept.report.left_behind
        yield task.batch, kept, is_reused
    if shared:
        clear_leftovers(campaign.repository, campaign.left)


def _executor(campaign: CampaignCore, options: RunOptions) -> Executor:
    most = campaign.settings.verify.max_parallel
    jobs = options.jobs if most is None else min(options.jobs or processors(), most)
    return open_executor(options.executor, jobs=jobs, insecure=options.insecure)


def _is_shared(options: RunOptions) -> bool:
    if options.shared is not None:
        return options.shared
    host = options.executor.partition("://")[2].rpartition(":")[0]
    return host in ("", "localhost", "127.0.0.1", "[::1]")
