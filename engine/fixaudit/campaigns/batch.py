"""The nouns of a campaign: a site, a file with its edits, a batch, a plan. All frozen, all data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from fixaudit.campaigns.settings import BatchVerdict


@dataclass(frozen=True, slots=True)
class Site:
    """A finding of a file: where it stands (1-based line of the base commit), and what was decided."""

    fingerprint: str
    codemod: str
    path: str
    line: int
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file that a batch changes: its bytes before and after, the sites applied, the lines changed.

    `left` are its sites of the campaign's codemods that stay: for review, or left with a reason.
    """

    path: str
    before: bytes
    after: bytes
    sites: tuple[Site, ...]
    lines: int
    left: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What is verified, committed and reviewed together.

    Attributes:
        name: such as `payments-01`; part of the branch's name.
        owners: everyone who owns one of its files, as the owner file writes them.
        packages: the folders of the packages of its files; "" is the root.
        waits_for: names of batches that change files of this one first; its edits are those on top.
        beyond: why it is larger than the limits: the atomic group that cannot be parted; or None.
    """

    name: str
    verdict: BatchVerdict
    owners: tuple[str, ...]
    packages: tuple[str, ...]
    files: tuple[BatchFile, ...]
    waits_for: tuple[str, ...] = ()
    beyond: str | None = None

    @property
    def sites(self) -> tuple[Site, ...]:
        return tuple(site for file in self.files for site in file.sites)

    @property
    def lines(self) -> int:
        """Changed lines: the larger of those taken out and put in, file by file."""
        return sum(file.lines for file in self.files)

    @property
    def patch(self) -> bytes:
        """Its changes as a patch that `git apply` takes at the top."""
        return patch_of((file.path, file.before, file.after) for file in self.files)

    @property
    def digest(self) -> str:
        """32 hexadecimal digits of what it changes: paths and bytes, nothing else."""
        return content_digest((file.path, file.before, file.after) for file in self.files)


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """The batches of a campaign at one commit of the base.

    Attributes:
        base: the full id of the commit. config: a hash of what the plan was made with.
        sites: how many sites the batches apply. left: those of files in no batch, too.
        dependents: how many packages are to be verified besides those of the batches.
        problems: one line each: what could not be judged.
        made_with: the version and the settings that made it, on this machine.
    """

    campaign: str
    base: str
    config: str
    batches: tuple[Batch, ...]
    left: tuple[Site, ...] = ()
    dependents: int = 0
    problems: tuple[str, ...] = ()
    made_with: str = ""

    @property
    def sites(self) -> int:
        return sum(len(batch.sites) for batch in self.batches)

    def batch(self, name: str) -> Batch | None:
        return next((batch for batch in self.batches if batch.name == name), None)


def content_digest(files: Iterable[tuple[str, bytes, bytes]]) -> str:
    """32 hexadecimal digits of (path, before, after) of every file, in the order of the paths."""
    state = blake2b(digest_size=16)
    for path, before, after in sorted(files):
        for part in (path.encode("utf-8", "surrogateescape"), before, after):
            state.update(b"%d\0" % len(part) + part)
    return state.hexdigest()


def patch_of(files: Iterable[tuple[str, bytes, bytes]]) -> bytes:
    """The patch of (path, before, after) of every file, in the order of the paths."""
    from fixaudit.text.unified_diff import unified

    return b"".join(unified(*file).patch for file in sorted(files))
