"""Putting edits together: disjoint findings go in one pass, overlapping ones wait for the next."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass

from fixaudit.model.finding import Edit, Finding, Span


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
