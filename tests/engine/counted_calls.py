"""How much work something is, in calls: the same on every machine, however busy it is."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any


def counted_calls(work: Callable[[], object]) -> int:
    """How many calls `work` makes, of Python's functions and of built-in ones."""
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def calls_by_function(work: Callable[[], object]) -> Counter[str]:
    """How often each of Python's functions is called by `work`, by file, line and name."""
    counts: Counter[CodeType] = Counter()

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            counts[frame.f_code] += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    named: Counter[str] = Counter()
    for code, count in counts.items():
        named[f"{code.co_filename}:{code.co_firstlineno} {code.co_qualname}"] += count
    return named
