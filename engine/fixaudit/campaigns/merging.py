"""A run in parts, on machines that need no engine between them, and the parts put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fixaudit.campaigns.core import CampaignCore
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.plans import planned
from fixaudit.campaigns.run_options import DEFAULTS, RunOptions
from fixaudit.campaigns.running import BatchRun, Settler
from fixaudit.campaigns.shards import (
    ShardResults,
    merged,
    part_of,
    plan_digest,
    read_shards,
    write_shard,
)
from fixaudit.campaigns.verifying import Told, verified


def run_shard(
    campaign: CampaignCore, shard: tuple[int, int], folder: Path, options: RunOptions = DEFAULTS
) -> Path:
    """Verify the i-th of n parts of the batches, and write the results into a file in `folder`.

    No branch is made: `merge` does that. Raises as `run`.
    """
    with campaign.store.held():
        campaign.check_trusted()
        plan = planned(campaign, options.at)
        ready = [batch for batch in plan.batches if not batch.waits_for]
        kept = [kept for _, kept, _ in verified(campaign, plan, part_of(ready, shard), options)]
        found = ShardResults(
            campaign.settings.name,
            plan.base,
            plan.config,
            plan_digest(plan),
            *shard,
            tuple(batch.name for batch in ready),
            tuple(sorted(kept, key=lambda each: each.report.batch)),
        )
        return write_shard(folder, found)


def merge(
    campaign: CampaignCore, paths: Sequence[Path], told: Told | None = None
) -> list[BatchRun]:
    """Make branches of what the shards verified. Raises CampaignError: one is missing or differs."""
    shards = read_shards(paths)
    found = merged(shards, campaign.settings.name)
    with campaign.store.held():
        plan = planned(campaign, shards[0].base)
        if plan_digest(plan) != shards[0].plan or plan.config != shards[0].config:
            raise CampaignError(
                f"campaign merge {campaign.settings.name}: the shards were run with another"
                " configuration or version than this one"
            )
        settler = Settler(campaign.repository, campaign.spoken, campaign.store, plan)
        runs = []
        for kept in found:
            campaign.store.keep_result(kept)
            batch = plan.batch(kept.report.batch)
            assert batch is not None  # the plans are equal
            runs.append(settler.settle(batch, kept))
            if told is not None:
                told(runs[-1])
        return runs
