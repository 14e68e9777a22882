"""Working through files here or in several processes, so that a bad file costs itself only."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.cache.rows import Stamp, stamp_of
from fixaudit.errors import OverTimeError
from fixaudit.files.plain_file import read_source
from fixaudit.model.outcome import Changed, Failed, Outcome, Problem, Unchanged
from fixaudit.pipeline.faults import ends_the_work, failed_by
from fixaudit.pipeline.progress import WATCH
from fixaudit.pipeline.time_limit import LIMIT
from fixaudit.text.digest import digest

if TYPE_CHECKING:
    from fixaudit.pipeline.runner import Worker
    from fixaudit.semantics.query_log import Dependencies

FILE_SECONDS = 60.0
"""How long a step of the work on one file may take, such as a codemod."""
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


Skipped = dict[str, str]
"""Codemods that are not asked about a file, each with the reason."""


def compute(
    worker: Worker, path: Path, seconds: float = FILE_SECONDS, skipped: Skipped | None = None
) -> Computed:
    """One file's outcome; whatever happens on the way becomes a problem that names the file.

    A codemod that takes more than `seconds` loses its own findings: the file is done again
    without it, as without those of `skipped`.
    """
    left_out = dict(skipped or {})
    while True:
        try:
            WATCH.step("read")
            with LIMIT.of(seconds):
                return _computed(worker, path, left_out)
        except OverTimeError:
            worker.forget()
            slow, step = WATCH.codemod, WATCH.at
            if slow is None or slow in left_out:
                return timed_out(worker, path, step, seconds)
            left_out[slow] = too_slow(slow, seconds)
        except BaseException as error:
            if ends_the_work(error):
                raise
            return Computed(failed_by(worker.relative(path), error))


def too_slow(codemod: str, seconds: float) -> str:
    """What is told of a file that is done without a codemod."""
    return f"{codemod} took longer than {seconds:g} seconds: its findings are missing here"


def died(worker: Worker, path: Path, step: str) -> Computed:
    """For a file whose processes were killed."""
    message = f"two processes working on it ended without a word, the last in {_culprit(step)}"
    return _failed(worker, path, "worker", message)


def timed_out(worker: Worker, path: Path, step: str, seconds: float) -> Computed:
    """For a file with a step that takes too long and is no codemod that could be left out."""
    message = f"{_culprit(step)} took longer than {seconds:g} seconds"
    return _failed(worker, path, "timeout", message)


def _failed(worker: Worker, path: Path, kind: str, message: str) -> Computed:
    name = worker.relative(path)
    return Computed(Failed(name, Problem(name, kind, message)))


def _computed(worker: Worker, path: Path, skipped: Skipped) -> Computed:
    stamp = stamp_of(os.fspath(path)) if worker.is_recorded else None
    try:
        data = read_source(path)
    except OSError:
        return Computed(worker.outcome(path))
    if not worker.is_recorded:
        return Computed(worker.outcome_of(path, data, skipped))
    with worker.project.recording() as dependencies:
        outcome = worker.outcome_of(path, data, skipped)
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
