"""Every commit that changed a file, with its content before and after: two git commands a file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from fixaudit.files.git_errors import GitError
from fixaudit.files.git_repository import Repository
from fixaudit.plan.past import FileChange, Removal

_MOST = 400
"""Commits of a file that are looked at, the newest ones."""
_SHORT = 10
_FORMAT = "--format=%x01%H%x00%cs%x00%B%x02"
_LOG = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-abbrev",
    "--raw",
    "-M",
    "-c",
    "--full-history",
    f"-{_MOST}",
)
_NONE = re.compile(r"0+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A commit that changed a file: the blobs before it (several for a merge) and after."""

    commit: str
    by: Removal
    before: tuple[str, ...]
    after: str


def entries(repository: Repository, name: str, *, follow: bool) -> list[Entry]:
    """The commits that changed a file of HEAD's history, the newest first; `follow` through renames."""
    options = ("--follow",) if follow else ()
    text = said(repository, "log", *_LOG, *options, _FORMAT, "HEAD", "--", f":(top,literal){name}")
    return list(_parsed(text or ""))


def renamed_to(repository: Repository, commit: str, name: str) -> str | None:
    """The new name of a file that a commit renamed."""
    options = ("-z", "--format=", "--name-status", "-M", "--diff-filter=R", "--no-ext-diff")
    parts = (said(repository, "show", *options, commit) or "").strip("\n").split("\0")
    for number in range(0, len(parts) - 2, 3):
        if parts[number + 1] == name:
            return parts[number + 2]
    return None


def changes(
    repository: Repository, found: Iterable[Entry], with_report: Iterable[str]
) -> tuple[FileChange, ...]:
    """Entries with the contents of their blobs."""
    known = list(found)
    blobs = _contents(repository, {blob for e in known for blob in (*e.before, e.after)})
    own = frozenset(with_report)
    return tuple(
        FileChange(entry.by, blobs[before], _after(entry, blobs), entry.commit in own)
        for entry in known
        for before in entry.before
        if before in blobs and entry.after in blobs
    )


def _after(entry: Entry, blobs: dict[str, bytes]) -> bytes | None:
    return None if _NONE.fullmatch(entry.after) else blobs[entry.after]


def said(repository: Repository, *arguments: str) -> str | None:
    """The output of a git command, without the last newline; None where it fails."""
    try:
        done = repository.attempt(*arguments)
    except GitError:
        return None
    return done.stdout.decode("utf-8", "replace").rstrip("\n") if done.returncode == 0 else None


def _parsed(text: str) -> Iterator[Entry]:
    for part in text.split("\x01")[1:]:
        words, _, raw = part.partition("\x02")
        commit, date, message = words.split("\0", 2)
        by = Removal(f"commit {commit[:_SHORT]}", date, message.strip())
        for line in raw.splitlines():
            if line.startswith(":"):
                parents = len(line) - len(line.lstrip(":"))
                fields = line.lstrip(":").partition("\t")[0].split(" ")
                blobs = fields[parents + 1 : 2 * parents + 2]
                yield Entry(commit, by, tuple(dict.fromkeys(blobs[:-1])), blobs[-1])


def _contents(repository: Repository, blobs: Collection[str]) -> dict[str, bytes]:
    wanted = sorted(blob for blob in blobs if not _NONE.fullmatch(blob))
    found = dict.fromkeys((blob for blob in blobs if _NONE.fullmatch(blob)), b"")
    if not wanted:
        return found
    try:
        done = repository.attempt("cat-file", "--batch", stdin="\n".join(wanted).encode() + b"\n")
    except GitError:
        return found
    data, at = done.stdout, 0
    while at < len(data):
        end = data.index(b"\n", at)
        head = data[at:end].split(b" ")
        at = end + 1
        if len(head) == 3 and head[1] == b"blob":
            size = int(head[2])
            found[head[0].decode()] = data[at : at + size]
            at += size + 1
        elif len(head) == 3:
            at += int(head[2]) + 1
    return found
