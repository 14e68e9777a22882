"""Which lines of two versions of a file differ: stdlib `difflib`, kept linear on large files."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

# The longest gap between anchors that difflib gets whole: its time is quadratic.
_EXACT_LINES = 400


@dataclass(frozen=True, slots=True)
class Change:
    """Old lines `[old_start, old_end)` become new lines `[new_start, new_end)`; 0-based."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def split_lines(data: bytes) -> list[bytes]:
    """Lines with their ends; only `\\n` ends one, as for git: a lone `\\r` or `\\f` does not."""
    lines = data.split(b"\n")
    last = lines.pop()
    result = [line + b"\n" for line in lines]
    return [*result, last] if last else result


def changes(old: Sequence[bytes], new: Sequence[bytes]) -> list[Change]:
    """The differing regions in order, none touching the next."""
    merged: list[Change] = []
    for change in _regions(old, new):
        if merged and _touch(merged[-1], change):
            last = merged.pop()
            change = Change(last.old_start, change.old_end, last.new_start, change.new_end)
        merged.append(change)
    return merged


def _touch(left: Change, right: Change) -> bool:
    return left.old_end == right.old_start and left.new_end == right.new_start


def _regions(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[Change]:
    """Cut at lines that stand once in both versions, and run difflib between the cuts only."""
    head, tail = _common_ends(old, new)
    whole = Change(head, len(old) - tail, head, len(new) - tail)
    old_at, new_at = whole.old_start, whole.new_start
    for old_anchor, new_anchor in [*_anchors(old, new, whole), (whole.old_end, whole.new_end)]:
        if old_at < old_anchor or new_at < new_anchor:
            yield from _gap(old, new, Change(old_at, old_anchor, new_at, new_anchor))
        old_at, new_at = old_anchor + 1, new_anchor + 1


def _common_ends(old: Sequence[bytes], new: Sequence[bytes]) -> tuple[int, int]:
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


def _anchors(old: Sequence[bytes], new: Sequence[bytes], within: Change) -> list[tuple[int, int]]:
    """Line pairs, unique in both versions, that stand in the same order: the longest such run."""
    counts = Counter(old[within.old_start : within.old_end])
    in_old = {
        old[index]: index
        for index in range(within.old_start, within.old_end)
        if counts[old[index]] == 1
    }
    counts = Counter(new[within.new_start : within.new_end])
    pairs = [
        (in_old[line], index)
        for index in range(within.new_start, within.new_end)
        if counts[line := new[index]] == 1 and line in in_old
    ]
    return _longest_rising(pairs)


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs whose first numbers rise (patience sorting)."""
    tops: list[int] = []
    top_pairs: list[int] = []
    before: list[int] = []
    for index, (position, _) in enumerate(pairs):
        pile = bisect_left(tops, position)
        before.append(top_pairs[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [position]
        top_pairs[pile : pile + 1] = [index]
    chain: list[tuple[int, int]] = []
    at = top_pairs[-1] if top_pairs else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _gap(old: Sequence[bytes], new: Sequence[bytes], gap: Change) -> Iterator[Change]:
    large = max(gap.old_end - gap.old_start, gap.new_end - gap.new_start) > _EXACT_LINES
    for part in _resynced(old, new, gap) if large else (gap,):
        yield from _exactly(old, new, part)


def _exactly(old: Sequence[bytes], new: Sequence[bytes], gap: Change) -> Iterator[Change]:
    from difflib import SequenceMatcher

    before, after = old[gap.old_start : gap.old_end], new[gap.new_start : gap.new_end]
    if before == after:
        return
    # autojunk skips lines found many times; without it a long gap would take quadratic time.
    large = max(len(before), len(after)) > _EXACT_LINES
    for tag, *ends in SequenceMatcher(None, before, after, autojunk=large).get_opcodes():
        if tag != "equal":
            old_start, old_end, new_start, new_end = ends
            yield Change(
                gap.old_start + old_start,
                gap.old_start + old_end,
                gap.new_start + new_start,
                gap.new_start + new_end,
            )


def _resynced(old: Sequence[bytes], new: Sequence[bytes], gap: Change) -> Iterator[Change]:
    """Parts of a long gap of repeated lines: equal stretches are passed over, and behind a
    difference both sides go on at the nearest place where they agree again."""
    old_at, new_at = gap.old_start, gap.new_start
    while old_at < gap.old_end and new_at < gap.new_end:
        if old[old_at] == new[new_at]:
            old_at, new_at = old_at + 1, new_at + 1
            continue
        rest = Change(old_at, gap.old_end, new_at, gap.new_end)
        skip = next((entry for entry in _nearby() if _agree(old, new, rest, entry)), None)
        if skip is None:
            break
        yield Change(old_at, old_at + skip[0], new_at, new_at + skip[1])
        old_at, new_at = old_at + skip[0], new_at + skip[1]
    if old_at < gap.old_end or new_at < gap.new_end:
        yield Change(old_at, gap.old_end, new_at, gap.new_end)


def _agree(old: Sequence[bytes], new: Sequence[bytes], rest: Change, skip: tuple[int, int]) -> bool:
    """True where two lines behind `skip` lines on each side are equal."""
    i, j = rest.old_start + skip[0], rest.new_start + skip[1]
    if i + 2 > rest.old_end or j + 2 > rest.new_end:
        return False
    return old[i] == new[j] and old[i + 1] == new[j + 1]


@cache
def _nearby() -> list[tuple[int, int]]:
    # As many lines skipped on each side comes first: a rewritten line is commoner than an added one.
    return sorted(
        ((i, j) for i in range(65) for j in range(65) if i or j),
        key=lambda skip: (max(skip), abs(skip[0] - skip[1])),
    )
