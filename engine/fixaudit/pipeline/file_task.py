"""Working through files here or in several processes, so that a bad file costs itself only."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixaudit.cache.rows import Stamp, stamp_of
from fixaudit.model.outcome import Changed, Failed, Outcome, Problem, Unchanged
from fixaudit.pipeline.progress import WATCH
from fixaudit.text.digest import digest

if TYPE_CHECKING:
    from fixaudit.pipeline.runner import Worker
    from fixaudit.semantics.query_log import Dependencies

FILE_SECONDS = 60.0
"""How long work on one file may take."""
PAYING_BYTES = 1_000_000
"""From how much text on further processes gain more than their start costs."""
# What hangs on more than the content of files must be tried again in the next run.
_PASSING = frozenset({"codemod", "timeout", "worker", "unreadable", "config", "not-looked-at"})


@dataclass(frozen=True, slots=True)
class Computed:
    """An outcome, and what a cache must know to keep it; an empty `digest` forbids that."""

    outcome: Outcome
    dependencies: Dependencies | None = None
    digest: str = ""
    stamp: Stamp = (0, 0, 0, 0)


class _OverTimeError(BaseException):
    """Work on a file takes too long; no codemod may take it for an error of its own."""


def compute(worker: Worker, path: Path, seconds: float = FILE_SECONDS) -> Computed:
    """One file's outcome; whatever happens on the way becomes a problem that names the file."""
    try:
        with _limited(seconds):
            return _computed(worker, path)
    except _OverTimeError:
        message = f"{_culprit(WATCH.at)} took longer than {seconds:g} seconds"
        return failed(worker, path, "timeout", message)
    except MemoryError:
        message = f"{_culprit(WATCH.at)} needs more memory than there is"
        return failed(worker, path, "worker", message)
    except RecursionError:
        return failed(worker, path, "worker", f"{_culprit(WATCH.at)} recurses too deeply")


def failed(worker: Worker, path: Path, kind: str, message: str) -> Computed:
    name = worker.relative(path)
    return Computed(Failed(name, Problem(name, kind, message)))


def died(worker: Worker, path: Path, step: str) -> Computed:
    """For a file whose process was killed."""
    message = f"the process working on it ended without a word, in {_culprit(step)}"
    return failed(worker, path, "worker", message)


def timed_out(worker: Worker, path: Path, step: str, seconds: float) -> Computed:
    """For a file whose process had to be killed because it no longer answered."""
    return failed(worker, path, "timeout", f"{_culprit(step)} took longer than {seconds:g} seconds")


def _computed(worker: Worker, path: Path) -> Computed:
    WATCH.step("read")
    stamp = stamp_of(os.fspath(path)) if worker.is_recorded else None
    try:
        data = path.read_bytes()
    except OSError:
        return Computed(worker.outcome(path))
    if not worker.is_recorded:
        return Computed(worker.outcome_of(path, data))
    with worker.project.recording() as dependencies:
        outcome = worker.outcome_of(path, data)
    WATCH.step("run")
    if stamp is None or any(problem.kind in _PASSING for problem in _problems(outcome)):
        return Computed(outcome)
    if dependencies.searches:
        dependencies.found = worker.project.first_told(dependencies.searches)
    return Computed(outcome, dependencies or None, digest(data), stamp)


def _problems(outcome: Outcome) -> Sequence[Problem]:
    match outcome:
        case Failed(problem=problem):
            return (problem,)
        case Changed(problems=problems) | Unchanged(problems=problems):
            return problems


def _culprit(step: str) -> str:
    return step or "reading it"


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Interrupts the body after so many seconds, where the platform has an alarm for that."""
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable or seconds <= 0:
        yield
        return
    before = signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _alarm(number: int, frame: Any) -> None:
    raise _OverTimeError
