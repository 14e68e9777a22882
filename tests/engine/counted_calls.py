"""How much work something is, in calls: the same on every machine, however busy it is."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections import Counter
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any


class _SettledError(Exception):
    pass


def _settle() -> None:
    """Take away what an exception sent to a thread that has ended leaves set in the interpreter.

    CPython 3.11 repeats the first instruction of a function for ever where that meets a profiler.
    """
    own, kind = ctypes.c_ulong(threading.get_ident()), ctypes.py_object(_SettledError)
    try:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(own, kind)
        for _ in range(1000):
            pass
    except _SettledError:
        pass


def counted_calls(work: Callable[[], object]) -> int:
    """How many calls `work` makes, of Python's functions and of built-in ones."""
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    _settle()
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

    _settle()
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
