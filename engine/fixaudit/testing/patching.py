"""Applying our own diffs, to see that a dry run's patch gives what writing gives."""

from __future__ import annotations

from fixaudit.text.line_diff import split_lines
from fixaudit.text.unified_diff import unified


def patched(path: str, before: bytes, after: bytes) -> bytes | None:
    """`before` with the diff to `after` applied line by line; None where the diff does not fit."""
    old = split_lines(before)
    result: list[bytes] = []
    at = 0
    for hunk in unified(path, before, after).hunks:
        start = hunk.old_start - (1 if hunk.old_count else 0)
        result += old[at:start]
        at = start
        for line in hunk.lines:
            content = line[1:].removesuffix(b"\n\\ No newline at end of file\n")
            if line[:1] == b"+":
                result.append(content)
                continue
            if at >= len(old) or old[at] != content:
                return None
            at += 1
            if line[:1] == b" ":
                result.append(content)
    return b"".join([*result, *old[at:]])
