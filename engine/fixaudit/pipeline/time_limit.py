"""How long each step of the work on a file may take: a codemod, or all that is done around them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fixaudit.errors import OverTimeError


class TimeLimit:
    """The limit of the work that this process is at, where the platform has an alarm for that."""

    def __init__(self) -> None:
        self._seconds = 0.0

    @contextmanager
    def of(self, seconds: float) -> Iterator[None]:
        """Interrupts the body once a step takes more than so many seconds; 0 for no limit."""
        is_main = threading.current_thread() is threading.main_thread()
        if not hasattr(signal, "setitimer") or not is_main or seconds <= 0:
            yield
            return
        before = signal.signal(signal.SIGALRM, _alarm)
        self._seconds = seconds
        self.restart()
        try:
            yield
        finally:
            self._seconds = 0.0
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def restart(self) -> None:
        """A step begins, with all the time that one has."""
        if self._seconds:
            signal.setitimer(signal.ITIMER_REAL, self._seconds)


def _alarm(number: int, _: Any) -> None:
    raise OverTimeError


LIMIT = TimeLimit()
