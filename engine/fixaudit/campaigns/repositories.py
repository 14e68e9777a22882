"""The repositories of a campaign over several: which they are, and a clone of ours of each."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.remote import refuse_shallow, said_by_git, without_credentials
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.files.git_repository import GitError, Repository, find_repository
from fixaudit.files.repositories import git_folder

_URL = re.compile(r"([a-z][a-z0-9+.-]*)://(?:([^/@]*)@)?", re.IGNORECASE)
_SCP = re.compile(r"[A-Za-z0-9_.-]+(@[A-Za-z0-9_.-]+)?:(?!/?\\)[^:]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SCHEMES = ("file", "git", "http", "https", "ssh")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_PART = ".part"


@dataclass(frozen=True, slots=True)
class RepositoryEntry:
    """A repository of a campaign.

    Attributes:
        name: unique among those of the campaign, and safe as the name of a folder.
        address: a URL, or the absolute path of a repository, as git clones it.
        clone: whether `obtain` makes a clone; otherwise `address` is worked with as it is.
        where: `file:line` that names it, or the folder that it was found in.
    """

    name: str
    address: str
    clone: bool
    where: str


def repositories(settings: CampaignSettings) -> list[RepositoryEntry]:
    """Those of `[repos]`, in order; the one that holds the campaign's file where it names none.

    Raises CampaignError for a list or folder that cannot be read, holds nothing, holds one repository
    twice, or a URL with credentials.
    """
    asked = settings.repos
    if asked.list and asked.folder:
        raise CampaignError(f"{settings.path}: repos: `list` or `folder`, not both")
    if asked.list:
        found = list(_listed(settings.root / asked.list))
    elif asked.folder:
        found = list(_clones(settings.root / asked.folder))
    else:
        return [RepositoryEntry(settings.root.name, str(settings.root), False, str(settings.path))]
    if not found:
        raise CampaignError(f"{settings.path}: repos: {asked.list or asked.folder} names none")
    _refuse_twice(found)
    return _named(found)


def obtain(entry: RepositoryEntry, folder: Path) -> Repository:
    """The repository of an entry, in a folder of ours: cloned, or fetched where it is there already.

    A clone stands on the commit that the remote's HEAD names, on no branch. Raises CampaignError
    where it cannot be reached.
    """
    target = folder / entry.name if entry.clone else Path(entry.address)
    if entry.clone and not target.exists():
        _clone(entry, folder, target)
    try:
        repository = find_repository(target)
        if repository is None or repository.top != Path(os.path.realpath(target)):
            raise CampaignError(f"{entry.where}: {target} is no repository")
        if entry.clone:
            _update(entry, repository)
        refuse_shallow(repository)
    except GitError as error:
        raise CampaignError(f"{entry.where}: {without_credentials(str(error))}") from error
    return repository


def _listed(path: Path) -> Iterator[RepositoryEntry]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise CampaignError(f"{path}: the list of repositories cannot be read: {said}") from error
    for number, line in enumerate(lines, 1):
        address = re.sub(r"(^|\s)#.*", "", line).strip()
        if address:
            where = f"{path}:{number}"
            yield RepositoryEntry("", _address(address, path.parent, where), True, where)


def _address(text: str, folder: Path, where: str) -> str:
    """A URL as it is; the absolute path of what is none."""
    url = _URL.match(text)
    if url is not None:
        scheme, user = url[1].lower(), url[2]
        if scheme not in _SCHEMES:
            raise CampaignError(f"{where}: `{scheme}` is no protocol of git: {', '.join(_SCHEMES)}")
        # An ssh URL needs a user's name; in others a name alone may be a token.
        if user is not None and (":" in user or scheme != "ssh"):
            raise CampaignError(
                f"{where}: {without_credentials(text)}: no credentials in a list; git's own"
                " credential helpers give them"
            )
        return text
    if text.startswith("-") or "::" in text:
        raise CampaignError(f"{where}: `{text}` is no path and no URL")
    if _SCP.match(text) and not _DRIVE.match(text):
        return text
    return os.path.normpath(folder / Path(text).expanduser())


def _clones(folder: Path) -> Iterator[RepositoryEntry]:
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise CampaignError(
            f"{folder}: the folder of clones cannot be read: {error.strerror}"
        ) from error
    for path in inside:
        if path.is_dir() and git_folder(str(path)) is not None:
            yield RepositoryEntry("", str(path), False, str(folder))


def _refuse_twice(found: Sequence[RepositoryEntry]) -> None:
    seen: dict[str, RepositoryEntry] = {}
    for entry in found:
        first = seen.setdefault(_plain(entry.address), entry)
        if first is not entry:
            raise CampaignError(f"{entry.where}: {entry.address} is there before: {first.where}")


def _plain(address: str) -> str:
    path = os.path.realpath(address) if os.path.isabs(address) else address
    return path.rstrip("/").removesuffix(".git").rstrip("/")


def _named(found: Sequence[RepositoryEntry]) -> list[RepositoryEntry]:
    """With names: the last part of the address; where several share one, with a hash of the whole."""
    short = [_short(entry.address) for entry in found]
    several = Counter(name.lower() for name in short)
    return [
        RepositoryEntry(
            name if several[name.lower()] == 1 else f"{name}-{_digest(entry.address)}",
            entry.address,
            entry.clone,
            entry.where,
        )
        for name, entry in zip(short, found, strict=True)
    ]


def _short(address: str) -> str:
    last = re.split(r"[/\\:]", _plain(address))[-1]
    return _UNSAFE.sub("-", last).strip("-.") or _digest(address)


def _digest(address: str) -> str:
    return blake2b(_plain(address).encode(errors="surrogateescape"), digest_size=4).hexdigest()


def _clone(entry: RepositoryEntry, folder: Path, target: Path) -> None:
    """Clone beside the target first, so that no half of one is ever taken for it."""
    part = folder / f"{entry.name}{_PART}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)  # of a killed run
        done = Repository(folder).attempt(
            *("clone", "--quiet", "--no-checkout", "--no-tags", "--no-recurse-submodules"),
            *("--template=", "--origin=origin", "--", entry.address, str(part)),
            transports=True,
        )
        if done.returncode:
            raise _unreachable(entry, done.stderr)
        os.rename(part, target)
    except OSError as error:
        raise CampaignError(f"{entry.where}: cannot clone to {target}: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _update(entry: RepositoryEntry, repository: Repository) -> None:
    known = repository.attempt("config", "--get", "remote.origin.url").stdout.decode().strip()
    if known != entry.address:
        raise CampaignError(
            f"{entry.where}: {repository.top} is a clone of {without_credentials(known)}; remove it"
        )
    done = repository.attempt(
        *("fetch", "--quiet", "--prune", "--no-tags", "--no-recurse-submodules"),
        *("--no-auto-maintenance", "--", "origin"),
        transports=True,
    )
    if done.returncode:
        raise _unreachable(entry, done.stderr)
    head = repository.attempt(
        "rev-parse", "--verify", "--quiet", "refs/remotes/origin/HEAD^{commit}"
    )
    if head.returncode:
        raise CampaignError(f"{entry.where}: {without_credentials(entry.address)} has no commit")
    repository.run("checkout", "--quiet", "--force", "--detach", head.stdout.decode().strip())


def _unreachable(entry: RepositoryEntry, errors: bytes) -> CampaignError:
    shown = without_credentials(entry.address)
    return CampaignError(f"{entry.where}: cannot reach {shown}: {said_by_git(errors)}")
