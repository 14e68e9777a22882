"""The culprits are found, no innocent is dropped, and few runs are needed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from fixaudit.checks.bisect import Minimised, minimise


def _red_with_any(culprits: set[int]) -> Callable[[tuple[int, ...]], bool]:
    return lambda groups: bool(culprits & set(groups))


def _search(
    n: int, is_red: Callable[[tuple[int, ...]], bool], max_runs: int | None = None
) -> Minimised[int]:
    """Minimise, and check what must hold of every answer."""
    asked: list[tuple[int, ...]] = []

    def recorded(groups: tuple[int, ...]) -> bool:
        asked.append(groups)
        return is_red(groups)

    found = minimise(range(n), recorded, max_runs=max_runs)
    assert sorted(found.failing + found.kept) == list(range(n))
    assert list(found.kept) == sorted(found.kept)
    assert not is_red(found.kept) or not found.kept
    assert found.runs == len(asked) == len(set(asked))
    assert () not in asked
    assert tuple(range(n)) not in asked
    return found


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 20, 64, 100, 257])
def test_one_culprit_costs_two_logarithms_at_most(n: int) -> None:
    for culprit in range(n):
        found = _search(n, _red_with_any({culprit}))
        assert found.failing == (culprit,)
        assert found.complete
        assert found.runs <= 2 * math.log2(n) + 3
        assert found.runs <= math.ceil(math.log2(n)) + 1


@pytest.mark.parametrize("seed", range(40))
def test_several_culprits_are_found_exactly(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(2, 200)
    culprits = set(rng.sample(range(n), rng.randint(1, min(n, 6))))
    found = _search(n, _red_with_any(culprits))
    assert set(found.failing) == culprits
    assert found.runs <= len(culprits) * (math.ceil(math.log2(n)) + 2)


@pytest.mark.parametrize("seed", range(40))
def test_of_changes_red_only_together_enough_are_dropped(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(4, 80)
    together = [set(rng.sample(range(n), rng.randint(2, 4))) for _ in range(rng.randint(1, 3))]

    def is_red(groups: tuple[int, ...]) -> bool:
        return any(clique <= set(groups) for clique in together)

    found = _search(n, is_red)
    assert len(found.failing) <= len(together)
    for index in found.failing:
        assert is_red((*found.kept, index)), "an innocent was dropped"


@pytest.mark.parametrize("seed", range(60))
def test_changes_that_need_each_other_are_not_blamed_for_good(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(6, 60)
    culprits = set(rng.sample(range(n), rng.randint(1, 3)))
    innocent = [index for index in range(n) if index not in culprits]
    rng.shuffle(innocent)
    pairs = {innocent[0]: innocent[1], innocent[2]: innocent[3]}  # the first breaks alone

    def is_red(groups: tuple[int, ...]) -> bool:
        there = set(groups)
        alone = any(one in there and other not in there for one, other in pairs.items())
        return alone or bool(culprits & there)

    found = _search(n, is_red)
    assert culprits <= set(found.failing)
    for index in found.failing:
        assert is_red(tuple(sorted((*found.kept, index)))), "an innocent was dropped"


@pytest.mark.parametrize("seed", range(30))
def test_whatever_the_answers_the_kept_are_green(seed: int) -> None:
    answers: dict[frozenset[int], bool] = {frozenset(): False}
    rng = random.Random(seed)

    def is_red(groups: tuple[int, ...]) -> bool:
        return answers.setdefault(frozenset(groups), rng.random() < 0.5)

    n = rng.randint(1, 30)
    answers[frozenset(range(n))] = True
    found = _search(n, is_red)
    assert found.failing


def test_all_may_be_guilty_and_none_may_be_there() -> None:
    assert _search(5, _red_with_any(set(range(5)))).failing == (0, 1, 2, 3, 4)
    assert minimise((), lambda groups: True) == Minimised((), (), 0, True)


@pytest.mark.parametrize("max_runs", range(30))
def test_a_budget_is_kept_and_said(max_runs: int) -> None:
    culprits = {3, 41, 90}
    found = _search(100, _red_with_any(culprits), max_runs)
    assert found.runs <= max_runs
    assert culprits <= set(found.failing)
    if found.complete:
        assert set(found.failing) == culprits
    assert found.complete == (max_runs >= _search(100, _red_with_any(culprits)).runs)
