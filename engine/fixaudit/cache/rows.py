"""The rows of the cache's tables, and what they stand for."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixaudit.cache.database import checksum
from fixaudit.cache.place import Place

if TYPE_CHECKING:
    from fixaudit.semantics.text_search import Search

Answer = tuple[str, tuple[str, ...]]
"""The digest of what a search found, and the files it was found in."""

Stamp = tuple[int, int, int, int]
"""Time of change, time of the inode's change, size and inode of a file."""

# A file written this shortly before it was read may be written again within the same clock tick.
_SETTLED_NS = 2_000_000_000
NEVER: Stamp = (0, 0, 0, 0)
_LARGEST = (1 << 63) - 1


@dataclass(slots=True)
class Entry:
    """What is kept of one file; `plain` says that its outcome holds nothing but its path.

    `adopted` says that it is one of another checkout: what it was made from was read there.
    """

    id: int
    context: str
    digest: str
    stamp: Stamp
    plain: bool
    depends: bool
    adopted: bool = False


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino & _LARGEST


def settled(stamp: Stamp) -> Stamp:
    return stamp if time.time_ns() - max(stamp[0], stamp[1]) > _SETTLED_NS else NEVER


def head_sum(name: bytes, context: bytes, digest: bytes, plain: bool, depends: bool) -> int:
    return checksum(name, context, digest, b"%d%d" % (plain, depends))


def read_entry(row: tuple[object, ...]) -> Entry | None:
    number, name, context, digest, a, b, c, d, plain, depends, known = row
    try:
        if head_sum(name, context, digest, plain, depends) != known:  # type: ignore[arg-type]
            return None
    except TypeError:  # a number in place of a text
        return None
    stamp = (a, b, c, d)
    return Entry(number, context.decode(), digest.decode(), stamp, bool(plain), bool(depends))  # type: ignore[attr-defined, arg-type]


def search_row(search: Search, answer: Answer, place: Place) -> tuple[object, ...]:
    """A search and its answer, as `read_search` takes them."""
    from fixaudit.semantics.query_log import written

    kind, needle, cap = written(search)
    digest, paths = answer
    names = b"\0".join(os.fsencode(place.name(path)) for path in paths)
    known = checksum(kind.encode(), needle.encode(), b"%d" % cap, digest.encode(), names)
    return kind, needle, cap, digest, names, known


def read_search(row: tuple[bytes, bytes, int, bytes, bytes, int], place: Place) -> tuple[Search, Answer] | None:  # fmt: skip
    """A search and its answer; None for a damaged row."""
    from fixaudit.semantics.query_log import as_search

    kind, needle, cap, digest, names, known = row
    try:
        if checksum(kind, needle, b"%d" % cap, digest, names) != known:
            return None
        search = as_search(kind.decode(), needle.decode(), cap)
    except (TypeError, ValueError):
        return None
    paths = tuple(place.path(os.fsdecode(name)) for name in names.split(b"\0") if name)
    return search, (digest.decode(), paths)
