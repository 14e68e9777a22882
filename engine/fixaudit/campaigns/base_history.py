"""What came to the base, step by step: the commits of its first parents, each with what it changed.

A merge is one step here, with all that it brought. What a merge threw away was never on the base.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixaudit.campaigns.object_reading import BlobChange, parsed_changes
from fixaudit.files.git_repository import Repository


@dataclass(frozen=True, slots=True)
class BaseStep:
    """A commit of the base and what it did to one path. `at` counts from the tip, 0.

    `adds` is whether the commit put files where none were: one of them may be the path, moved.
    """

    commit: str
    at: int
    change: BlobChange
    adds: bool


class BaseHistory:
    """The steps to `base` since its oldest common commit with some branches."""

    def __init__(
        self, repository: Repository, base: str, merge_bases: Iterable[str | None]
    ) -> None:
        self._repository = repository
        self._base = base
        self._lengths: dict[str, int] = {}
        self._steps: dict[str, list[BaseStep]] = {}
        known = sorted({commit for commit in merge_bases if commit is not None})
        self._fill(known)

    def steps(self, path: str, merge_base: str | None) -> Iterator[BaseStep]:
        """What was done to a path since then, the latest first."""
        if merge_base is None:
            return
        length = self._length(merge_base)
        yield from (step for step in self._steps.get(path, ()) if step.at < length)

    def _fill(self, merge_bases: list[str]) -> None:
        if not merge_bases:
            return
        oldest = self._repository.run("merge-base", "--octopus", self._base, *merge_bases)
        output = self._repository.run(
            *("log", "--first-parent", "-m", "--format=%H", "--raw", "-z", "--no-renames"),
            *("--no-abbrev", "--no-show-signature", "--no-notes", "--end-of-options"),
            *(self._base, f"^{oldest.decode().strip()}", "--"),
        )
        for at, (commit, changes) in enumerate(parsed_changes(output.split(b"\0"))):
            self._lengths[commit] = at
            adds = any(change.before is None for change in changes)
            for change in changes:
                self._steps.setdefault(change.path, []).append(BaseStep(commit, at, change, adds))

    def _length(self, merge_base: str) -> int:
        """How many steps the base has made since."""
        if merge_base not in self._lengths:
            counted = self._repository.run(
                *("rev-list", "--first-parent", "--count", "--end-of-options"),
                *(self._base, f"^{merge_base}"),
            )
            self._lengths[merge_base] = int(counted)
        return self._lengths[merge_base]
