"""What runs on a Dask worker: a task, and the facts about the worker that are compared."""

from __future__ import annotations

import pickle
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fixaudit.executors.running import Answer, run_task
from fixaudit.executors.stamp import content_hash, differs, writers
from fixaudit.model.task import ExecutorError, Task, WorkerDiffersError

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True, slots=True)
class Run:
    """A task to be run by reading it: unpickled, it is the answer."""

    task: Task

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return run_sent, (pickle.dumps(self.task, pickle.HIGHEST_PROTOCOL),)


def run_sent(data: bytes) -> Answer:
    """Run a pickled task on this worker; whatever it raises is part of the answer."""
    return run_task(pickle.loads(data), _place())


def facts() -> dict[str, str]:
    """What must be equal on a worker and in the driver, by name."""
    from importlib.metadata import version

    return {
        "Python": ".".join(map(str, sys.version_info[:2])),
        "distributed": version("distributed"),
        "cloudpickle": version("cloudpickle"),
        "pickle's protocol": str(pickle.HIGHEST_PROTOCOL),
        **dict(writers()),
        "the code of fixaudit and its codemods": content_hash(),
    }


def compared(client: Client, shown: str) -> None:
    """Compare every worker of a cluster with this process.

    Raises WorkerDiffersError: it names the worker's address and both values. ExecutorError: a worker
    with several threads, as tasks set what counts for their whole process.
    """
    for worker, threads in sorted(client.nthreads().items()):
        if threads != 1:
            raise ExecutorError(
                f"{shown}: {worker} has {threads} threads; start workers with --nthreads 1"
            )
    here = facts()
    answers = client.run(facts, on_error="return")
    for worker, there in sorted(answers.items()):
        if not isinstance(there, dict):
            said = str(there).strip().partition("\n")[0]
            raise WorkerDiffersError(
                f"{worker}: fixaudit cannot be asked there ({said});"
                " give it the same fixaudit[dask] as here"
            )
        for what in here:
            if there.get(what) != here[what]:
                raise WorkerDiffersError(
                    differs(worker, what, here[what], there.get(what, "unknown"))
                )


def _place() -> str:
    """The address of this worker."""
    from distributed import get_worker

    return str(get_worker().address)
