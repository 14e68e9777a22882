"""Which batches there are already: as their branches say, besides what is remembered."""

from __future__ import annotations

from collections.abc import Mapping

from fixaudit.campaigns.from_git import branches
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.state import BatchState, BatchStatus
from fixaudit.files.git_repository import Repository


def known_batches(
    repository: Repository, settings: CampaignSettings, states: Mapping[str, BatchState]
) -> list[BatchState]:
    """The batches whose names are taken, with their files, for a plan that keeps both.

    What is remembered counts; a machine that remembers nothing goes by the branches. Raises GitError.
    """
    found = dict(states)
    for branch in branches(repository, settings):
        if branch.batch not in found:
            status: BatchStatus = "merged" if branch.on_base else "published"
            found[branch.batch] = BatchState(
                branch.batch,
                status,
                "fix" if branch.trailers is None else branch.trailers.verdict,
                files=tuple(file.path for file in branch.files),
            )
    return list(found.values())
