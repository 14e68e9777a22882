"""Which functions of the project run when others do: calls are followed, a few deep."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import nodes_below
from fixaudit.semantics.values.callees import Callee, CalleeReader

T = TypeVar("T")

# A constructor, the steps of its set-up and what these call. Deeper, a caller hardly knows of it.
MAX_CALLS = 4
MAX_FUNCTIONS = 1_000


def reached(project: Project, start: Callee) -> tuple[tuple[int, Callee], ...]:
    """The function and those that it runs, each with how many calls it is away, the nearest first.

    At most `MAX_CALLS` away. A lower bound: what is called through values that nothing is known of
    is not among them.
    """
    found = {start.key: (0, start)}
    latest = [start]
    for calls in range(1, MAX_CALLS + 1):
        below = [callee for each in latest for callee in callees_of(project, each)]
        latest = list({each.key: each for each in below if each.key not in found}.values())
        found.update((each.key, (calls, each)) for each in latest)
        if len(found) > MAX_FUNCTIONS:
            break
    return tuple(found.values())


def callees_of(project: Project, callee: Callee) -> tuple[Callee, ...]:
    """What a function runs right away; each read once a run."""
    function = callee.function

    def read() -> tuple[Callee, ...]:
        reader = CalleeReader(project, function.module, callee)
        node = reader.view.node(function.record.span)
        called = reader.read(nodes_below(node))  # type: ignore[arg-type]
        return tuple({each.key: each for _, each in called}.values())

    return remembered(project, ("callees", callee.key), read)


def remembered(project: Project, key: Hashable, read: Callable[[], T]) -> T:
    """What `read` gives, kept for the run for as long as what it looked at stays as it is."""
    known = project.remembered.get(key)
    if known is None or not project.is_current(known[0], known[1]):
        project.settle()
        with project.recording() as dependencies:
            answer = read()
        known = project.remembered[key] = project.stamp(dependencies), dependencies, answer
    else:
        project.replay(known[1])
    found: T = known[2]
    return found
