"""A clock that only events move, for what waits or has a time limit."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


class EventClock:
    """Stands in for the module `time`: a program that has said something sleeps a thousand seconds.

    What the program under test writes to the file `events` makes the next `sleep` that long, so that
    a limit has passed once it has come so far, whenever that is. `sleep` calls `asleep`; the seconds
    themselves count where `sleeping_counts`.
    """

    def __init__(
        self,
        events: Path,
        *,
        asleep: Callable[[float], None] = time.sleep,
        sleeping_counts: bool = False,
    ) -> None:
        self.slept: list[float] = []
        self._now = 0.0
        self._events = events
        self._seen = 0
        self._asleep = asleep
        self._sleeping_counts = sleeping_counts

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let the events that came meanwhile move the clock."""
        self.slept.append(seconds)
        self._asleep(seconds)
        said = os.path.getsize(self._events) if self._events.exists() else 0
        if said > self._seen:
            self._now += 1000.0
        elif self._sleeping_counts:
            self._now += seconds
        self._seen = said
