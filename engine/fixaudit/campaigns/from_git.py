"""The batches that a campaign's branches hold, as any clone can tell: read from the commits alone.

Trailers count only on refs that match `publish.branch` at the configured remote, and on local
branches of that name that are not pushed yet; not on other refs, not on the base, not in merge
commits. A branch is ours as long as it is one commit with trailers of its batch and exactly the
content whose digest they name. Anything else is somebody's work, which is never replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fixaudit.campaigns.commit_content import MOST_FILES, touched
from fixaudit.campaigns.object_reading import (
    BlobChange,
    Blobs,
    Commit,
    changes_of,
    commits,
    existing_commits,
)
from fixaudit.campaigns.remote import LOCAL, base_commit, batch_of, branch_pattern, find_remote
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.trailers import Trailers, read_trailers
from fixaudit.files.git_repository import Repository

_LOOKED_AT = 50  # commits of one branch that may be ours: we make one, and people add theirs
_GROUP = 50  # branches whose blobs are in memory at once
_SHORT = 9


@dataclass(frozen=True, slots=True)
class BatchBranch:
    """A branch of a batch.

    Attributes:
        name: of the branch. tip: its commit. pushed: whether it was read from the remote.
        lost: whether no branch of its name is left, and the commit is one that was remembered.
        merge_base: the commit where it left the base; None where it never was there.
        on_base: whether its tip is part of the base.
        commit: our commit, with its trailers and the files that it changes; None and () where there
            is none.
        foreign: one line: how it is somebody else's work; None where it is ours alone.
    """

    batch: str
    name: str
    tip: str
    pushed: bool
    merge_base: str | None
    on_base: bool = False
    commit: str | None = None
    trailers: Trailers | None = None
    files: tuple[BlobChange, ...] = ()
    foreign: str | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Ref:
    batch: str
    name: str
    tip: str
    pushed: bool
    lost: bool = False


def branches(
    repository: Repository,
    settings: CampaignSettings,
    base: str | None = None,
    remembered: Mapping[str, str] | None = None,
) -> list[BatchBranch]:
    """The branches of the campaign: those at the remote when last fetched, then the local ones.

    A local one is listed where the remote has none of its name, or has another commit there. `base`
    is the full id of the base's commit, that of `base_commit` by default. `remembered` are commits by
    batch, for those whose branch is gone. Raises CampaignError.
    """
    base = base or base_commit(repository, settings)
    refs = list(_refs(repository, settings))
    refs += _lost(repository, settings, refs, remembered or {})
    ahead = _ahead(repository, [ref.tip for ref in refs], base)
    own = {ref: _own_commits(ref, ahead) for ref in refs}
    known = commits(repository, dict.fromkeys(name for names in own.values() for name in names))
    _add_older(repository, settings, refs, own, known)
    reader = _BranchReader(repository, settings, base, known, ahead)
    found = list[BatchBranch | None]()
    for group in (refs[at : at + _GROUP] for at in range(0, len(refs), _GROUP)):
        reader.load(name for ref in group for name in own[ref])
        found += (reader.branch(ref, own[ref]) for ref in group)
    return [branch for branch in found if branch is not None]


def _refs(repository: Repository, settings: CampaignSettings) -> Iterator[_Ref]:
    remote = find_remote(repository, settings)
    pattern = branch_pattern(settings)
    tips: dict[str, str] = {}
    for prefix in (LOCAL,) if remote is None else (remote.refs, LOCAL):
        asked = ("for-each-ref", "--format=%(objecttype) %(objectname) %(refname)")
        for line in repository.run(*asked, f"{prefix}{pattern}").splitlines():
            kind, tip, ref = line.decode(errors="surrogateescape").split(" ", 2)
            name = ref.removeprefix(prefix)
            batch = batch_of(settings, name)
            if kind == "commit" and batch is not None and tips.get(name) != tip:
                tips.setdefault(name, tip)
                yield _Ref(batch, name, tip, prefix != LOCAL)


def _lost(
    repository: Repository,
    settings: CampaignSettings,
    refs: Iterable[_Ref],
    remembered: Mapping[str, str],
) -> Iterator[_Ref]:
    there = {ref.batch for ref in refs}
    gone = {batch: tip for batch, tip in sorted(remembered.items()) if batch not in there}
    for batch, tip in existing_commits(repository, gone).items():
        yield _Ref(batch, settings.branch(batch), tip, pushed=False, lost=True)


def _ahead(repository: Repository, tips: Iterable[str], base: str) -> dict[str, tuple[str, ...]]:
    """The commits that the base has not, with their parents."""
    asked = "".join(f"{tip}\n" for tip in dict.fromkeys(tips)) + f"^{base}\n"
    output = repository.run("rev-list", "--parents", "--stdin", stdin=asked.encode())
    rows = (line.split() for line in output.decode().splitlines())
    return {row[0]: tuple(row[1:]) for row in rows}


def _own_commits(ref: _Ref, ahead: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The commits of a branch since it left the base, its tip first; its tip where there are none."""
    found = [ref.tip]
    for name in found:
        if name in ahead:
            found += (up for up in ahead[name] if up in ahead and up not in found)
        if len(found) > _LOOKED_AT:
            break
    return found


def _add_older(
    repository: Repository,
    settings: CampaignSettings,
    refs: Iterable[_Ref],
    own: dict[_Ref, list[str]],
    known: dict[str, Commit],
) -> None:
    """Where none of a branch's commits is ours, add those below: ours may be part of the base by now,
    with a person's on top."""
    older: dict[str, list[str]] = {}
    for ref in refs:
        if any(_fits(settings, ref, read_trailers(known[name].message)) for name in own[ref]):
            continue
        if ref.tip not in older:
            asked = ("rev-list", f"--max-count={_LOOKED_AT}", ref.tip)
            older[ref.tip] = repository.run(*asked).decode().split()
        own[ref] = older[ref.tip]
    missing = {name for names in older.values() for name in names} - known.keys()
    known.update(commits(repository, sorted(missing)))


def _fits(settings: CampaignSettings, ref: _Ref, trailers: Trailers | None) -> bool:
    if trailers is None or not trailers.findings:
        return False
    return (trailers.campaign, trailers.batch) == (settings.name, ref.batch)


class _BranchReader:
    """What a branch holds, by its commits."""

    def __init__(
        self,
        repository: Repository,
        settings: CampaignSettings,
        base: str,
        known: Mapping[str, Commit],
        ahead: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._repository = repository
        self._settings = settings
        self._base = base
        self._known = known
        self._ahead = ahead
        self._trailers = {name: read_trailers(each.message) for name, each in known.items()}
        ours = [name for name, found in self._trailers.items() if found and self._single(name)]
        self._changes = changes_of(repository, ours)
        self._blobs = Blobs(repository)

    def load(self, own: Iterable[str]) -> None:
        """Read what these commits change, in place of what was read before."""
        self._blobs.forget()
        changes = [self._changes.get(name, ()) for name in own]
        small = (files for files in changes if len(files) <= MOST_FILES)
        self._blobs.load(
            name for files in small for file in files for name in (file.before, file.after)
        )

    def branch(self, ref: _Ref, own: list[str]) -> BatchBranch | None:
        """None for a branch of another campaign whose names look like ours."""
        fitting = [name for name in own if self._is_ours(ref, name)]
        # On the base anybody's trailers may stand: only what they say of the content counts.
        fitting = [
            name
            for name in fitting
            if name in self._ahead or name == ref.tip or self._amended(name) is None
        ]
        if not fitting and any(self._of_another(ref, name) for name in own):
            return None
        commit = fitting[-1] if fitting else None  # the oldest: what is on top is a person's
        on_base = ref.tip not in self._ahead
        return BatchBranch(
            batch=ref.batch,
            name=ref.name,
            tip=ref.tip,
            pushed=ref.pushed,
            lost=ref.lost,
            merge_base=self._merge_base(ref, own, commit),
            on_base=on_base,
            commit=commit,
            trailers=self._trailers[commit] if commit else None,
            files=self._changes[commit] if commit else (),
            foreign=self._foreign(ref, own, commit),
        )

    def _single(self, name: str) -> bool:
        return len(self._known[name].parents) == 1

    def _is_ours(self, ref: _Ref, name: str) -> bool:
        return name in self._changes and _fits(self._settings, ref, self._trailers[name])

    def _of_another(self, ref: _Ref, name: str) -> bool:
        found = self._trailers[name]
        if found is None or found.campaign == self._settings.name:
            return False
        template = self._settings.publish.branch.replace("{campaign}", found.campaign)
        return template.replace("{batch}", found.batch) == ref.name

    def _merge_base(self, ref: _Ref, own: list[str], commit: str | None) -> str | None:
        if commit is not None:
            [parent] = self._known[commit].parents
            if parent not in self._ahead:
                return parent
        if ref.tip not in self._ahead:
            return ref.tip
        ahead = [self._ahead[name] for name in own if name in self._ahead]
        if all(len(parents) == 1 for parents in ahead) and ahead[-1][0] not in self._ahead:
            return ahead[-1][0]
        found = self._repository.attempt("merge-base", self._base, ref.tip)
        return found.stdout.decode().strip() or None

    def _foreign(self, ref: _Ref, own: list[str], commit: str | None) -> str | None:
        if commit is None:
            return self._nothing_of_ours(own)
        if commit != ref.tip:
            return f"somebody committed on it: {ref.tip[:_SHORT]} is not of this campaign"
        if ref.tip in self._ahead and len(own) > 1:
            [parent] = self._known[commit].parents
            return (
                f"{parent[:_SHORT]}, on which it was made, is not on the base: somebody's, or the base"
                " was rewritten; delete this branch to have it made anew"
            )
        return self._amended(commit)

    def _amended(self, commit: str) -> str | None:
        how = touched(self._changes[commit], self._trailers[commit], self._blobs)
        return None if how is None else f"{commit[:_SHORT]} {how}"

    def _nothing_of_ours(self, own: list[str]) -> str:
        named = next((found for name in own if (found := self._trailers[name])), None)
        if named is None:
            return "no commit of this campaign is on it"
        return f"its trailers name the batch {named.batch} of the campaign {named.campaign}"
