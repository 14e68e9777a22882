"""Whether the plan of now asks for what a batch's branch already holds.

Two changes of a file are the same where the same lines are taken out and put in between the same
lines around them, wherever these stand: what `git patch-id` compares, with white space counted.
"""

from __future__ import annotations

from collections.abc import Iterable

from fixaudit.campaigns.batch import Batch, BatchFile, CampaignPlan
from fixaudit.campaigns.file_patch import FilePatch
from fixaudit.campaigns.from_git import BatchBranch
from fixaudit.campaigns.object_reading import BlobChange, Blobs, blobs_at
from fixaudit.files.git_repository import Repository


class SamePatch:
    """Branches compared with the batches of a plan. What `blobs` has loaded is not read again."""

    def __init__(
        self, repository: Repository, plan: CampaignPlan, found: Iterable[BatchBranch], blobs: Blobs
    ) -> None:
        self._repository = repository
        self._blobs = blobs
        paths = {file.path for branch in found for file in branch.files}
        paths |= {file.path for batch in plan.batches for file in batch.files}
        self._now = blobs_at(repository, plan.base, sorted(paths))

    def moved(self, branch: BatchBranch) -> tuple[str, ...]:
        """The files of a branch that the base has changed since."""
        return tuple(file.path for file in branch.files if self._now[file.path] != file.before)

    def difference(self, branch: BatchBranch, batch: Batch) -> str | None:
        """One line: what the plan has, and the branch has not, or the other way; None for the same."""
        held = {file.path: file for file in branch.files}
        asked = {file.path: file for file in batch.files}
        dropped = frozenset(branch.trailers.dropped if branch.trailers else ())
        for path in sorted(held.keys() | asked.keys()):
            if path not in asked:
                return f"{path}: nothing of it is left to change"
            dropped_here = any(site.fingerprint in dropped for site in asked[path].sites)
            if path not in held:
                found = self._only_asked(branch, asked[path], dropped)
            elif dropped_here:
                # The branch holds less than the plan: it can be told only of the file it was made from.
                found = self._now[path] != held[path].before
            else:
                found = not self._same(held[path], asked[path])
            if found:
                return (
                    f"{path} has changed on the base"
                    if self._moved(branch, path)
                    else (f"{path}: the plan has other edits now")
                )
        return None

    def _moved(self, branch: BatchBranch, path: str) -> bool:
        assert branch.merge_base is not None
        return blobs_at(self._repository, branch.merge_base, [path])[path] != self._now[path]

    def _only_asked(self, branch: BatchBranch, file: BatchFile, dropped: frozenset[str]) -> bool:
        if not all(site.fingerprint in dropped for site in file.sites):
            return True
        return self._moved(branch, file.path)

    def _same(self, held: BlobChange, asked: BatchFile) -> bool:
        before, after = self._blobs[held.before], self._blobs[held.after]
        if (before, after) == (asked.before, asked.after):
            return True
        # The plan's are those of a work tree, which may have the line ends of Windows.
        pairs = (before, after), (asked.before, asked.after)
        ours, wanted = (
            FilePatch(held.path, *(side.replace(b"\r\n", b"\n") for side in pair)).text
            for pair in pairs
        )
        return ours == wanted
