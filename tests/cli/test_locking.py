"""Two runs at once on one tree: the second waits or refuses, and the dead hold nothing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from written_trees import database_of

from fixaudit_cli.write.ledger import writing
from fixaudit_cli.write.locking import LockedError, tree_lock


def _holder(root: Path, seconds: float) -> int:
    """The pid of a process that holds the lock for `seconds`."""
    ready, started = os.pipe()
    child = os.fork()
    if child == 0:
        with tree_lock(root):
            os.write(started, b"!")
            time.sleep(seconds)
        os._exit(0)
    os.close(started)
    assert os.read(ready, 1) == b"!"
    os.close(ready)
    return child


def test_the_second_run_refuses_and_names_the_first(tmp_path: Path) -> None:
    pid = _holder(tmp_path, 60)
    try:
        who = rf"another run \(pid {pid}\)"
        with pytest.raises(LockedError, match=who) as refused, writing(tmp_path):
            pass
        assert refused.value.pid == pid
        assert not database_of(tmp_path).exists()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_the_second_run_waits_if_told_to(tmp_path: Path) -> None:
    pid = _holder(tmp_path, 0.4)
    begun = time.monotonic()
    with writing(tmp_path, wait=30):
        waited = time.monotonic() - begun
    os.waitpid(pid, 0)
    assert 0.2 < waited < 10


def test_waiting_ends(tmp_path: Path) -> None:
    pid = _holder(tmp_path, 60)
    try:
        begun = time.monotonic()
        with pytest.raises(LockedError), tree_lock(tmp_path, wait=0.2):
            pass
        assert 0.2 <= time.monotonic() - begun < 10
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    pid = _holder(tmp_path, 60)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    note = database_of(tmp_path).with_name("lock")
    assert note.read_text() == f"{pid}\n"
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
