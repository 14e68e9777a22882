"""Runs whose work is counted: which files were computed, and not taken from what was kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fixaudit.config.request import Request
from fixaudit.model.outcome import Outcome
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.file_task import Computed
from fixaudit.pipeline.runner import Worker


def counted_run(request: Request, computed: list[str]) -> Iterator[Outcome]:
    """The outcomes of a request; the names of the files that are computed are added to the list."""
    execution = Execution(Worker(request), Speed(jobs=1))
    inner = execution._compute

    def counted(files: Sequence[Path]) -> Iterator[Computed]:
        computed.extend(path.name for path in files)
        return inner(files)

    execution._compute = counted  # type: ignore[method-assign]
    return execution.outcomes(execution._worker.discover().files)
