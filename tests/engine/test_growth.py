"""Work grows with the file, not with its square: calls are counted, no clock is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from counted_calls import counted_calls

from fixaudit.model.outcome import Changed, Unchanged
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.attributes.duplicate_assignment.codemod import DuplicateAssignment

SHAPES: dict[str, Callable[[int], str]] = {
    "one value": lambda count: "x = 1\n" * count,
    "other values": lambda count: "".join(f"X = {number}\n" for number in range(count)),
    "two rounds": lambda count: "".join(f"N{n} = {n}\n" for n in range(count // 2)) * 2,
    "calls between": lambda count: "x = 1\nf(x)\n" * (count // 2),
    "in a function": lambda count: "def f():\n" + "    x = []\n    g()\n" * (count // 2),
    "a class": lambda count: "class C:\n" + "    x = [1]\n    y = g()\n" * (count // 2),
}


def _calls(text: str) -> int:
    """How many calls judging a text takes."""
    source = Source("pkg/m.py", text.encode())
    outcomes: list[object] = []
    plan = Plan([DuplicateAssignment()], write=False)
    count = counted_calls(lambda: outcomes.append(process(source, plan)))
    assert isinstance(outcomes[0], (Unchanged, Changed))
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_duplicate_assignments_cost_as_much_each_however_many_there_are(shape: str) -> None:
    small, large = (_calls(SHAPES[shape](count)) for count in (400, 1600))
    assert large < 5 * small
