"""Work grows with the file, not with its square: calls are counted, no clock is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from counted_calls import counted_calls
from order_codemods import (
    AroundFirst,
    AroundLast,
    Back,
    Breaking,
    Removing,
    RestingFirst,
    RestingLast,
    Whole,
    run,
)

from fixaudit import Codemod
from fixaudit.model.outcome import Changed, LocatedFinding, Outcome, Unchanged
from fixaudit.pipeline.order import Unsound
from fixaudit.pipeline.passes import Passes
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.attributes.duplicate_assignment.codemod import DuplicateAssignment

SHAPES: dict[str, Callable[[int], str]] = {
    "one value": lambda count: "x = 1\n" * count,
    "other values": lambda count: "".join(f"X = {number}\n" for number in range(count)),
    "two rounds": lambda count: "".join(f"N{n} = {n}\n" for n in range(count // 2)) * 2,
    "calls between": lambda count: "x = 1\nf(x)\n" * (count // 2),
    "in a function": lambda count: "def f():\n" + "    x = []\n    g()\n" * (count // 2),
    "attributes of an object": lambda count: "def f(self):\n"
    + "".join(f"    self.a{number} = {number}\n" for number in range(count)),
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


WAITING: dict[str, tuple[Callable[[int], str], tuple[type[Codemod], ...]]] = {
    "two edits of one place": (lambda count: "f = (1, max)\n" * count, (Whole, Removing)),
    "swallowed, with the lower code": (lambda n: "f = print(max)\n" * n, (AroundLast, Removing)),
    "swallowed, with the higher code": (lambda n: "f = print(max)\n" * n, (AroundFirst, Removing)),
    "one edit decides many verdicts": (
        lambda count: "f = max\n" + "g = abs\n" * count,
        (RestingLast, Removing),
    ),
    "many edits decide many verdicts": (
        lambda count: "f = max\n" * count + "g = abs\n" * count,
        (RestingLast, Removing),
    ),
    "many verdicts keep many edits": (
        lambda count: "f = max\n" * count + "g = abs\n" * count,
        (RestingFirst, Removing),
    ),
    "edits that are taken back": (lambda count: "f = max\n" * count, (Back, Removing)),
}


@pytest.mark.parametrize("shape", WAITING)
def test_a_file_is_changed_as_often_however_many_sites_wait(
    shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with more of them than there may be runs, a second run still finds nothing."""
    attempts: list[int] = []
    attempt = Passes.attempt

    def counted(
        passes: Passes, current: Source, chosen: Sequence[LocatedFinding]
    ) -> Source | Unsound:
        attempts[-1] += 1
        return attempt(passes, current, chosen)

    monkeypatch.setattr(Passes, "attempt", counted)
    make, kinds = WAITING[shape]
    for count in (50, 250):
        attempts.append(0)
        outcome = run(make(count).encode(), *(kind() for kind in kinds))
    assert 0 < attempts[1] <= attempts[0]
    if isinstance(outcome, Changed):
        assert isinstance(run(outcome.after, *(kind() for kind in kinds)), Unchanged)


REFUSED: dict[str, Callable[[int], str]] = {
    "in the module": lambda count: "g = f(\n    1,  # one\n)\n" * count,
    "in a function": lambda count: "def h():\n" + "    f(\n        1,  # one\n    )\n" * count,
    "beside sound ones": lambda count: "g = f(\n    1,  # one\n)\ng = f(1)\n" * (count // 2),
}


@pytest.mark.parametrize("shape", REFUSED)
def test_refused_edits_cost_as_much_each_however_many_there_are(shape: str) -> None:
    outcomes: list[Outcome] = []

    def calls(count: int) -> int:
        text = REFUSED[shape](count).encode()
        return counted_calls(lambda: outcomes.append(run(text, Breaking())))

    assert calls(400) < 5 * calls(100)
    last = outcomes[0]
    assert isinstance(last, (Unchanged, Changed))
    refused = [site for site in last.sites if "would be lost" in site.finding.reason]
    assert len(refused) == (200 if shape == "beside sound ones" else 400)
