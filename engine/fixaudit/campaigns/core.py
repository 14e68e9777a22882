"""A campaign in a repository: its settings, what may run of it, and what is remembered of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self

from fixaudit.campaigns.batch import CampaignPlan
from fixaudit.campaigns.definition import read_campaign
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.store import CampaignStore
from fixaudit.campaigns.trusted import check_trusted
from fixaudit.campaigns.words import with_words
from fixaudit.campaigns.work_folders import plan_tree
from fixaudit.files.git_repository import Repository, find_repository
from fixaudit.pipeline.execution import Speed
from fixaudit.registry.local_code import LocalCode


class CampaignCore:
    """What all that is done with a campaign rests on: see `fixaudit.Campaign`.

    Attributes:
        left: one line for each work tree that could not be removed, in whatever repository.
    """

    def __init__(
        self,
        name: str,
        root: Path | str = ".",
        *,
        local_code: bool | None = None,
        speed: Speed | None = None,
    ) -> None:
        self.repository = repository_of_user(Path(root))
        self.settings = read_campaign(self.repository.top, name)
        self.reviewed = self.settings
        self.local = LocalCode(local_code)
        self.speed = speed or Speed()
        self.left: list[str] = []
        self.store = CampaignStore(self.repository.top, name)

    def elsewhere(self, repository: Repository) -> Self:
        """The same campaign in another repository, as `[repos]` lists them."""
        made = copy(self)
        made.__dict__.pop("spoken", None)
        made.repository = repository
        made.settings = replace(self.settings, root=repository.top)
        made.store = CampaignStore(repository.top, self.settings.name)
        return made

    @cached_property
    def spoken(self) -> CampaignSettings:
        """The settings with the words of the codemods, for what reviewers read."""
        return with_words(self.settings, self.repository.top)

    @property
    def plan_made(self) -> CampaignPlan | None:
        """The plan made last, whatever has become of the base since; None without one."""
        return self.store.plan()

    def tree(self, base: str) -> AbstractContextManager[Path]:
        """A work tree at the commit, for plans and for what depends on the packages."""
        return plan_tree(self.repository, base, self.left)

    def check_trusted(self) -> None:
        """Raise CampaignError where the campaign's commands may not run."""
        # What was reviewed is the file, be it that it is run in another repository.
        check_trusted(self.reviewed, self.local)

    @property
    def is_trusted(self) -> bool:
        try:
            self.check_trusted()
        except CampaignError:
            return False
        return True


def repository_of_user(folder: Path) -> Repository:
    """The repository that a folder belongs to. Raises CampaignError, GitError."""
    found = find_repository(folder)
    if found is None:
        raise CampaignError(
            f"{folder.absolute()}: a campaign needs a git repository with its files checked out; there is none"
        )
    return found
