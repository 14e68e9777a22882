"""What is too large, too entangled or in two places may only become less."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from checkout import house
from house_measures import LIMITS, Values, growth, lowered, measured, read_ratchet, write_ratchet


@cache
def now() -> dict[str, Values]:
    return measured(house())


@pytest.mark.parametrize("measure", LIMITS)
def test_nothing_grows(measure: str) -> None:
    """What a measure counts: scripts/house_measures.py. To take a value down: lower_ratchet.py."""
    grown = growth(read_ratchet(), {measure: now()[measure]})
    assert not grown, "\n".join(["grown:", *grown])


def test_the_ratchet_records_known_measures_above_their_limits() -> None:
    recorded = read_ratchet()
    assert set(recorded) <= set(LIMITS)
    within = [
        (name, key, value)
        for name, values in recorded.items()
        for key, value in values.items()
        if value <= LIMITS[name][0]
    ]
    assert within == []


def test_lowering_takes_what_has_fallen_and_leaves_what_has_grown(tmp_path: Path) -> None:
    recorded = {"lines_of_file": {"fallen": 500, "grown": 400, "within": 310}}
    after = {"lines_of_file": {"fallen": 350, "grown": 401, "new": 302}}
    path = tmp_path / "ratchet.toml"
    write_ratchet(lowered(recorded, after), path)
    assert read_ratchet(path) == {"lines_of_file": {"fallen": 350, "grown": 400}}
    assert growth(read_ratchet(path), after) == [
        "lines_of_file: grown has 401, recorded are 400",
        "lines_of_file: new has 302, the limit is 300",
    ]
