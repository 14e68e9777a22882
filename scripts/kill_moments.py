"""When a run is killed: at any moment of its time, or as soon as something is seen to happen."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rounds_tree import POLL, STAGING, Bench

WRITING = ("journal", "recorded", "file", "staging")
COMMITTING = ("commit", "index lock")
_LATER = (0.0, 0.0, 0.002, 0.02)


def moment_for(rng: random.Random, *, commits: bool) -> str:
    """The kind of moment: half of them by time, the others by what the run does."""
    if rng.random() < 0.4:
        return "time"
    return rng.choice(COMMITTING if commits and rng.random() < 0.6 else WRITING)


def wait_for(
    moment: str,
    process: subprocess.Popen[bytes],
    bench: Bench,
    rng: random.Random,
    *,
    changed: Sequence[str],
    seconds: float,
) -> None:
    """Wait until the moment comes or the process ends.

    `changed` are the files that an undisturbed run of `seconds` changes.
    """
    if moment == "time":
        end = time.monotonic() + rng.uniform(0, seconds)
        _wait(process, lambda: time.monotonic() >= end)
        return
    for seen in _events(moment, bench, rng, changed):
        _wait(process, seen)
    end = time.monotonic() + rng.uniform(0, rng.choice(_LATER))
    _wait(process, lambda: time.monotonic() >= end)


def _wait(process: subprocess.Popen[bytes], seen: Callable[[], bool]) -> None:
    while process.poll() is None and not seen():
        time.sleep(POLL)


def _events(
    moment: str, bench: Bench, rng: random.Random, changed: Sequence[str]
) -> list[Callable[[], bool]]:
    """What must be seen, one after the other."""
    path = bench.tree / rng.choice(changed)
    match moment:
        case "journal":
            return [lambda: _journal(bench), lambda: not _journal(bench)] * rng.randrange(3) + [
                lambda: _journal(bench)
            ]
        case "recorded":
            return [lambda: _journal(bench), lambda: not _journal(bench)]
        case "file":
            return [_replaced(path)]
        case "staging":
            return [lambda: any(name.startswith(STAGING) for name in os.listdir(path.parent))]
        case "commit":
            return [_moved(bench.tree / ".git/refs/heads/main", rng.randint(1, 5))]
        case "index lock":
            return [_moved(bench.tree / ".git/refs/heads/main", rng.randint(0, 4)), _locked(bench)]
    raise AssertionError(moment)


def _journal(bench: Bench) -> bool:
    return any(bench.state.glob("trees/*/ledger.db-journal"))


def _replaced(path: Path) -> Callable[[], bool]:
    before = path.stat().st_ino
    return lambda: path.stat().st_ino != before


def _moved(branch: Path, times: int) -> Callable[[], bool]:
    seen = [branch.read_bytes()]

    def moved() -> bool:
        head = branch.read_bytes()
        if head != seen[-1]:
            seen.append(head)
        return len(seen) > times

    return moved


def _locked(bench: Bench) -> Callable[[], bool]:
    return (bench.tree / ".git/index.lock").exists
