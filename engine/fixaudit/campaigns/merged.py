"""Whether the base has a batch's changes: judged by git alone, whatever way they were merged.

*Merged* is never said wrongly. It takes both: the findings of the batch are gone from the base, and
its changes came there. They came if its tip is part of the base; or if, file by file, they stand in
the base's file, or a commit of the base since then made the very same change, or left the very same
file, and what the batch took out is not back. A merge commit, a fast-forward, a rebase, a squash with
a title of its own, a cherry-pick, and edits around them and on top all leave one of these. Where none
is left the answer is `unknown`, once the findings are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fixaudit.campaigns.base_history import BaseHistory, BaseStep
from fixaudit.campaigns.file_patch import FilePatch
from fixaudit.campaigns.from_git import BatchBranch
from fixaudit.campaigns.object_reading import BlobChange, Blobs, blobs_at
from fixaudit.files.git_repository import Repository

OpenFindings = Callable[[tuple[str, ...]], frozenset[str]]
"""The fingerprints of the findings of some files (paths) of the base that are still there."""

StandingStatus = Literal["open", "merged", "again", "unknown", "gone"]
"""`open`: its findings are there, its changes are not. `again`: its changes came, and findings of its
fingerprints are there. `unknown`: its findings are gone, and not by a commit with its changes. `gone`:
none of its files is there.
"""

_SHORT = 9


@dataclass(frozen=True, slots=True)
class Standing:
    """How a batch stands on the base. `reason` is one line; None where the status says it all."""

    status: StandingStatus
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Came:
    """A file's change on the base: the commit that brought it, where one is known."""

    commit: str | None = None


def standing(
    repository: Repository,
    branch: BatchBranch,
    base: str,
    open_findings: OpenFindings | Mapping[str, frozenset[str]],
) -> Standing:
    """How one batch stands on the commit `base`. A mapping holds the findings by path."""
    [found] = standings(repository, [branch], base, open_findings)
    return found


def standings(
    repository: Repository,
    branches: Sequence[BatchBranch],
    base: str,
    open_findings: OpenFindings | Mapping[str, frozenset[str]],
) -> Iterator[Standing]:
    """How each of the batches stands on the commit `base`, in their order."""
    judge = _Judge(repository, branches, base, _asked(open_findings))
    for branch in branches:
        yield judge.standing(branch)


def _asked(open_findings: OpenFindings | Mapping[str, frozenset[str]]) -> OpenFindings:
    if not isinstance(open_findings, Mapping):
        return open_findings
    known = open_findings
    return lambda paths: frozenset[str]().union(*(known.get(path, ()) for path in paths))


class _Judge:
    """The base, read once for all batches."""

    def __init__(
        self,
        repository: Repository,
        branches: Iterable[BatchBranch],
        base: str,
        open_findings: OpenFindings,
    ) -> None:
        judged = [branch for branch in branches if branch.commit is not None]
        self._open = open_findings
        self._blobs = Blobs(repository)
        self._history = BaseHistory(repository, base, (branch.merge_base for branch in judged))
        paths = sorted({file.path for branch in judged for file in branch.files})
        self._now = blobs_at(repository, base, paths)

    def standing(self, branch: BatchBranch) -> Standing:
        if branch.commit is None or branch.trailers is None or not branch.files:
            return Standing("open")
        here = self._findings(branch)
        gone = [file for file in branch.files if file.after and self._now[file.path] is None]
        came = self._every(branch, self._was_made if here else self._came)
        self._blobs.forget()
        if here:
            return self._open_again(branch, here, came)
        if came is not None:
            return Standing("merged", _by(branch, came))
        if len(gone) == len(branch.files):
            return Standing("gone", f"{_named(gone)} no longer on the base")
        return Standing(
            "unknown", "its findings are gone from the base, not by a commit with its changes"
        )

    def _findings(self, branch: BatchBranch) -> frozenset[str]:
        """Those of its findings that are there. What the batch itself left of a file is not."""
        assert branch.trailers is not None
        there = (
            self._open((file.path,))
            for file in branch.files
            if self._now[file.path] not in (None, file.after)
        )
        return frozenset(branch.trailers.findings) & frozenset[str]().union(*there)

    def _open_again(
        self, branch: BatchBranch, here: frozenset[str], came: list[_Came] | None
    ) -> Standing:
        if not branch.on_base and came is None:
            return Standing("open")
        commit = _by(branch, came or [])
        counted = f"{len(here)} of its findings {'is' if len(here) == 1 else 'are'} there again"
        return Standing("again", f"{commit or 'its changes came to the base'}, and {counted}")

    def _every(
        self, branch: BatchBranch, how: Callable[[BatchBranch, BlobChange], _Came | None]
    ) -> list[_Came] | None:
        """The answer for each file; None where it is None for one."""
        found = []
        for file in branch.files:
            came = how(branch, file)
            if came is None:
                return None
            found.append(came)
        return found

    def _was_made(self, branch: BatchBranch, file: BlobChange) -> _Came | None:
        """Whether a step made the change of a file; it may have been undone since then."""
        steps = list(self._history.steps(file.path, branch.merge_base))
        if not steps:
            return None
        self._blobs.load([file.before, file.after])
        patch = FilePatch(file.path, self._blobs[file.before], self._blobs[file.after])
        self._load(steps)
        same = (step for step in steps if self._is_same(step, file, patch))
        return next((_Came(step.commit) for step in same), None)

    def _came(self, branch: BatchBranch, file: BlobChange) -> _Came | None:
        """How the change of a file came to be on the base."""
        steps = list(self._history.steps(file.path, branch.merge_base))
        now = self._now[file.path]
        if now == file.after:
            # Also where both are None. The base had another content when the branch left it.
            return _Came(_last(steps))
        if now is None:
            # It was taken away. It may have been moved, and the change undone at its new place.
            if not steps or steps[0].adds:
                return None
            now = steps.pop(0).change.before
        self._blobs.load([file.before, file.after, now])
        patch = FilePatch(file.path, self._blobs[file.before], self._blobs[file.after])
        if patch.stands_in(self._blobs[now]):
            return _Came(_last([step for step in steps if step.change.after == file.after]))
        if not patch.takes_out:
            return None  # whether it was undone could not be told
        return self._came_before(branch, file, patch, steps)

    def _came_before(
        self, branch: BatchBranch, file: BlobChange, patch: FilePatch, steps: list[BaseStep]
    ) -> _Came | None:
        """Whether one of the steps made the change, and none after it undid it."""
        self._load(steps)
        for at, step in enumerate(steps):
            before, after = self._blobs[step.change.before], self._blobs[step.change.after]
            if step.change.after is None or patch.undone_in(after):
                return None
            if self._is_same(step, file, patch):
                return _Came(step.commit)
            if branch.on_base and branch.foreign is None and patch.undone_in(before):
                # A merge that was settled by hand; a second one of its kind came after a revert.
                earlier = (self._blobs[each.change.after] for each in steps[at + 1 :])
                return _Came(step.commit) if all(map(patch.undone_in, earlier)) else None
        return None

    def _load(self, steps: Sequence[BaseStep]) -> None:
        self._blobs.load(name for step in steps for name in (step.change.before, step.change.after))

    def _is_same(self, step: BaseStep, file: BlobChange, patch: FilePatch) -> bool:
        """Whether a step left the batch's file, or changed its own in the very same way."""
        if step.change.after == file.after:
            return True
        before, after = self._blobs[step.change.before], self._blobs[step.change.after]
        if len(after) - len(before) != len(patch.after) - len(patch.before):
            return False
        return FilePatch(file.path, before, after).text == patch.text


def _last(steps: list[BaseStep]) -> str | None:
    return steps[0].commit if steps else None


def _by(branch: BatchBranch, came: list[_Came]) -> str | None:
    """`merged by <commit>`, where one commit brought all that came in a known one."""
    if branch.on_base:
        return f"merged: {branch.tip[:_SHORT]} is part of the base"
    known = sorted({each.commit[:_SHORT] for each in came if each.commit is not None})
    return f"merged by {', '.join(known)}" if known else None


def _named(files: Sequence[BlobChange]) -> str:
    first = files[0].path
    more = f" and {len(files) - 1} more are" if len(files) > 1 else " is"
    return f"{first}{more}"
