"""Find which of many changes turn a validation red, in as few runs as bisecting takes.

Pure: changes are any values, and the validation is a function of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Minimised(Generic[T]):
    """The groups to drop, the groups to keep (each in the order given), and what it cost.

    `kept` alone is green: it was run, unless it is empty. `complete` is False where `max_runs` cut
    the search short; then `failing` may hold groups that break nothing.
    """

    failing: tuple[T, ...]
    kept: tuple[T, ...]
    runs: int
    complete: bool


class _BudgetError(Exception):
    """The runs are used up."""


def minimise(
    groups: Sequence[T],
    is_red: Callable[[tuple[T, ...]], bool],
    *,
    max_runs: int | None = None,
) -> Minimised[T]:
    """The smallest set of `groups` to drop for the rest to be green.

    `is_red` runs the validation with exactly the groups it is given, in their order. That all
    groups together are red, and none of them green, must be known already: neither is run.

    A single culprit among n costs at most log2(n) + 2 runs, each further one as much again. Where
    groups depend on each other (one is red without the other), the dropped ones are tried once more
    at the end, so that no kept set could be larger by one group.
    """
    trial = _Trial(groups, is_red, max_runs)
    kept: list[int] = []
    failing: list[int] = []
    rest = list(range(len(groups)))
    try:
        while rest:
            at = _boundary(trial, kept, rest)
            kept += rest[:at]
            failing.append(rest[at])
            rest = rest[at + 1 :]
            if not rest or not trial.is_red([*kept, *rest]):
                kept += rest
                rest = []
        if len(failing) > 1:
            _retry(trial, kept, failing)
        complete = True
    except _BudgetError:
        failing += rest
        complete = False
    return Minimised(trial.values(failing), trial.values(kept), trial.runs, complete)


def _boundary(trial: _Trial[T], kept: list[int], rest: list[int]) -> int:
    """An index in `rest` up to which all is green with `kept`, and with which it is red."""
    green, red = 0, len(rest)
    while red - green > 1:
        middle = (green + red) // 2
        if trial.is_red([*kept, *rest[:middle]]):
            red = middle
        else:
            green = middle
    return green


def _retry(trial: _Trial[T], kept: list[int], failing: list[int]) -> None:
    """Move back to `kept` whatever is green beside it, until nothing is any more."""
    found = True
    while found:
        found = False
        for index in tuple(failing):
            if not trial.is_red([*kept, index]):
                failing.remove(index)
                kept.append(index)
                found = True


class _Trial(Generic[T]):
    """The validation with its results memoized: no set is run twice."""

    def __init__(
        self, groups: Sequence[T], is_red: Callable[[tuple[T, ...]], bool], budget: int | None
    ) -> None:
        self._groups = groups
        self._is_red = is_red
        self._budget = budget
        self._known = {frozenset[int](): False, frozenset(range(len(groups))): True}
        self.runs = 0

    def is_red(self, indexes: list[int]) -> bool:
        key = frozenset(indexes)
        if key not in self._known:
            if self.runs == self._budget:
                raise _BudgetError
            self.runs += 1
            self._known[key] = self._is_red(self.values(indexes))
        return self._known[key]

    def values(self, indexes: list[int]) -> tuple[T, ...]:
        return tuple(self._groups[index] for index in sorted(indexes))
