"""Putting edits together: disjoint findings go in one pass, overlapping ones wait for the next."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fixaudit.findings import Edit, Finding, Span


@dataclass(frozen=True, slots=True)
class Composition:
    """Findings whose edits fit together, and those that must wait because they overlap."""

    chosen: tuple[Finding, ...]
    waiting: tuple[Finding, ...]


def compose(findings: Iterable[Finding]) -> Composition:
    """Choose a set of findings with disjoint edits, first come first served in text order.

    A finding's edits are taken all together or not at all. Identical edits of two findings count
    as overlapping: the second is judged again on what the first left.
    """
    taken: list[tuple[int, int]] = []
    chosen: list[Finding] = []
    waiting: list[Finding] = []
    for finding in sorted(findings, key=_order):
        spans = [(edit.span.start, edit.span.end) for edit in finding.edits]
        if any(_collides(taken, start, end) for start, end in spans):
            waiting.append(finding)
            continue
        chosen.append(finding)
        for entry in spans:
            insort(taken, entry)
    return Composition(tuple(chosen), tuple(waiting))


def _order(finding: Finding) -> tuple[int, int, str]:
    first = min((edit.span for edit in finding.edits), default=finding.span)
    return first.start, first.end, finding.codemod


def _collides(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    position = bisect_left(taken, (start, end))
    span = Span(start, end)
    # Taken spans are disjoint, so only the neighbours (and insertions beside them) can collide.
    near = taken[max(0, position - 2) : position + 2]
    return any(span.overlaps(Span(*other)) for other in near)


def apply_edits(body: bytes, edits: Iterable[Edit]) -> bytes:
    """The body with disjoint edits carried out."""
    parts: list[bytes] = []
    position = 0
    for edit in sorted(edits, key=lambda entry: entry.span):
        parts.append(body[position : edit.span.start])
        parts.append(edit.text.encode("utf-8"))
        position = edit.span.end
    parts.append(body[position:])
    return b"".join(parts)


class OffsetMap:
    """Where an offset of an edited text was in the text before, through any number of passes."""

    def __init__(self) -> None:
        self._passes: list[tuple[list[int], list[tuple[int, int, int, int]]]] = []

    def add(self, edits: Iterable[Edit]) -> None:
        """Record one round of disjoint edits."""
        rows: list[tuple[int, int, int, int]] = []
        shift = 0
        for edit in sorted(edits, key=lambda entry: entry.span):
            size = len(edit.text.encode("utf-8"))
            start = edit.span.start + shift
            rows.append((start, start + size, edit.span.start, edit.span.end))
            shift += size - (edit.span.end - edit.span.start)
        self._passes.append(([row[0] for row in rows], rows))

    def before(self, offset: int) -> tuple[int, int]:
        """The range in the first text that `offset` in the last one comes from.

        A single point where nothing touched it; the replaced span where it lies in new text.
        """
        low = high = offset
        for starts, rows in reversed(self._passes):
            low, high = self._back(starts, rows, low, True), self._back(starts, rows, high, False)
        return low, max(low, high)

    def _back(
        self, starts: Sequence[int], rows: list[tuple[int, int, int, int]], offset: int, low: bool
    ) -> int:
        position = bisect_left(starts, offset + 1) - 1
        if position < 0:
            return offset
        new_start, new_end, old_start, old_end = rows[position]
        if new_start <= offset < new_end:
            return old_start if low else old_end
        return offset - new_end + old_end
