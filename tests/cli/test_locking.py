"""Two runs at once on one tree: the second waits or refuses, and the dead hold nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from event_clock import EventClock
from written_trees import database_of

from fixaudit.files import locking
from fixaudit.files.locking import LockedError, tree_lock
from fixaudit_cli.write.ledger import writing


class _Holder:
    """A process that holds the lock until it is let go, or killed."""

    def __init__(self, root: Path) -> None:
        ready, started = os.pipe()
        until, self._ending = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._ending)
            with tree_lock(root):
                os.write(started, b"!")
                os.read(until, 1)  # ends with the test's process too
            os._exit(0)
        os.close(started)
        os.close(until)
        assert os.read(ready, 1) == b"!"
        os.close(ready)

    def let_go(self) -> None:
        """Return when the process has ended by itself."""
        os.close(self._ending)
        assert os.waitpid(self.pid, 0)[1] == 0

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._ending)


def test_the_second_run_refuses_and_names_the_first(tmp_path: Path) -> None:
    holder = _Holder(tmp_path)
    try:
        who = rf"another run \(pid {holder.pid}\)"
        with pytest.raises(LockedError, match=who) as refused, writing(tmp_path):
            pass
        assert refused.value.pid == holder.pid
        assert not database_of(tmp_path).exists()
    finally:
        holder.kill()


def test_the_second_run_waits_if_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = _Holder(tmp_path)

    def asleep(seconds: float) -> None:
        if len(clock.slept) == 3:
            holder.let_go()

    clock = _clock(tmp_path, monkeypatch, asleep)
    with writing(tmp_path, wait=30):
        assert clock.slept == [locking.POLL] * 3


def test_waiting_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = _Holder(tmp_path)
    clock = _clock(tmp_path, monkeypatch, lambda seconds: None)
    try:
        with pytest.raises(LockedError), tree_lock(tmp_path, wait=0.2):
            pass
        assert 0.2 <= clock.monotonic() < 0.2 + 2 * locking.POLL
    finally:
        holder.kill()


def _clock(
    folder: Path, monkeypatch: pytest.MonkeyPatch, asleep: Callable[[float], None]
) -> EventClock:
    """The clock of the lock, which only its own sleeping moves."""
    clock = EventClock(folder / "none", asleep=asleep, sleeping_counts=True)
    monkeypatch.setattr(locking, "time", clock)
    return clock


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    holder = _Holder(tmp_path)
    holder.kill()
    note = database_of(tmp_path).with_name("lock")
    assert note.read_text() == f"{holder.pid}\n"
    with tree_lock(tmp_path):
        assert note.read_text() == f"{os.getpid()}\n"


def test_the_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), tree_lock(tmp_path):
        raise RuntimeError
    with tree_lock(tmp_path):
        assert database_of(tmp_path).with_name("lock").exists()


def test_other_trees_are_free(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    with tree_lock(one), tree_lock(two):
        assert database_of(two).parent.is_dir()
