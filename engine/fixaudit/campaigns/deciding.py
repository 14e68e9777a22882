"""The status of one batch that has a branch: from the branch, the base, the plan and the host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.from_git import BatchBranch
from fixaudit.campaigns.merged import Standing
from fixaudit.campaigns.same_patch import SamePatch
from fixaudit.campaigns.state import BatchState, BatchStatus
from fixaudit.files.git_repository import Repository


class HostAnswer(Protocol):
    """What the host says of a request for review: `open`, `closed`, `merged`, or anything else where it
    does not know of one; how its checks are; where it is.
    """

    @property
    def state(self) -> str: ...

    @property
    def checks(self) -> str | None: ...

    @property
    def url(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Current:
    """The branch that speaks for its batch, how that stands, and the commit that the remote has."""

    branch: BatchBranch
    standing: Standing
    pushed: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A status with its reason; what the driver is to do, or to count."""

    status: BatchStatus
    reason: str | None = None
    recompute: bool = False
    identical: bool = False


def one_each(
    repository: Repository,
    found: Iterable[tuple[BatchBranch, Standing]],
    known: Mapping[str, BatchState],
) -> Iterator[Current]:
    """Of a batch that has a branch at the remote and another commit here, the one that counts.

    Somebody's work counts first, wherever it is. A local commit of ours counts where it was made on a
    later base, or is remembered as made to take the place of what the remote has.
    """
    pairs: dict[str, list[tuple[BatchBranch, Standing]]] = {}
    for branch, standing in found:
        pairs.setdefault(branch.batch, []).append((branch, standing))
    for batch, several in pairs.items():
        [first, *rest] = several
        pushed = first[0].tip if first[0].pushed else None
        chosen = first
        if rest and _counts_more(repository, first, rest[0][0], known.get(batch)):
            chosen = rest[0]
        cached = known.get(batch)
        if first[0].lost and cached is not None:
            pushed = cached.pushed
        yield Current(*chosen, pushed)


def _counts_more(
    repository: Repository,
    remote: tuple[BatchBranch, Standing],
    local: BatchBranch,
    cached: BatchState | None,
) -> bool:
    there, standing = remote
    if there.foreign or standing.status == "merged":
        return False
    if local.foreign:
        return True
    if cached is not None and (cached.commit, cached.pushed) == (local.tip, there.tip):
        return True
    if not there.merge_base or not local.merge_base or there.merge_base == local.merge_base:
        return False
    asked = ("merge-base", "--is-ancestor", there.merge_base, local.merge_base)
    return repository.attempt(*asked).returncode == 0


def decide(
    one: Current,
    batch: Batch | None,
    cached: BatchState | None,
    answer: HostAnswer | None,
    same: SamePatch,
) -> Decision:
    """The status of a batch. `batch` is what the plan of now has under its name."""
    standing, said = one.standing, answer.state if answer is not None else "unknown"
    if standing.status == "merged":
        return Decision("merged", standing.reason)
    if standing.status == "again":
        return Decision("unknown", standing.reason)
    if said == "merged":
        if standing.status != "open":
            return Decision("merged", "the host says so, and its findings are gone")
        return Decision("published", "the host says merged, and its findings are on the base")
    if said == "closed" or (said != "open" and cached is not None and cached.status == "closed"):
        return Decision("closed", "closed at the host")
    if batch is None and standing.status in ("unknown", "gone"):
        return Decision("gone" if standing.status == "gone" else "unknown", standing.reason)
    if one.branch.foreign is not None:
        return Decision("diverged", one.branch.foreign)
    if one.branch.lost:
        reason = "its branch is gone from the remote, its findings are not gone from the base"
        return Decision("unknown", reason)
    return _compared(one, batch, same)


def _compared(one: Current, batch: Batch | None, same: SamePatch) -> Decision:
    branch = one.branch
    if batch is None:
        reason = "the plan has no batch of its name now: its sites are left, or in other batches"
        return Decision("stale", reason)
    difference = same.difference(branch, batch)
    if difference is not None:
        return Decision("stale", difference, recompute=True)
    identical = bool(same.moved(branch))
    if branch.pushed:
        return Decision("published", identical=identical)
    by_host = branch.trailers is not None and branch.trailers.verify == "host"
    return Decision("unverified" if by_host else "verified", identical=identical)
