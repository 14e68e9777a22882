"""What the files of a batch hold with only some of its sites changed, for the search for culprits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.errors import CampaignError
from fixaudit.model.outcome import Changed, LocatedFinding
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.runner import Request, Worker
from fixaudit.pipeline.together import units

Unit = tuple[str, ...]
"""Fingerprints of sites that go or stay together."""


@dataclass(frozen=True, slots=True)
class EditedFiles:
    """The bytes of every file of a batch by its path.

    `vanished` are the fingerprints of sites that were to be kept and are not there without the others.
    """

    files: Mapping[str, bytes]
    vanished: frozenset[str] = frozenset()


class Edits:
    """The edits of a batch, taken apart in a work tree that holds the text they were planned on.

    What is left of the edits is worked out anew, so that imports and helpers which several sites
    share are right for those that are kept. The files of the batch are written to do so.

    Args:
        worktree: its top, with symlinks resolved.
        select, ignore, local_code: as the batch was planned.
        checkout_of: the tree of the user: what is trusted there runs here as the same bytes.
    """

    def __init__(
        self,
        worktree: Path,
        batch: Batch,
        select: tuple[str, ...],
        ignore: tuple[str, ...] = (),
        local_code: bool | None = None,
        *,
        checkout_of: Path | None = None,
    ) -> None:
        self._worktree = worktree
        self._batch = batch
        self._before = {file.path: file.before for file in batch.files}
        self._after = {file.path: file.after for file in batch.files}
        self._all = frozenset(site.fingerprint for site in batch.sites)
        self._kept: frozenset[str] = frozenset()
        self._seen: dict[str, LocatedFinding] = {}
        self._request = Request(
            paths=tuple(worktree / file.path for file in batch.files),
            root=worktree,
            select=select,
            ignore=ignore,
            unsafe=batch.verdict == "unsafe",
            accept=self._is_kept,
            local_code=local_code,
            checkout_of=checkout_of,
        )

    def contents(self, kept: Iterable[str]) -> EditedFiles:
        """What the files hold with the sites of these fingerprints. Raises CampaignError, ConfigError."""
        wanted = self._all.intersection(kept)
        if wanted == self._all:
            return EditedFiles(self._after)
        return self._worked_out(wanted) if wanted else EditedFiles(self._before)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The sites in the order of the batch, those together that go together.

        One unit of all of them where the edits, worked out here again, are not those of the plan.
        """
        names = tuple(site.fingerprint for site in self._batch.sites)
        return tuple(self._united()) if self._is_as_planned() else (names,)

    def _is_as_planned(self) -> bool:
        try:
            found = self._worked_out(self._all)
        except CampaignError:
            return False
        return not found.vanished and dict(found.files) == self._after

    def _united(self) -> Iterator[Unit]:
        sites = [self._seen[site.fingerprint] for site in self._batch.sites]
        for unit in units(sites, with_groups=True):
            yield tuple(site.fingerprint for site in unit)

    def refuse_other_text(self) -> None:
        """Raise CampaignError where the work tree does not hold the text that the batch was planned on.

        That of a batch on top of another one is not in it yet, and is written with it.
        """
        for path, before in () if self._batch.waits_for else self._before.items():
            try:
                same = (self._worktree / path).read_bytes() == before
            except OSError as error:
                raise CampaignError(f"{path}: {error.strerror}; plan the campaign again") from error
            if not same:
                raise CampaignError(f"{path}: holds another text than the plan was made on; plan the campaign again")  # fmt: skip

    def hold(self, files: Mapping[str, bytes]) -> None:
        """Write files of the work tree. Raises CampaignError for one that would lie outside of it."""
        for path, data in files.items():
            target = self._worktree / path
            folder = os.path.realpath(target.parent)
            inside = os.path.commonpath([folder, self._worktree]) == os.fspath(self._worktree)
            if not inside or target.is_symlink():
                raise CampaignError(
                    f"{path}: a link leads elsewhere; nothing is written through it"
                )
            try:
                target.write_bytes(data)
            except OSError as error:
                raise CampaignError(f"{path}: cannot be written: {error.strerror}") from error

    def _worked_out(self, wanted: frozenset[str]) -> EditedFiles:
        self.hold(self._before)
        self._kept = wanted
        self._worker.provided.clear()
        files, applied = dict(self._before), set[str]()
        paths = [self._worktree / path for path in files]
        # Outcomes of a part are never kept; what is known of other files may be.
        for outcome in Execution(self._worker, Speed(jobs=1)).outcomes(paths):
            if isinstance(outcome, Changed):
                if outcome.path not in files:
                    raise CampaignError(
                        f"{outcome.path}: would be changed, and is not in the batch"
                    )
                files[outcome.path] = outcome.after
                done = [site for site in outcome.sites if site.applied]
                applied |= {site.fingerprint for site in done}
                self._seen |= {site.fingerprint: site for site in done}
        return EditedFiles(files, wanted - applied)

    @cached_property
    def _worker(self) -> Worker:
        return Worker(self._request)

    def _is_kept(self, site: LocatedFinding) -> bool:
        return site.fingerprint in self._kept
