"""`fixaudit.Campaign`: findings in batches, each with its own branch, tests and reviewers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fixaudit.campaigns.batch import CampaignPlan
from fixaudit.campaigns.core import CampaignCore
from fixaudit.campaigns.following import close, publish_batches, retry
from fixaudit.campaigns.merging import merge, run_shard
from fixaudit.campaigns.plans import planned
from fixaudit.campaigns.publish_report import PublishReport
from fixaudit.campaigns.run_options import DEFAULTS, RunOptions
from fixaudit.campaigns.running import BatchRun
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.synchronising import SyncDone, synchronise
from fixaudit.campaigns.verifying import Told, run_batches


class Campaign(CampaignCore):
    """One campaign in one repository.

    The tree, the index and the branch of the user are never touched: plans and tests are made in work trees
    elsewhere, and only branches of the campaign's own name are moved.

    Args:
        name: of the file `campaigns/NAME.toml`.
        root: a folder of the repository.
        local_code: True trusts what the campaign and the repository run, for this once; False runs none of
            it; None what is trusted.

    Raises:
        CampaignError, ConfigError: no repository, no such campaign, or one that cannot be used.
    """

    def plan(self, at: str | None = None, *, anew: bool = False) -> CampaignPlan:
        """The batches at the tip of the base branch, or at the commit `at`.

        A plan that was made of the same commit and configuration is taken as it is, unless `anew`.
        Raises CampaignError, ConfigError, GitError.
        """
        with self.store.held():
            return planned(self, at, anew=anew)

    def run(self, options: RunOptions = DEFAULTS, told: Told | None = None) -> list[BatchRun]:
        """Verify batches, each in a work tree of its own, and make branches of what stays green.

        Results are kept as they come: a run that was killed goes on where it was. `told` hears of every
        batch at its end. Raises CampaignError, ExecutorError, GitError.
        """
        return run_batches(self, options, told)

    def run_shard(
        self, shard: tuple[int, int], folder: Path, options: RunOptions = DEFAULTS
    ) -> Path:
        """Verify the i-th of n parts of the batches, and write the results into a file in `folder`.

        No branch is made: `merge` does that. Raises as `run`.
        """
        return run_shard(self, shard, folder, options)

    def merge(self, paths: Sequence[Path], told: Told | None = None) -> list[BatchRun]:
        """Make branches of what the shards verified. Raises CampaignError: one is missing or differs."""
        return merge(self, paths, told)

    def publish(self) -> PublishReport:
        """Push the branches of verified batches, and open requests for review, as far as limits allow.

        Raises CampaignError, GitError: nothing was published.
        """
        return publish_batches(self)

    def sync(
        self,
        options: RunOptions = DEFAULTS,
        told: Told | None = None,
        *,
        acting: bool = True,
    ) -> SyncDone:
        """Learn from the remote how every batch stands; with `acting` compute anew what is stale, and publish.

        Raises CampaignError, GitError, ExecutorError: the states are as they were before that step.
        """
        return synchronise(self, options, told, acting=acting)

    def status(self) -> tuple[BatchState, ...]:
        """The batches by name and how each one stands, as this machine knows it; `sync` asks the remote."""
        states = self.store.states()
        return tuple(states[name] for name in sorted(states))

    def retry(self, names: Sequence[str] = ()) -> list[str]:
        """Have batches that failed, or whose opening did, be tried again by `run` or `publish`; their names.

        Raises CampaignError: a name of none, or of one that did not fail.
        """
        return retry(self, names)

    def close(self, *, force: bool = False) -> list[str]:
        """End a campaign: merged branches here and its state go; what was done, in lines.

        Branches at the remote, and those that are not merged, stay. Raises CampaignError: batches are
        open, unless `force`.
        """
        return close(self, force=force)
