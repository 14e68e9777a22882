"""A run killed at any moment leaves every file whole, and can be finished or taken back.

FIXAUDIT_KILLS sets how many kills are tried (8 by default).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from written_trees import Snapshot, after_of, apply_changes, changes_of, make_tree, snapshot

from fixaudit_cli.write.changes import FileChange
from fixaudit_cli.write.ledger import runs, writing
from fixaudit_cli.write.resuming import resume
from fixaudit_cli.write.undoing import undo

FILES = 520
KILLS = int(os.environ.get("FIXAUDIT_KILLS", "8"))


def _killed_after(delay: float, work: Callable[[], object]) -> bool:
    """Do `work` in a child that is killed after `delay` seconds; False where it ended before."""
    ready, started = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(started, b"!")
        try:
            work()
        finally:
            os._exit(0)
    os.close(started)
    os.read(ready, 1)
    os.close(ready)
    time.sleep(delay)
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
    begun = time.monotonic()
    _apply(tmp_path, changes)
    duration = time.monotonic() - begun
    assert snapshot(tmp_path) == new
    _undo(tmp_path)
    assert snapshot(tmp_path) == old

    rng = random.Random(20)
    kills = {"apply": 0, "resume": 0, "undo": 0}
    for number in range(4 * KILLS):
        # A busy machine lets rounds end before their kill comes: go on until all three were hit.
        if number >= KILLS and kills["apply"] >= KILLS / 4 and kills["resume"] and kills["undo"]:
            break
        kills["apply"] += _killed_after(rng.uniform(0, duration), lambda: _apply(tmp_path, changes))
        _assert_whole(tmp_path, old, new)
        recorded = runs(tmp_path)[0].state != "undone"
        if recorded and number % 3 == 0:
            kills["resume"] += _killed_after(
                rng.uniform(0, duration / 2), lambda: _resume(tmp_path)
            )
            _assert_whole(tmp_path, old, new)
        if recorded and number % 2 == 0:
            _resume(tmp_path)
            assert snapshot(tmp_path) == new
        if number % 3 == 1:
            kills["undo"] += _killed_after(rng.uniform(0, duration), lambda: _undo(tmp_path))
            _assert_whole(tmp_path, old, new)
        _undo(tmp_path)
        assert snapshot(tmp_path) == old
    assert kills["apply"] >= KILLS / 4
    assert kills["resume"] >= 1
    assert kills["undo"] >= 1
    print(f"{sum(kills.values())} kills: {kills}")
