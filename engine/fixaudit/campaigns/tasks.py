"""The tasks of a plan's batches: what each one needs to be verified, on this machine or another one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from fixaudit.campaigns.affected import affected_lines
from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.places import check_places
from fixaudit.campaigns.remote import find_remote
from fixaudit.campaigns.report import CheckPlace
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.verify_task import Verify
from fixaudit.config.resolve import ConfigResolver
from fixaudit.executors.stamp import stamp
from fixaudit.files.git_repository import Repository
from fixaudit.model.task import GitTree, SharedPath, Tree
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
        self._tree = self._shared() if is_shared else self._cloned()
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
            () if settings.verify.commands else tuple(self._configured(places)),
            beyond,
            os.fspath(self._repository.top),
        )

    @cached_property
    def _packages(self) -> Packages:
        return packages(self._top, config=self._resolver.for_path(self._top))

    @cached_property
    def _affected(self) -> list[str]:
        return affected_lines(self._settings.verify, self._top, self._plan.base)

    def _configured(self, places: tuple[CheckPlace, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What the packages of some places configure, as far as it is trusted in the tree of the user."""
        for place in places:
            config = self._resolver.for_path(self._top / place.folder)
            home = self._repository.top / os.path.relpath(config.root, self._top)
            if config.verify and config.root == self._top / place.folder:
                for command in config.verify:
                    if not self._local.may_run(command, home):
                        problem = self._local.command_problem(command, home, self._repository.top)
                        raise CampaignError(f"{problem.path}: {problem.message}")
                yield place.folder, config.verify

    def _shared(self) -> Tree:
        return SharedPath(os.fspath(self._repository.top))

    def _cloned(self) -> Tree:
        remote = find_remote(self._repository, self._settings)
        if remote is None:
            raise CampaignError(
                f"{self._settings.name}: workers elsewhere clone the repository, and there is no remote"
                f" {self._settings.publish.push_remote}; --shared where they see this path"
            )
        found = self._repository.attempt("remote", "get-url", remote.address)
        url = remote.address if found.returncode else found.stdout.decode().strip()
        return GitTree(url, self._plan.base)
