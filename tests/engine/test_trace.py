"""Composed edits of many rounds must give the same text as the rounds one after the other."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from fixaudit.text.source_map import MappedEdit, SourceMap


def apply(body: bytes, edits: list[MappedEdit]) -> bytes:
    parts, position = [], 0
    for edit in sorted(edits, key=lambda entry: (entry.start, entry.end)):
        parts += [body[position : edit.start], edit.text]
        position = edit.end
    return b"".join([*parts, body[position:]])


def random_round(chance: random.Random, size: int, name: str) -> list[MappedEdit]:
    edits: list[MappedEdit] = []
    position = 0
    while True:
        start = position + chance.randint(0, 4)
        end = start + chance.choice([0, 0, 1, 2, 3])
        if end > size:
            return edits
        text = bytes(chance.choice(b"XYZ") for _ in range(chance.randint(0, 3)))
        edits.append(MappedEdit(start, end, text, ((f"{name}-{start}", "codemod"),)))
        position = end + 1


@pytest.mark.parametrize("block", range(10))
def test_composed_rounds_equal_rounds_in_turn(block: int) -> None:
    for seed in range(block * 500, block * 500 + 500):
        chance = random.Random(seed)
        first = current = bytes(chance.choice(b"abcdef") for _ in range(chance.randint(0, 12)))
        trace = SourceMap(len(first))
        for number in range(chance.randint(1, 4)):
            edits = random_round(chance, len(current), str(number))
            current = apply(current, edits)
            trace.add(edits)
        composed = list(trace.edits())
        assert apply(first, composed) == current, seed
        for left, right in pairwise(composed):
            assert left.end <= right.start
            assert (left.start, left.end) != (right.start, right.end)


def test_an_offset_in_new_text_comes_from_the_replaced_range() -> None:
    trace = SourceMap(10)
    trace.add([MappedEdit(2, 4, b"longer", (("f", "c"),))])
    assert trace.before(1) == (1, 1)
    assert trace.before(5) == (2, 4)
    assert trace.before(8) == (4, 4)
    assert trace.edits() == (MappedEdit(2, 4, b"longer", (("f", "c"),)),)
