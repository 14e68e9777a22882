"""Whether a commit is a batch's as the tool made it, or somebody changed it: the one answer to that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fixaudit.campaigns.batch import content_digest
from fixaudit.campaigns.object_reading import BlobChange, Blobs, changes_of, commits
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.trailers import Trailers, read_trailers
from fixaudit.files.git_repository import Repository

MOST_FILES = 5000
"""Of a commit that may be a batch's."""

_LINE_END = re.compile(rb"\r?\n")


def own_trailers(
    repository: Repository,
    settings: CampaignSettings,
    batch: str,
    commit: str,
    bases: Iterable[str] = (),
) -> Trailers | None:
    """The trailers of a commit that is the batch's, untouched; None for any other, or none here.

    Untouched: one parent, which is on the base branch, and content with the digest that its trailers
    say. `bases` are commits that count as the base branch besides what the repository knows of it.
    """
    if not is_here(repository, commit):
        return None
    found = commits(repository, [commit])[commit]
    trailers = read_trailers(found.message)
    if trailers is None or len(found.parents) != 1:
        return None
    if (trailers.campaign, trailers.batch) != (settings.name, batch):
        return None
    if not _on_base(repository, settings, found.parents[0], bases):
        return None
    files = changes_of(repository, [commit])[commit]
    return trailers if touched(files, trailers, Blobs(repository)) is None else None


def is_here(repository: Repository, commit: str) -> bool:
    """Whether the repository has this commit."""
    return repository.attempt("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


def touched(files: Sequence[BlobChange], trailers: Trailers | None, blobs: Blobs) -> str | None:
    """How a commit with these changes is not what its trailers say; None where it is that.

    Raises CampaignError for a blob that this clone lacks.
    """
    if not files or len(files) > MOST_FILES or not all(file.plain for file in files):
        return "changes more than the content of files: somebody amended it"
    content = [(file.path, blobs[file.before], blobs[file.after]) for file in files]
    if trailers is None or trailers.plan not in (content_digest(content), _of_windows(content)):
        return "changes something else than its trailers say: amended"
    return None


def _of_windows(files: Sequence[tuple[str, bytes, bytes]]) -> str:
    """The digest of the files as they are in a work tree with the line ends of Windows."""
    windows = _LINE_END.sub
    return content_digest(
        (path, windows(b"\r\n", before), windows(b"\r\n", after)) for path, before, after in files
    )


def _on_base(
    repository: Repository, settings: CampaignSettings, parent: str, bases: Iterable[str]
) -> bool:
    publish = settings.publish
    known = (f"refs/heads/{publish.base}", f"refs/remotes/{publish.push_remote}/{publish.base}")
    asked = ("merge-base", "--is-ancestor", parent)
    return any(repository.attempt(*asked, base).returncode == 0 for base in (*bases, *known))
