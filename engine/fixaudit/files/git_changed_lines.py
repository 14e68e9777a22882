"""Which lines of which files changed, as git tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fixaudit.files.git_repository import (
    DIFF,
    Repository,
    base,
    every_change_seen,
    hooks_index,
    untracked,
)
from fixaudit.files.plain_file import read_regular

LineRanges = tuple[tuple[int, int], ...]
"""Inclusive, 1-based `(first, last)` line numbers, ascending."""

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_LETTERS = {
    b"a": b"\a",
    b"b": b"\b",
    b"t": b"\t",
    b"n": b"\n",
    b"v": b"\v",
    b"f": b"\f",
    b"r": b"\r",
}


def changed_lines(
    repository: Repository, against: str | None = None, *, index: bool = False
) -> dict[Path, LineRanges]:
    """The lines added or rewritten since `against` (HEAD without), by file.

    With `index`, the lines staged. Untracked files count whole, unless `index`. Files of which
    lines were only removed have no ranges. `against` is a commit, such as `fork_point` gives.
    """
    target = ("--cached",) if index else ()
    prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
    with every_change_seen(repository) as seen:
        diff = repository.run(
            *(*DIFF, "--find-renames", *prefixes, "-U0", *target),
            *(against or base(repository), "--"),
            environment=hooks_index(repository) if index else seen,
        )
    ranges = {repository.absolute(name): found for name, found in _parse(diff)}
    for path in () if index else untracked(repository):
        lines = read_regular(path).count(b"\n") + 1 if path.is_file() else 0
        ranges[path] = ((1, lines),) if lines else ()
    return ranges


def _parse(diff: bytes) -> Iterator[tuple[bytes, LineRanges]]:
    name: bytes | None = None
    ranges: list[tuple[int, int]] = []
    lines = iter(diff.split(b"\n"))
    for line in lines:
        if line.startswith(b"+++ "):
            if name is not None:
                yield name, tuple(ranges)
            name, ranges = _unquoted(line[4:]).removeprefix(b"b/"), []
        elif hunk := _HUNK.match(line):
            removed, first, added = (int(1 if part is None else part) for part in hunk.groups())
            for _ in range(removed + added):  # a body line may look like a header
                if next(lines, b"").startswith(b"\\"):
                    next(lines, b"")
            if added:
                ranges.append((first, first + added - 1))
    if name is not None:
        yield name, tuple(ranges)


def _unquoted(name: bytes) -> bytes:
    """The file name of a `+++` line: git ends one with spaces by a tab, and quotes odd ones."""
    if not name.startswith(b'"'):
        return name.removesuffix(b"\t")

    def plain(escape: re.Match[bytes]) -> bytes:
        text = escape[1]
        return bytes([int(text, 8)]) if len(text) == 3 else _LETTERS.get(text, text)

    return _ESCAPE.sub(plain, name.rstrip(b"\t")[1:-1])
