"""All codemods on modules made by chance: what a check promises is written, and a second run is empty.

`FIXAUDIT_FUZZ` says how many modules (`make fuzz`: 10,000), `FIXAUDIT_FUZZ_SEED` where to begin.
"""

from __future__ import annotations

import os

import pytest
from composer import module
from promises import broken_promises

INPUTS = int(os.environ.get("FIXAUDIT_FUZZ", "1000"))
FIRST = int(os.environ.get("FIXAUDIT_FUZZ_SEED", "0"))
_BATCH = 50


@pytest.mark.parametrize("start", range(FIRST, FIRST + INPUTS, _BATCH))
def test_promises_hold(start: int) -> None:
    edits = 0
    for seed in range(start, min(start + _BATCH, FIRST + INPUTS)):
        data = module(seed)
        found = broken_promises(data)
        assert not found.broken, f"seed {seed}: {found.broken}\n{data.decode()}"
        edits += found.edits
    assert edits > _BATCH / 2


def test_the_same_seed_gives_the_same_module() -> None:
    assert [module(seed) for seed in range(20)] == [module(seed) for seed in range(20)]
    assert len({module(seed) for seed in range(20)}) == 20
