"""The tasks of a plan's batches: what each one needs to be verified, on this machine or another one."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from fixaudit.campaigns.affected import affected_lines
from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.places import check_places
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.verify_task import Verify
from fixaudit.campaigns.worker_code import configured, worker_tree
from fixaudit.config.resolve import ConfigResolver
from fixaudit.executors.stamp import stamp
from fixaudit.files.git_repository import Repository
from fixaudit.registry.local_code import LocalCode
from fixaudit.workspace.packages import Packages, packages


class TaskMaker:
    """Makes the tasks of one plan.

    Args:
        tree: a checkout of the plan's commit; it is read while tasks are made.
        is_shared: workers read the repository at its path here; else they clone it from the remote.
        local: what may run of the commands that packages configure.

    Raises CampaignError: there is no remote to clone from; `affected` cannot be run.
    """

    def __init__(
        self,
        repository: Repository,
        settings: CampaignSettings,
        plan: CampaignPlan,
        tree: Path,
        local: LocalCode,
        *,
        is_shared: bool = True,
    ) -> None:
        self._repository = repository
        self._settings = settings
        self._plan = plan
        self._top = tree
        self._local = local
        self._tree = worker_tree(repository, settings, plan.base, is_shared=is_shared)
        self._stamp = stamp(plan.config)
        self._resolver = ConfigResolver()

    def task(self, batch: Batch) -> Verify:
        """The task of a batch."""
        settings = self._settings
        affected = self._affected if settings.verify.scope == "affected" else None
        places, beyond = check_places(self._packages, batch, settings.verify, affected)
        return Verify(
            self._tree,
            self._plan.base,
            self._stamp,
            batch,
            places,
            settings.verify,
            settings.worktree,
            settings.select,
            settings.ignore,
            self._local.wanted,
            (
                ()
                if settings.verify.commands
                else configured(
                    self._top, self._repository.top, places, self._resolver, self._local
                )
            ),
            beyond,
            os.fspath(self._repository.top),
        )

    @cached_property
    def _packages(self) -> Packages:
        return packages(self._top, config=self._resolver.for_path(self._top))

    @cached_property
    def _affected(self) -> list[str]:
        return affected_lines(self._settings.verify, self._top, self._plan.base)
