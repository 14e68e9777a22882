"""A rewritten breaker, run while the time of the day is set back."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.database.monotonic_durations.codemod import MonotonicDurations

BREAKER = """\
import time


class Breaker:
    def __init__(self, recovery):
        self.recovery = recovery
        self._opened = None

    def fail(self):
        self._opened = time.time()

    def allows(self):
        return self._opened is None or time.time() - self._opened >= self.recovery
"""


def run(text: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a call is allowed ten seconds after a failure; meanwhile the day was set back by an hour."""
    now = SimpleNamespace(day=50_000.0, machine=100.0)
    monkeypatch.setattr(time, "time", lambda: now.day)
    monkeypatch.setattr(time, "monotonic", lambda: now.machine)
    names: dict[str, Any] = {}
    exec(compile(text, "breaker.py", "exec"), names)
    breaker = names["Breaker"](5)
    breaker.fail()
    now.day -= 3600 - 10
    now.machine += 10
    allowed: bool = breaker.allows()
    return allowed


def test_a_day_that_is_set_back_closes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = process(
        Source("breaker.py", BREAKER.encode()), Plan([MonotonicDurations()], unsafe=True)
    )
    assert isinstance(outcome, Changed)
    assert run(BREAKER, monkeypatch) is False
    assert run(outcome.after.decode(), monkeypatch) is True
