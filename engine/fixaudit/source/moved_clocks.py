"""Tests that move the time of the day and leave the monotonic clock as it is."""

from __future__ import annotations

from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

# freezegun moves both clocks together.
_MOVERS = (b"time_machine", b"timemachine")
_MANY = 200


@memoized
def clock_moving_test(source: Source) -> str | None:
    """`path:line` of a test of this module that moves `time.time` alone (time-machine); None for none."""
    tail = source.module.rpartition(".")[2].encode()
    for word in _MOVERS:
        for mention in source.project.mentions(word, _MANY, tests_only=True):
            if tail in (source.project.read(mention.path) or b""):
                return f"{source.shown(mention.path)}:{mention.line}"
    return None
