"""A campaign over several repositories: the same file, in each of them, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from fixaudit.campaigns.campaign import Campaign
from fixaudit.campaigns.repositories import RepositoryEntry, obtain, repositories
from fixaudit.files.state_folders import own_state


def campaigns_of(campaign: Campaign) -> Iterator[tuple[str, Callable[[], Campaign]]]:
    """The name of every repository, and what makes its campaign, which may raise.

    Without `[repos]` it is the campaign itself, named "". Raises CampaignError: the list cannot be read.
    """
    settings = campaign.settings
    if not settings.repos.list and not settings.repos.folder:
        yield "", lambda: campaign
        return
    folder = own_state(campaign.repository.top) / "campaigns" / settings.name / "clones"
    for entry in repositories(settings):
        yield entry.name, partial(_obtained, campaign, entry, folder)


def _obtained(campaign: Campaign, entry: RepositoryEntry, folder: Path) -> Campaign:
    return campaign.elsewhere(obtain(entry, folder))
