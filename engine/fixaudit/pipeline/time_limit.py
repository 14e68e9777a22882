"""How long each step of the work on a file may take: a codemod, or all that is done around them.

What counts is the processor's time: what is found must not depend on what else the machine does. What
waits and computes nothing is given up after `WAITING` times as long on the clock. No alarm reaches a thread
that is not the main one, such as that of a Dask worker: there another thread looks, and what waits inside
of a call of the system is interrupted when that returns.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fixaudit.errors import OverTimeError

WAITING = 10
_STEPS = 100


class TimeLimit:
    """The limit of the work that this process is at, where the platform has an alarm for that."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._is_watched = False
        self._began = (0.0, 0.0)

    @contextmanager
    def of(self, seconds: float) -> Iterator[None]:
        """Interrupts the body once a step takes more than so many seconds of the processor's time, or
        `WAITING` times as many on the clock; 0 for no limit."""
        is_main = threading.current_thread() is threading.main_thread()
        if not is_main and hasattr(time, "pthread_getcpuclockid") and seconds > 0:
            with self._of_thread(seconds):
                yield
            return
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
        if self._is_watched:
            self._began = (time.thread_time(), time.monotonic())
        elif self._seconds:
            signal.setitimer(signal.ITIMER_PROF, self._seconds)
            signal.setitimer(signal.ITIMER_REAL, self._seconds * WAITING)

    @contextmanager
    def _of_thread(self, seconds: float) -> Iterator[None]:
        """As `of`, in this thread, which another one looks after."""
        thread = threading.get_ident()
        processor = time.pthread_getcpuclockid(thread)
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(min(seconds / 4, 1.0)):
                used, began = self._began
                is_over = time.clock_gettime(processor) - used > seconds
                if is_over or time.monotonic() - began > seconds * WAITING:
                    _interrupt(thread, OverTimeError)
                    return

        watching = threading.Thread(target=look, daemon=True)
        self._is_watched = True
        self.restart()
        watching.start()
        try:
            yield
        finally:
            self._is_watched = False
            _end(watching, ended)


def _end(watching: threading.Thread, ended: threading.Event) -> None:
    """End the watch over this thread; an interrupt on its way is not for what follows, and arrives here.

    Taking it back by sending None leaves a mark in the interpreter that nobody clears: CPython 3.11 then
    checks for interrupts at every step, and a profiler makes it do so for ever.
    """
    while True:
        try:
            ended.set()
            watching.join()
            for _ in range(_STEPS):  # at one of them it is raised, if it was sent
                pass
            return
        except OverTimeError:
            continue


def _interrupt(thread: int, error: type[BaseException]) -> None:
    """Have a thread raise an exception at its next step."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


def _alarm(number: int, _: Any) -> None:
    raise OverTimeError


_TIMERS = (
    ((signal.SIGPROF, signal.ITIMER_PROF), (signal.SIGALRM, signal.ITIMER_REAL))
    if hasattr(signal, "setitimer")
    else ()
)
LIMIT = TimeLimit()
