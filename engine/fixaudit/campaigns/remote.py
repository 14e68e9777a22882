"""The remote of a campaign: where branches go, and where they and the base branch are read.

Only `publish.base` and the branches that match `publish.branch` are fetched, each to one ref: those
of a remote to its remote-tracking refs, those of a URL to refs of our own. A repository without any
remote works with its local branches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.files.git_repository import Repository

LOCAL = "refs/heads/"
_OWN = "refs/fixaudit/"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|[^/:]+:|\.{0,2}/|~/")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")
_LOCKED = (b"cannot lock ref", b"Unable to create", b"unable to update local ref")
_ATTEMPTS = 3
_QUIET = (
    *("fetch", "--quiet", "--prune", "--no-prune-tags", "--no-tags", "--no-recurse-submodules"),
    *("--no-write-fetch-head", "--no-auto-maintenance", "--refmap="),
)


@dataclass(frozen=True, slots=True)
class CampaignRemote:
    """Where to fetch from and push to, as git takes it, and what the names of its refs begin with."""

    address: str
    refs: str

    @property
    def shown(self) -> str:
        """The address without credentials."""
        return without_credentials(self.address)


def without_credentials(text: str) -> str:
    """A text whose URLs hold neither names nor passwords."""
    return _CREDENTIALS.sub("", text)


def find_remote(repository: Repository, settings: CampaignSettings) -> CampaignRemote | None:
    """What `publish.push-remote` names; None in a repository without any remote.

    Raises CampaignError where the name is none of the remotes that are there.
    """
    asked = settings.publish.push_remote
    names = repository.run("remote").decode(errors="replace").splitlines()
    if asked in names:
        return CampaignRemote(asked, f"refs/remotes/{asked}/")
    if _ADDRESS.match(asked):
        digest = blake2b(asked.encode(errors="surrogateescape"), digest_size=6).hexdigest()
        return CampaignRemote(asked, f"{_OWN}{digest}/")
    if names:
        raise CampaignError(
            f"{settings.path}: push-remote: no remote `{asked}` in {repository.top};"
            f" there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
        )
    return None


def fetch(repository: Repository, settings: CampaignSettings) -> None:
    """Bring the base branch and the branches of the campaign here; nothing to do without a remote.

    Raises CampaignError where the remote cannot be reached, or has no such base.
    """
    remote = find_remote(repository, settings)
    if remote is None:
        return
    refuse_shallow(repository)
    base, ours = settings.publish.base, branch_pattern(settings)
    specs = [f"+{LOCAL}{name}:{remote.refs}{name}" for name in (base, ours)]
    for _ in range(_ATTEMPTS):
        done = repository.attempt(*_QUIET, "--", remote.address, *specs, transports=True)
        if not done.returncode:
            return
        if not any(sign in done.stderr for sign in _LOCKED):
            break
    if b"couldn't find remote ref" in done.stderr:
        raise CampaignError(
            f"{settings.path}: base: {remote.shown} has no branch `{base}`; name the one that is"
            " migrated"
        )
    raise CampaignError(f"cannot fetch from {remote.shown}: {said_by_git(done.stderr)}")


def base_commit(repository: Repository, settings: CampaignSettings) -> str:
    """The full id of the tip of the base: at the remote when last fetched, else of the local branch.

    Raises CampaignError where there is none.
    """
    remote = find_remote(repository, settings)
    base = settings.publish.base
    ref = f"{LOCAL if remote is None else remote.refs}{base}^{{commit}}"
    done = repository.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", ref)
    if done.returncode:
        where = f"{repository.top}" if remote is None else remote.shown
        remedy = "name the one that is migrated" if remote is None else "`campaign sync` fetches it"
        raise CampaignError(f"{settings.path}: base: no branch `{base}` of {where}; {remedy}")
    return done.stdout.decode().strip()


def refuse_shallow(repository: Repository) -> None:
    """Raise CampaignError for a clone without its history: where branches left main is not known."""
    if repository.run("rev-parse", "--is-shallow-repository").strip() == b"true":
        raise CampaignError(
            f"{repository.top} is a shallow clone, which cannot tell what was merged;"
            " `git fetch --unshallow` brings its history"
        )


def branch_pattern(settings: CampaignSettings) -> str:
    """The names of all branches of the campaign, with one `*`. Raises CampaignError without `{batch}`."""
    first, *rest = _parts(settings)
    # A pattern of git's has one star; names are told apart by `batch_of` afterwards.
    return f"{first}*{rest[0] if len(rest) == 1 else ''}"


def batch_of(settings: CampaignSettings, branch: str) -> str | None:
    """The batch that a branch's name stands for; None for a name that is not of this campaign."""
    first, *rest = (re.escape(part) for part in _parts(settings))
    again = "(?P=batch)".join(rest)
    matched = re.fullmatch(f"{first}(?P<batch>[a-z0-9][a-z0-9._-]*){again}", branch)
    return None if matched is None else matched["batch"]


def _parts(settings: CampaignSettings) -> list[str]:
    parts = settings.publish.branch.replace("{campaign}", settings.name).split("{batch}")
    if len(parts) < 2:
        raise CampaignError(
            f"{settings.path}: branch: `{settings.publish.branch}` is the same for all batches;"
            " put {batch} into it"
        )
    return parts


def said_by_git(errors: bytes) -> str:
    """What git said, on one line, without credentials: its first complaint."""
    lines = [line.strip() for line in errors.decode(errors="replace").splitlines() if line.strip()]
    fatal = [line.partition(": ")[2] for line in lines if line.startswith(("fatal: ", "error: "))]
    return without_credentials(" ".join((fatal or lines or ["git gave no reason"])[0].split()))
