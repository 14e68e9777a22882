"""Whether git could give a file back: its content against the index, the index against HEAD.

What git remembers of file times is not asked, nor the marks that hide changes from it. A file's own
bytes are compared first; only where they differ are git's own conversions applied (line ends,
`$Id$`, encodings), with every external filter without a program.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fixaudit.files.git_objects import IndexEntry, entries
from fixaudit.files.git_repository import GitError, Repository, base
from fixaudit.files.plain_file import read_regular

DIRTY = "has uncommitted changes"


@dataclass(frozen=True, slots=True)
class Dirt:
    """A file that is refused, and why; `kind` is `dirty`, or `commit` where it may be written."""

    path: Path
    kind: str
    reason: str


def dirty(
    repository: Repository, paths: Iterable[Path], *, to_commit: bool = False
) -> tuple[Dirt, ...]:
    """Those of `paths` whose content git could not give back: modified, staged or untracked.

    Ignored files count as clean. With `to_commit` also those that a commit must not hold: git does
    not track them, or filters them. Paths outside the repository are left out.
    """
    files = dict(_inside(repository, paths))
    if not files:
        return ()
    index = entries(repository)
    barred = _uncommittable(repository, files, index) if to_commit else {}
    found = {name: DIRTY for name in _staged(repository) if name in files}
    unknown = [name for name in files if name not in index]
    found |= dict.fromkeys(set(unknown) - _ignored(repository, unknown), DIRTY)
    known = {name: index[name] for name in files if name in index and name not in found}
    found |= _modified(repository, known)
    rows = [Dirt(files[name], "commit", reason) for name, reason in barred.items()]
    rows += (Dirt(files[n], "dirty", reason) for n, reason in found.items() if n not in barred)
    return tuple(sorted(rows, key=lambda row: row.path))


def _uncommittable(
    repository: Repository, names: Iterable[bytes], index: Mapping[bytes, IndexEntry]
) -> dict[bytes, str]:
    found = {name: "is not tracked by git" for name in names if name not in index}
    for name, filter in _filters(repository, names).items():
        found[name] = f"has a git filter ({filter}), which is not run"
    return found


def blob_id(content: bytes, like: str) -> str:
    """The id git gives these bytes, by the hash of the id `like`."""
    made = hashlib.sha1(usedforsecurity=False) if len(like) == 40 else hashlib.sha256()
    made.update(b"blob %d\0" % len(content))
    made.update(content)
    return made.hexdigest()


def _inside(repository: Repository, paths: Iterable[Path]) -> Iterator[tuple[bytes, Path]]:
    for path in paths:
        # Through links at the end too: what they lead to is the file that is written.
        try:
            yield repository.names([Path(os.path.realpath(path))])[0], path
        except GitError:
            continue


def _staged(repository: Repository) -> list[bytes]:
    asked = ("diff-index", "--cached", "--name-only", "--no-renames", "--ignore-submodules", "-z")
    return repository.run(*asked, base(repository), "--").split(b"\0")[:-1]


def _ignored(repository: Repository, names: list[bytes]) -> set[bytes]:
    if not names:
        return set()
    done = repository.attempt("check-ignore", "-z", "--stdin", stdin=_joined(names))
    return set(done.stdout.split(b"\0")[:-1])


def _modified(repository: Repository, known: dict[bytes, IndexEntry]) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    doubtful = []
    for name, entry in known.items():
        try:
            content = read_regular(repository.absolute(name))
        except OSError:
            continue  # gone or unreadable: nothing of it can be overwritten
        if not entry.blob:
            found[name] = "is in conflict"
        elif blob_id(content, entry.blob) != entry.blob:
            doubtful.append(name)
    filters = _filters(repository, doubtful)
    plain = [name for name in doubtful if name not in filters]
    for name, filter in filters.items():
        found[name] = f"has a git filter ({filter}), which is not run to see its changes"
    for name, blob in zip(plain, _converted(repository, plain), strict=True):
        if blob != known[name].blob:
            mark = known[name].mark
            found[name] = f"has changes that its mark {mark} hides from git" if mark else DIRTY
    return found


def _filters(repository: Repository, names: Iterable[bytes]) -> dict[bytes, str]:
    """The filters that attributes give to files, whether or not they are configured."""
    asked = _joined(names)
    if not asked:
        return {}
    fields = repository.run("check-attr", "-z", "--stdin", "filter", stdin=asked).split(b"\0")
    pairs = zip(fields[::3], fields[2::3], strict=False)
    none = {b"unspecified", b"unset"}
    return {name: os.fsdecode(value) for name, value in pairs if value not in none}


def _converted(repository: Repository, names: list[bytes]) -> list[str]:
    """The ids of the files' contents as git would store them."""
    if not names:
        return []
    asked = b"".join(_quoted(name) + b"\n" for name in names)
    return repository.run("hash-object", "--stdin-paths", stdin=asked).decode().split()


def _quoted(name: bytes) -> bytes:
    if b"\n" not in name and not name.startswith(b'"'):
        return name
    return b'"' + b"".join(b"\\%03o" % byte for byte in name) + b'"'


def _joined(names: Iterable[bytes]) -> bytes:
    return b"".join(name + b"\0" for name in names)
