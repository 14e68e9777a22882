"""`fixaudit.Campaign`: findings in batches, each with its own branch, tests and reviewers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.definition import read_campaign
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.known_batches import known_batches
from fixaudit.campaigns.planning import make_plan
from fixaudit.campaigns.remote import base_commit
from fixaudit.campaigns.running import BatchRun, Settler, chosen, followed, results
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.shards import (
    ShardResults,
    merged,
    part_of,
    plan_digest,
    read_shards,
    write_shard,
)
from fixaudit.campaigns.store import CampaignStore, KeptResult
from fixaudit.campaigns.tasks import TaskMaker
from fixaudit.campaigns.trusted import check_trusted
from fixaudit.campaigns.words import with_words
from fixaudit.campaigns.work_folders import clear_leftovers, plan_tree
from fixaudit.executors.choose import open_executor
from fixaudit.executors.stamp import content_hash
from fixaudit.files.git_repository import Repository, find_repository
from fixaudit.model.task import Executor
from fixaudit.pipeline.execution import Speed
from fixaudit.registry.local_code import LocalCode

Told = Callable[[BatchRun], None]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a campaign is run.

    Attributes:
        batches: names; () for all that are to be done. limit: at most so many.
        jobs: processes, where the executor is `local`. executor: a name as `open_executor` takes it.
        insecure: plain TCP to a scheduler elsewhere is allowed.
        at: the commit to plan at; None for the base branch as it is.
        shared: whether workers read the repository at its path here; None: where they are on this machine.
    """

    batches: tuple[str, ...] = ()
    limit: int | None = None
    jobs: int | None = None
    executor: str = "local"
    insecure: bool = False
    at: str | None = None
    shared: bool | None = None


DEFAULTS = RunOptions()


class Campaign:
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
        self.store = CampaignStore(self.repository.top, name)

    def elsewhere(self, repository: Repository) -> Campaign:
        """The same campaign in another repository, as `[repos]` lists them."""
        made = copy(self)
        made.__dict__.pop("spoken", None)
        made.repository = repository
        made.settings = replace(self.settings, root=repository.top)
        made.store = CampaignStore(repository.top, self.settings.name)
        return made

    @cached_property
    def spoken(self) -> CampaignSettings:
        """The settings with a title and a why for reviewers: the codemods' own, where there is none."""
        return with_words(self.settings, self.repository.top)

    # ------------------------------------------------------------------ plan

    def plan(self, at: str | None = None, *, anew: bool = False) -> CampaignPlan:
        """The batches at the tip of the base branch, or at the commit `at`.

        A plan that was made of the same commit and configuration is taken as it is, unless `anew`.
        Raises CampaignError, ConfigError, GitError.
        """
        with self.store.held():
            return self.planned(at, anew=anew)

    @property
    def plan_made(self) -> CampaignPlan | None:
        """The plan made last, whatever has become of the base since; None without one."""
        return self.store.plan()

    def planned(self, at: str | None, *, anew: bool = False, follow: bool = True) -> CampaignPlan:
        """As `plan`, by who holds the store; unless `follow`, the states stay as they are."""
        base = self._base(at)
        made_with = f"{content_hash()} {self.settings!r}"
        kept = self.store.plan()
        if anew or kept is None or (kept.base, kept.made_with) != (base, made_with):
            known = known_batches(self.repository, self.settings, self.store.states())
            with self._tree(base) as tree:
                plan = make_plan(
                    *(tree, base, self.settings),
                    speed=self.speed,
                    known=known,
                    local_code=self.local.wanted,
                )
            kept = replace(plan, made_with=made_with)
            self.store.keep_plan(kept)
        if follow:
            states = self.store.states()
            self.store.keep_states(followed(kept, states.values(), self.settings))
        return kept

    def _base(self, at: str | None) -> str:
        if at is None:
            return base_commit(self.repository, self.settings)
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{at}^{{commit}}")
        found = self.repository.attempt(*asked)
        if found.returncode:
            raise CampaignError(f"--at {at}: git knows no such commit in {self.repository.top}")
        return found.stdout.decode().strip()

    @contextmanager
    def _tree(self, base: str) -> Iterator[Path]:
        """A work tree at the commit, for plans and for what depends on the packages."""
        with plan_tree(self.repository, base) as tree:
            yield tree

    # ------------------------------------------------------------------ run

    def run(self, options: RunOptions = DEFAULTS, told: Told | None = None) -> list[BatchRun]:
        """Verify batches, each in a work tree of its own, and make branches of what stays green.

        Results are kept as they come: a run that was killed goes on where it was. `told` hears of every
        batch at its end. Raises CampaignError, ExecutorError, GitError.
        """
        with self.store.held():
            self.check_trusted()
            plan = self.planned(options.at)
            states = self.store.states()
            batches = chosen(plan, states, options.batches, options.limit)
            settler = Settler(self.repository, self.spoken, self.store, plan)
            found = []
            for batch, kept, is_reused in self._results(plan, batches, options):
                found.append(settler.settle(batch, kept, is_reused=is_reused))
                if told is not None:
                    told(found[-1])
            return found

    def _results(
        self, plan: CampaignPlan, batches: Sequence[Batch], options: RunOptions
    ) -> Iterator[tuple[Batch, KeptResult, bool]]:
        if not batches:
            return
        shared = self._is_shared(options)
        with self._tree(plan.base) as tree:
            maker = TaskMaker(
                *(self.repository, self.settings, plan, tree, self.local), is_shared=shared
            )
            tasks = [maker.task(batch) for batch in batches]
        for task, kept, is_reused in results(tasks, self.store, lambda: self._executor(options)):
            yield task.batch, kept, is_reused
        if shared:
            clear_leftovers(self.repository)

    def _executor(self, options: RunOptions) -> Executor:
        most = self.settings.verify.max_parallel
        jobs = options.jobs or len(os.sched_getaffinity(0))
        jobs = jobs if most is None else min(jobs, most)
        return open_executor(options.executor, jobs=jobs, insecure=options.insecure)

    def _is_shared(self, options: RunOptions) -> bool:
        if options.shared is not None:
            return options.shared
        host = options.executor.partition("://")[2].rpartition(":")[0]
        return host in ("", "localhost", "127.0.0.1", "[::1]")

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

    # ------------------------------------------------------------------ shards

    def run_shard(
        self, shard: tuple[int, int], folder: Path, options: RunOptions = DEFAULTS
    ) -> Path:
        """Verify the i-th of n parts of the batches, and write the results into a file in `folder`.

        No branch is made: `merge` does that. Raises as `run`.
        """
        with self.store.held():
            self.check_trusted()
            plan = self.planned(options.at)
            ready = [batch for batch in plan.batches if not batch.waits_for]
            kept = [kept for _, kept, _ in self._results(plan, part_of(ready, shard), options)]
            found = ShardResults(
                self.settings.name,
                plan.base,
                plan.config,
                plan_digest(plan),
                *shard,
                tuple(batch.name for batch in ready),
                tuple(sorted(kept, key=lambda each: each.report.batch)),
            )
            return write_shard(folder, found)

    def merge(self, paths: Sequence[Path], told: Told | None = None) -> list[BatchRun]:
        """Make branches of what the shards verified. Raises CampaignError: one is missing or differs."""
        shards = read_shards(paths)
        found = merged(shards, self.settings.name)
        with self.store.held():
            plan = self.planned(shards[0].base)
            if plan_digest(plan) != shards[0].plan or plan.config != shards[0].config:
                raise CampaignError(
                    f"campaign merge {self.settings.name}: the shards were run with another"
                    " configuration or version than this one"
                )
            settler = Settler(self.repository, self.spoken, self.store, plan)
            runs = []
            for kept in found:
                self.store.keep_result(kept)
                batch = plan.batch(kept.report.batch)
                assert batch is not None  # the plans are equal
                runs.append(settler.settle(batch, kept))
                if told is not None:
                    told(runs[-1])
            return runs


def repository_of_user(folder: Path) -> Repository:
    """The repository that a folder belongs to. Raises CampaignError, GitError."""
    found = find_repository(folder)
    if found is None:
        raise CampaignError(
            f"{folder.absolute()}: a campaign needs a git repository with its files checked out; there is none"
        )
    return found
