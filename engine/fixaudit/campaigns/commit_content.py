"""What a commit changes, and whether it is a batch's as the tool made it or somebody's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from fixaudit.campaigns.batch import content_digest
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.trailers import Trailers, read_trailers
from fixaudit.files.git_objects import object_id
from fixaudit.files.git_repository import Repository

_LINE_END = re.compile(rb"\r?\n")
_NOTHING = re.compile(rb"0+")


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
    parents, message = _read(repository, commit)
    trailers = read_trailers(message)
    if trailers is None or len(parents) != 1:
        return None
    if (trailers.campaign, trailers.batch) != (settings.name, batch):
        return None
    if not _on_base(repository, settings, parents[0], bases):
        return None
    return trailers if trailers.plan in _digests(repository, parents[0], commit) else None


def is_here(repository: Repository, commit: str) -> bool:
    """Whether the repository has this commit."""
    return repository.attempt("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


def changes_of(
    repository: Repository, parent: str, commit: str
) -> tuple[tuple[str, bytes, bytes], ...]:
    """(path, bytes before, bytes after) of each file that differs, as git stores them. GitError."""
    asked = ("diff-tree", "-r", "--raw", "--no-abbrev", "--no-renames", "-z", parent, commit)
    fields = repository.run(*asked).split(b"\0")
    rows = []
    for head, name in zip(fields[:-1:2], fields[1::2], strict=True):
        _, _, before, after, _ = head.split(b" ")
        rows.append((os.fsdecode(name), before, after))
    contents = _contents(repository, {blob for _, *blobs in rows for blob in blobs})
    return tuple((path, contents[before], contents[after]) for path, before, after in rows)


def _read(repository: Repository, commit: str) -> tuple[list[str], str]:
    done = repository.attempt("cat-file", "commit", commit)
    head, _, message = done.stdout.partition(b"\n\n")
    lines = head.decode(errors="replace").splitlines()
    return [line[7:] for line in lines if line.startswith("parent ")], message.decode(
        errors="replace"
    )


def _on_base(
    repository: Repository, settings: CampaignSettings, parent: str, bases: Iterable[str]
) -> bool:
    publish = settings.publish
    known = (f"refs/heads/{publish.base}", f"refs/remotes/{publish.push_remote}/{publish.base}")
    asked = ("merge-base", "--is-ancestor", parent)
    return any(repository.attempt(*asked, base).returncode == 0 for base in (*bases, *known))


def _digests(repository: Repository, parent: str, commit: str) -> set[str]:
    """As the files are stored, and as they are in a work tree with line ends of Windows."""
    files = changes_of(repository, parent, commit)
    windows = [(path, _windows(before), _windows(after)) for path, before, after in files]
    return {content_digest(files), content_digest(windows)}


def _windows(content: bytes) -> bytes:
    return _LINE_END.sub(b"\r\n", content)


def _contents(repository: Repository, blobs: set[bytes]) -> dict[bytes, bytes]:
    """The content of each blob; nothing for the id of zeros. GitError for one that is not here."""
    found = {blob: b"" for blob in blobs if _NOTHING.fullmatch(blob)}
    for blob in sorted(blobs - found.keys()):
        found[blob] = repository.run("cat-file", "blob", object_id(blob))
    return found
