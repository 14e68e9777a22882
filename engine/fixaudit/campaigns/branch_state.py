"""The state of a batch as its branch and the plan say it, with what only the cache remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.file_patch import FilePatch
from fixaudit.campaigns.from_git import BatchBranch
from fixaudit.campaigns.object_reading import Blobs
from fixaudit.campaigns.state import BatchState

FINISHED = ("merged", "gone")
"""What has these statuses gives its files to other batches. A closed one does not: nobody wants it."""

Describe = Callable[[tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]]
"""The owners and the packages of paths."""


def state_of_plan(batch: Batch, cached: BatchState | None, branch: str) -> BatchState:
    """A batch that has no branch: `planned`, or `waits`; what the host said of it before stays."""
    state = cached or BatchState(batch.name, "planned")
    waits = f"waits for {', '.join(batch.waits_for)}" if batch.waits_for else None
    return replace(
        _planned(state, batch),
        status="waits" if batch.waits_for else "planned",
        files=tuple(file.path for file in batch.files),
        lines=batch.lines,
        findings=tuple(site.fingerprint for site in batch.sites),
        dropped=(),
        branch=branch,
        commit=None,
        base=None,
        digest=None,
        pushed=None,
        reason=waits,
    )


def state_of_branch(
    branch: BatchBranch,
    cached: BatchState | None,
    batch: Batch | None,
    describe: Describe | None,
    blobs: Blobs,
) -> BatchState:
    """A batch that has a branch; its status is `published`, until more is known."""
    state = cached or BatchState(branch.batch, "published")
    if batch is not None:
        state = _planned(state, batch)
    paths = tuple(file.path for file in branch.files) or state.files
    if describe is not None and batch is None and not (state.owners and state.packages):
        owners, packages = describe(paths)
        state = replace(state, owners=state.owners or owners, packages=state.packages or packages)
    lines = state.lines if cached and cached.commit == branch.tip else _lines(branch, blobs)
    trailers = branch.trailers
    return replace(
        state,
        status="published",
        verdict=trailers.verdict if trailers else state.verdict,
        files=paths,
        lines=lines,
        findings=trailers.findings if trailers else state.findings,
        dropped=trailers.dropped if trailers else state.dropped,
        branch=branch.name,
        commit=branch.tip,
        base=branch.merge_base,
        digest=trailers.plan if trailers else None,
        pushed=branch.tip if branch.pushed else None,
        reason=None,
    )


def _planned(state: BatchState, batch: Batch) -> BatchState:
    return replace(state, verdict=batch.verdict, owners=batch.owners, packages=batch.packages)


def _lines(branch: BatchBranch, blobs: Blobs) -> int:
    pairs = ((file.path, blobs[file.before], blobs[file.after]) for file in branch.files)
    return sum(FilePatch(*pair).lines for pair in pairs)
