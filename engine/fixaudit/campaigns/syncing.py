"""The state of a campaign made anew from its branches, the base, and the plan of the base now.

What the branches and the base say goes before what was remembered. Only this is remembered, and lost
with the cache: failures of verification (they are `planned` again), what the host said (`closed`,
addresses, drafts, checks, times, failed calls), and batches whose branch is gone everywhere.

A batch whose patch is the same on the base of now is not verified again, though other files that its
tests read may have changed: the checks of the host run on the merge of both. A batch whose patch is
another one is stale, and is computed anew, never rebased.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from fixaudit.campaigns.batch import CampaignPlan
from fixaudit.campaigns.branch_state import FINISHED, Describe, state_of_branch, state_of_plan
from fixaudit.campaigns.deciding import Current, HostAnswer, decide, one_each
from fixaudit.campaigns.from_git import branches
from fixaudit.campaigns.merged import standings
from fixaudit.campaigns.object_reading import Blobs
from fixaudit.campaigns.same_patch import SamePatch
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.state import BatchState, BatchStatus
from fixaudit.files.git_repository import Repository

_FAILURES = ("red-before", "dropped-all", "timeout", "setup-failed", "crashed")
_SETTLED = ("merged", "closed", "unknown", "gone")
_GROUP = 50  # branches whose blobs are in memory at once

AskHost = Callable[[BatchState], HostAnswer | None]
"""None where the host was not asked, or did not answer."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What `sync` found. All names are of batches, sorted.

    Attributes:
        states: of all batches, by name.
        recompute: stale ones that the plan has a batch for: verify it again and push.
        identical: their files have changed on the base, their patch has not: nothing to push.
        replan: names that the plan gives to new batches, and that finished ones have: plan again with
            these states.
        vanished: batches that had no branch, and are in the plan no more: mended by hand.
        changed: the names whose status is another one than before.
    """

    states: tuple[BatchState, ...]
    recompute: tuple[str, ...] = ()
    identical: tuple[str, ...] = ()
    replan: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def named(self, status: BatchStatus) -> tuple[str, ...]:
        return tuple(state.name for state in self.states if state.status == status)


def sync(
    repository: Repository,
    settings: CampaignSettings,
    plan: CampaignPlan,
    states: Sequence[BatchState],
    *,
    host: AskHost = lambda state: None,
    describe: Describe | None = None,
) -> SyncReport:
    """The states of all batches, and what is to be done. Nothing is fetched, pushed or written.

    Args:
        plan: of the base now, `remote.base_commit`.
        states: those remembered; may be empty.
        host: asked for every batch with a branch at the remote that is not merged.
        describe: the owners and the packages of paths, for batches that are in the plan no more.

    Raises CampaignError, GitError.
    """
    known = {state.name: state for state in states}
    remembered = {name: state.commit for name, state in known.items() if state.commit}
    found = branches(repository, settings, plan.base, remembered)
    judged = list(standings(repository, found, plan.base, _open_findings(plan)))
    current = list(one_each(repository, list(zip(found, judged, strict=True)), known))
    blobs = Blobs(repository)
    same = SamePatch(repository, plan, found, blobs)
    work = _Sync(settings, plan, known, host, describe, same, blobs)
    for at in range(0, len(current), _GROUP):
        group = current[at : at + _GROUP]
        blobs.forget()
        blobs.load(
            name for one in group for file in one.branch.files for name in (file.before, file.after)
        )
        for one in group:
            work.add(one)
    work.add_others()
    return work.report()


def _open_findings(plan: CampaignPlan) -> dict[str, frozenset[str]]:
    sites: dict[str, set[str]] = {}
    left = (site for batch in plan.batches for file in batch.files for site in file.left)
    applied = (site for batch in plan.batches for site in batch.sites)
    for site in (*applied, *left, *plan.left):
        sites.setdefault(site.path, set()).add(site.fingerprint)
    return {path: frozenset(found) for path, found in sites.items()}


class _Sync:
    """The states, one batch after the other."""

    def __init__(
        self,
        settings: CampaignSettings,
        plan: CampaignPlan,
        known: Mapping[str, BatchState],
        host: AskHost,
        describe: Describe | None,
        same: SamePatch,
        blobs: Blobs,
    ) -> None:
        self._settings = settings
        self._plan = plan
        self._known = known
        self._host = host
        self._describe = describe
        self._same = same
        self._blobs = blobs
        self._states: dict[str, BatchState] = {}
        self._recompute: list[str] = []
        self._identical: list[str] = []
        self._vanished: list[str] = []

    def add(self, one: Current) -> None:
        """A batch that has a branch."""
        branch = one.branch
        cached, batch = self._known.get(branch.batch), self._plan.batch(branch.batch)
        if branch.lost and one.pushed is None and one.standing.status != "merged":
            return  # verified, and its local branch deleted: as if it had never been
        state = state_of_branch(branch, cached, batch, self._describe, self._blobs)
        state = replace(state, pushed=one.pushed)
        answer = None if one.standing.status == "merged" or branch.lost else self._asked(state)
        if answer is not None:
            state = replace(
                state, checks=answer.checks or state.checks, url=answer.url or state.url
            )
        decision = decide(one, batch, cached, answer, self._same)
        self._states[state.name] = replace(state, status=decision.status, reason=decision.reason)
        if decision.recompute:
            self._recompute.append(state.name)
        if decision.identical:
            self._identical.append(state.name)

    def add_others(self) -> None:
        """The batches that have no branch."""
        for name, cached in self._known.items():
            if name not in self._states:
                self._add_remembered(name, cached)
        for batch in self._plan.batches:
            if batch.name not in self._states:
                branch = self._settings.branch(batch.name)
                self._states[batch.name] = state_of_plan(batch, None, branch)

    def report(self) -> SyncReport:
        states = tuple(self._states[name] for name in sorted(self._states))
        before = {name: state.status for name, state in self._known.items()}
        return SyncReport(
            states,
            tuple(sorted(self._recompute)),
            tuple(sorted(self._identical)),
            tuple(each.name for each in states if self._is_named_again(each)),
            tuple(sorted(self._vanished)),
            tuple(each.name for each in states if before.get(each.name) != each.status),
        )

    def _asked(self, state: BatchState) -> HostAnswer | None:
        return self._host(state) if state.pushed is not None else None

    def _is_named_again(self, state: BatchState) -> bool:
        return state.status in FINISHED and self._plan.batch(state.name) is not None

    def _add_remembered(self, name: str, cached: BatchState) -> None:
        batch = self._plan.batch(name)
        if cached.pushed is not None and cached.status not in _SETTLED:
            reason = "its branch is gone, and its commit is not in this clone"
            self._states[name] = replace(cached, status="unknown", reason=reason)
        elif cached.status in _SETTLED:
            self._states[name] = cached
        elif batch is None:
            self._vanished.append(name)
        else:
            state = state_of_plan(batch, cached, self._settings.branch(name))
            if cached.status in _FAILURES:
                state = replace(state, status=cached.status, reason=cached.reason)
            self._states[name] = state
