"""Commits, blobs and differences of many commits at once: a few processes, however many there are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixaudit.campaigns.errors import CampaignError
from fixaudit.files.git_repository import Repository

LARGEST = 16 * 1024 * 1024
"""Bytes. A larger blob is never a source file of a batch, and is not read."""

_AT_ONCE = 64 * 1024 * 1024
_PLAIN = {b"100644", b"100755"}
_NOTHING = b"000000"


@dataclass(frozen=True, slots=True)
class BlobChange:
    """What a commit did to a path: the ids of its blobs, None where the path is not there.

    `plain` is False where more than the content of a plain file changed: its mode, a link, a submodule.
    """

    path: str
    before: str | None
    after: str | None
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its parents, and its message as text."""

    parents: tuple[str, ...]
    message: str


def commits(repository: Repository, ids: Iterable[str]) -> dict[str, Commit]:
    """The commits of these ids."""
    return {name: _commit(data) for name, data in _contents(repository, ids)}


def existing_commits(repository: Repository, ids: Mapping[str, str]) -> dict[str, str]:
    """Those of the ids, by whatever key, that are commits of this clone."""
    if not ids:
        return {}
    asked = ("cat-file", "--batch-check=%(objecttype)")
    kinds = repository.run(*asked, stdin=_lines(list(ids.values()))).splitlines()
    pairs = zip(ids.items(), kinds, strict=False)
    return {key: name for (key, name), kind in pairs if kind == b"commit"}


class Blobs:
    """Contents by id, read in large groups and kept until `forget`."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._known: dict[str, bytes] = {}

    def load(self, ids: Iterable[str | None]) -> None:
        """Read those that are not known yet. Raises CampaignError for one that this clone lacks."""
        wanted = {name for name in ids if name is not None} - self._known.keys()
        self._known.update(_contents(self._repository, sorted(wanted)))

    def __getitem__(self, name: str | None) -> bytes:
        """The content; nothing for None, and for what is too large to be read."""
        if name is None:
            return b""
        self.load([name])
        return self._known[name]

    def forget(self) -> None:
        self._known.clear()


def changes_of(repository: Repository, ids: Sequence[str]) -> dict[str, tuple[BlobChange, ...]]:
    """What each of these commits, which have one parent, changes; renames are two changes."""
    if not ids:
        return {}
    asked = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--root")
    output = repository.run(*asked, stdin=_lines(ids))
    found: dict[str, tuple[BlobChange, ...]] = dict.fromkeys(ids, ())
    found.update(parsed_changes(output.split(b"\0")))
    return found


def parsed_changes(
    fields: Iterable[bytes],
) -> Iterator[tuple[str, tuple[BlobChange, ...]]]:
    """The commits and their changes of git's `--raw -z`: the name of a commit, then pairs of fields."""
    name, changes = "", list[BlobChange]()
    rest = iter(fields)
    for field in rest:
        field = field.strip(b"\n")
        if field.startswith(b":"):
            changes.append(_change(field, next(rest)))
        elif field:
            if name:
                yield name, tuple(changes)
            name, changes = field.decode(), []
    if name:
        yield name, tuple(changes)


def blobs_at(repository: Repository, commit: str, paths: Sequence[str]) -> Mapping[str, str | None]:
    """The ids of the blobs of paths at a commit; None where there is no file."""
    names = [os.fsencode(path) for path in paths]
    asked = [name for name in names if b"\n" not in name]
    lines = b"".join(b"%s:%s\n" % (commit.encode(), name) for name in asked)
    output = repository.run("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=lines)
    found: dict[str, str | None] = dict.fromkeys(paths)
    for name, line in zip(asked, output.split(b"\n"), strict=False):
        kind, _, identity = line.partition(b" ")
        if kind == b"blob":
            found[os.fsdecode(name)] = identity.decode()
    for path in paths if len(asked) < len(names) else ():
        if "\n" in path:  # it cannot be asked for by line
            done = repository.attempt("rev-parse", "--verify", "--quiet", f"{commit}:{path}")
            found[path] = done.stdout.decode().strip() or None
    return found


def _change(field: bytes, path: bytes) -> BlobChange:
    old, new, before, after, _ = field[1:].split(b" ")
    plain = {old, new} - {_NOTHING} <= _PLAIN and (old == new or _NOTHING in (old, new))
    return BlobChange(
        os.fsdecode(path),
        None if old == _NOTHING else before.decode(),
        None if new == _NOTHING else after.decode(),
        plain,
    )


def _commit(data: bytes) -> Commit:
    head, _, message = data.partition(b"\n\n")
    lines = [line.partition(b" ") for line in head.split(b"\n")]
    parents = tuple(value.decode() for key, _, value in lines if key == b"parent")
    return Commit(parents, message.decode("utf-8", "replace"))


def _contents(repository: Repository, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The content of objects, in groups that fit into memory; what is too large is empty."""
    wanted = list(ids)
    if not wanted:
        return
    group, size = list[str](), 0
    for name, length in _sizes(repository, wanted):
        if length > LARGEST:
            yield name, b""
            continue
        if group and size + length > _AT_ONCE:
            yield from _read(repository, group)
            group, size = [], 0
        group.append(name)
        size += length
    yield from _read(repository, group)


def _sizes(repository: Repository, ids: Sequence[str]) -> Iterator[tuple[str, int]]:
    output = repository.run("cat-file", "--batch-check=%(objectsize)", stdin=_lines(ids))
    for name, line in zip(ids, output.split(b"\n"), strict=False):
        if not line.isdigit():
            raise CampaignError(
                f"{repository.top} lacks the object {name[:12]}: a partial clone, or a damaged one;"
                " `git fetch --refetch --no-filter` brings it"
            )
        yield name, int(line)


def _read(repository: Repository, ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    if not ids:
        return
    output = repository.run("cat-file", "--batch=%(objectsize)", stdin=_lines(ids))
    at = 0
    for name in ids:
        start = output.index(b"\n", at) + 1
        end = start + int(output[at : start - 1])
        yield name, output[start:end]
        at = end + 1


def _lines(ids: Sequence[str]) -> bytes:
    return "".join(f"{name}\n" for name in ids).encode()
