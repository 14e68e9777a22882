"""A run killed at any moment leaves every file whole, and can be finished or taken back.

FIXAUDIT_KILLS sets how many kills are tried (8 by default).
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from written_trees import Snapshot, after_of, apply_changes, changes_of, make_tree, snapshot

from fixaudit_cli.write.changes import FileChange
from fixaudit_cli.write.ledger import runs, writing
from fixaudit_cli.write.resuming import resume
from fixaudit_cli.write.undoing import undo

FILES = 520
KILLS = int(os.environ.get("FIXAUDIT_KILLS", "8"))


def _steps(work: Callable[[], object]) -> int:
    """How many steps (calls and returns, of built-in functions too) `work` takes."""
    count = itertools.count()
    sys.setprofile(lambda *_: next(count) and None)
    try:
        work()
    finally:
        sys.setprofile(None)
    return next(count)


def _killed_at(step: int, work: Callable[[], object], *, late: bool = False) -> bool:
    """Do `work` in a child that is killed at a step of it; False where it ended before.

    `late` lets the kill come from outside, some moment after the step: also inside a system call.
    """
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        count = itertools.count()

        def kill(*_: object) -> None:
            if next(count) == step:
                if late:
                    os.close(tell)
                else:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.setprofile(kill)
            work()
        finally:
            os._exit(0)
    os.close(tell)
    os.read(told, 1)  # returns when the step has come, or the child has ended
    os.close(told)
    if late:
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _assert_whole(root: Path, old: Snapshot, new: Snapshot) -> None:
    now = snapshot(root)
    for name, held in now.items():
        if Path(name).name.startswith(".fixaudit-"):
            continue
        assert held in (old[name], new[name]), f"{name} is neither the old nor the new file"
    assert now.keys() >= old.keys()


def _apply(root: Path, changes: list[FileChange]) -> None:
    with writing(root) as ledger:
        apply_changes(ledger, changes)


def _resume(root: Path) -> None:
    with writing(root) as ledger:
        resume(ledger)


def _undo(root: Path) -> None:
    with writing(root) as ledger:
        undo(ledger)


def test_a_kill_at_any_moment_is_finished_or_undone(tmp_path: Path) -> None:
    make_tree(tmp_path, FILES)
    old, changes = snapshot(tmp_path), changes_of(tmp_path)
    new = after_of(old, changes)
    assert len(changes) > 450
    steps = _steps(lambda: _apply(tmp_path, changes))
    assert snapshot(tmp_path) == new
    _resume(tmp_path)  # what is done but once in a process
    idle = _steps(lambda: _resume(tmp_path))  # the fewest that a resume takes
    _undo(tmp_path)
    assert snapshot(tmp_path) == old

    rng = random.Random(20)
    kills = {"apply": 0, "resume": 0, "undo": 0}
    for number in range(KILLS):
        late = number % 4 == 3  # whether such a kill hits is for the machine to decide
        # Staging comes first and takes most steps: every other kill falls among the writes.
        earliest = 0 if number % 2 else steps * 9 // 10
        step = rng.randrange(earliest, steps)
        kills["apply"] += _killed_at(step, lambda: _apply(tmp_path, changes), late=late)
        _assert_whole(tmp_path, old, new)
        recorded = runs(tmp_path)[0].state != "undone"
        if recorded and number % 3 == 0:
            # How much is left to resume is for the kill before to decide: every other one hits.
            step = rng.randrange(steps // 4 if number % 2 else idle)
            kills["resume"] += _killed_at(step, lambda: _resume(tmp_path))
            _assert_whole(tmp_path, old, new)
        if recorded and number % 2 == 0:
            _resume(tmp_path)
            assert snapshot(tmp_path) == new
        if number % 3 == 1:
            kills["undo"] += _killed_at(rng.randrange(steps // 8), lambda: _undo(tmp_path))
            _assert_whole(tmp_path, old, new)
        _undo(tmp_path)
        assert snapshot(tmp_path) == old
    assert kills["apply"] >= KILLS / 4
    assert kills["resume"] >= 1
    assert kills["undo"] >= 1
    print(f"{sum(kills.values())} kills: {kills}")
