"""Unified diffs in bytes, as `git apply` takes them: nothing of the file is decoded or tidied."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fixaudit.text.line_diff import Change, changes, split_lines
from fixaudit.text.visible import encoded

Heading = Callable[[int, int], str]

_LONGEST_HEADING = 200
_NO_NEWLINE = b"\\ No newline at end of file\n"
_ESCAPES = {7: b"\\a", 8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 12: b"\\f", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk. `lines` begin with a space, `-` or `+` and end in a newline; lines are 1-based.

    As in every unified diff, the start of an empty side is the line before it.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    heading: str
    lines: tuple[bytes, ...]

    @property
    def header(self) -> bytes:
        old = _range(self.old_start, self.old_count)
        new = _range(self.new_start, self.new_count)
        text = f"@@ -{old} +{new} @@{' ' if self.heading else ''}{self.heading}\n"
        return encoded(text)


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference of two versions of one file; false where there is none."""

    path: str
    hunks: tuple[Hunk, ...]

    def __bool__(self) -> bool:
        return bool(self.hunks)

    @property
    def header(self) -> bytes:
        """The `diff --git`, `---` and `+++` lines."""
        # Behind a name with spaces git puts a tab, or it would take the rest for a date.
        end = b"\t\n" if " " in self.path else b"\n"
        old, new = quoted(f"a/{self.path}"), quoted(f"b/{self.path}")
        # With this first line git takes the paths from the top of the repository, wherever it runs.
        first = b"diff --git " + old + b" " + new + b"\n"
        return first + b"--- " + old + end + b"+++ " + new + end

    @property
    def patch(self) -> bytes:
        """What `git apply` and `patch -p1` take; empty where nothing differs."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """The lines of `patch` one by one, for a terminal that colours them."""
        if not self.hunks:
            return
        yield self.header
        for hunk in self.hunks:
            yield hunk.header
            yield from hunk.lines

    @property
    def added(self) -> int:
        return self._count(b"+")

    @property
    def removed(self) -> int:
        return self._count(b"-")

    def _count(self, sign: bytes) -> int:
        return sum(line.startswith(sign) for hunk in self.hunks for line in hunk.lines)


def unified(
    relative_path: str,
    before: bytes,
    after: bytes,
    context: int = 3,
    heading: Heading | None = None,
) -> Diff:
    """The difference between two versions of a file.

    Args:
        relative_path: with `/`; bytes that are no UTF-8 as surrogate escapes, as in `os.fsdecode`.
        heading: gives the text behind a hunk's second `@@` for its first and last *changed* old
            line (1-based; for a pure insertion both are the line it stands behind). It is put on
            one line and cut at a length; it may be empty.
    """
    if before == after:
        return Diff(relative_path, ())
    old, new = split_lines(before), split_lines(after)
    groups = _grouped(changes(old, new), context)
    hunks = (_hunk(old, new, group, context, heading) for group in groups)
    return Diff(relative_path, tuple(hunks))


def _grouped(found: Sequence[Change], context: int) -> list[list[Change]]:
    """Changes whose contexts would meet, together."""
    groups: list[list[Change]] = []
    for change in found:
        if groups and change.old_start - groups[-1][-1].old_end <= 2 * context:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def _hunk(
    old: Sequence[bytes],
    new: Sequence[bytes],
    group: Sequence[Change],
    context: int,
    heading: Heading | None,
) -> Hunk:
    first, last = group[0], group[-1]
    lead = min(context, first.old_start)
    trail = min(context, len(old) - last.old_end)
    lines: list[bytes] = []
    at = first.old_start - lead
    for change in group:
        _put(lines, b" ", old[at : change.old_start])
        _put(lines, b"-", old[change.old_start : change.old_end])
        _put(lines, b"+", new[change.new_start : change.new_end])
        at = change.old_end
    _put(lines, b" ", old[at : at + trail])
    old_count = last.old_end + trail - (first.old_start - lead)
    new_count = last.new_end + trail - (first.new_start - lead)
    title = ""
    if heading is not None:
        title = _one_line(heading(min(first.old_start + 1, last.old_end), last.old_end))
    return Hunk(
        old_start=first.old_start - lead + (1 if old_count else 0),
        old_count=old_count,
        new_start=first.new_start - lead + (1 if new_count else 0),
        new_count=new_count,
        heading=title,
        lines=tuple(lines),
    )


def _put(lines: list[bytes], sign: bytes, content: Sequence[bytes]) -> None:
    for line in content:
        lines.append(sign + line if line.endswith(b"\n") else sign + line + b"\n" + _NO_NEWLINE)


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"


def _one_line(text: str) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= _LONGEST_HEADING else text[: _LONGEST_HEADING - 1] + "…"


def quoted(path: str) -> bytes:
    """A path as git writes it in a patch: in quotes with octal escapes where it is not plain."""
    data = os.fsencode(path)
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in data):
        return data
    escaped = (_escaped(byte) for byte in data)
    return b'"' + b"".join(escaped) + b'"'


def _escaped(byte: int) -> bytes:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte
