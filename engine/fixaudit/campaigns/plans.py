"""The plan of a campaign in a repository: kept, and made anew where what it was made of has changed."""

from __future__ import annotations

from dataclasses import replace

from fixaudit.campaigns.batch import CampaignPlan
from fixaudit.campaigns.batch_states import followed
from fixaudit.campaigns.core import CampaignCore
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.known_batches import known_batches
from fixaudit.campaigns.planning import make_plan
from fixaudit.campaigns.remote import base_commit
from fixaudit.executors.stamp import content_hash


def planned(
    campaign: CampaignCore, at: str | None, *, anew: bool = False, follow: bool = True
) -> CampaignPlan:
    """The batches at the tip of the base branch, or at the commit `at`; by who holds the store.

    A plan that was made of the same commit and configuration is taken as it is, unless `anew`. Unless
    `follow`, the states stay as they are. Raises CampaignError, ConfigError, GitError.
    """
    base = _base(campaign, at)
    made_with = f"{content_hash()} {campaign.settings!r}"
    kept = campaign.store.plan()
    if anew or kept is None or (kept.base, kept.made_with) != (base, made_with):
        known = known_batches(campaign.repository, campaign.settings, campaign.store.states())
        with campaign.tree(base) as tree:
            plan = make_plan(
                *(tree, base, campaign.settings),
                speed=campaign.speed,
                known=known,
                local_code=campaign.local.wanted,
            )
        kept = replace(plan, made_with=made_with)
        campaign.store.keep_plan(kept)
    if follow:
        states = campaign.store.states()
        campaign.store.keep_states(followed(kept, states.values(), campaign.settings))
    return kept


def _base(campaign: CampaignCore, at: str | None) -> str:
    if at is None:
        return base_commit(campaign.repository, campaign.settings)
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{at}^{{commit}}")
    found = campaign.repository.attempt(*asked)
    if found.returncode:
        raise CampaignError(f"--at {at}: git knows no such commit in {campaign.repository.top}")
    return found.stdout.decode().strip()
