"""How long each step of the work on a file may take: a codemod, or all that is done around them.

What counts is the processor's time: what is found must not depend on what else the machine does. What
waits and computes nothing is given up after `WAITING` times as long on the clock.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fixaudit.errors import OverTimeError

WAITING = 10


class TimeLimit:
    """The limit of the work that this process is at, where the platform has an alarm for that."""

    def __init__(self) -> None:
        self._seconds = 0.0

    @contextmanager
    def of(self, seconds: float) -> Iterator[None]:
        """Interrupts the body once a step takes more than so many seconds of the processor's time, or
        `WAITING` times as many on the clock; 0 for no limit."""
        is_main = threading.current_thread() is threading.main_thread()
        if not hasattr(signal, "setitimer") or not is_main or seconds <= 0:
            yield
            return
        before = {number: signal.signal(number, _alarm) for number, _ in _TIMERS}
        self._seconds = seconds
        self.restart()
        try:
            yield
        finally:
            self._seconds = 0.0
            for number, timer in _TIMERS:
                signal.setitimer(timer, 0)
                signal.signal(number, before[number])

    def restart(self) -> None:
        """A step begins, with all the time that one has."""
        if self._seconds:
            signal.setitimer(signal.ITIMER_PROF, self._seconds)
            signal.setitimer(signal.ITIMER_REAL, self._seconds * WAITING)


def _alarm(number: int, _: Any) -> None:
    raise OverTimeError


_TIMERS = (
    ((signal.SIGPROF, signal.ITIMER_PROF), (signal.SIGALRM, signal.ITIMER_REAL))
    if hasattr(signal, "setitimer")
    else ()
)
LIMIT = TimeLimit()
