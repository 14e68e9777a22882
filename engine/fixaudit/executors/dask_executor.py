"""Tasks on a Dask cluster, an existing one or one of this machine: the extra `fixaudit[dask]`.

Every worker is given one task at a time, by its address, so that a worker that ends tells which task it
was at: Dask itself would blame all that were assigned to it, and how often it tries again is the
scheduler's own setting. Nothing is uploaded: workers need the same fixaudit, which is compared.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from fixaudit.executors.attempts import MOST_LOST, Attempts, Try, named
from fixaudit.executors.dask_worker import Run, compared
from fixaudit.model.task import ExecutorError, Result, Task

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

# How often is asked which workers there are, and how long none may be.
_LOOK_SECONDS = 1.0
_NO_WORKER_SECONDS = 60.0


@dataclass(eq=False, slots=True)
class _Placed:
    """A task at a worker."""

    tried: Try
    worker: str
    future: Future[bytes]


class DaskExecutor:
    """Runs tasks on the workers of a connected client; a worker that joins later gets some, too.

    `shown` is the cluster's name for messages. Closing ends `cluster`, where there is one, and what
    this executor has submitted; a cluster of others stays as it is.
    """

    def __init__(self, client: Client, shown: str, cluster: LocalCluster | None = None) -> None:
        self._client, self._shown, self._cluster = client, shown, cluster
        self._workers: frozenset[str] = frozenset()
        self._looked = 0.0

    @property
    def width(self) -> int:
        """How many tasks can be under way at once."""
        return max(1, len(self._alive()))

    def map(self, tasks: Iterable[Task]) -> Iterator[Result]:
        """The result of every task, as they finish, each key once.

        Raises what a task raises: its own FixauditError, or ExecutorError with its name; ExecutorError
        where the scheduler or all workers are gone, WorkerDiffersError for one unlike this process.
        """
        attempts = Attempts(tasks)
        placed: dict[str, _Placed] = {}
        done: SimpleQueue[Future[bytes]] = SimpleQueue()
        try:
            while True:
                self._supply(attempts, placed, done)
                if not placed:
                    return
                try:
                    future = done.get(timeout=_LOOK_SECONDS)
                except Empty:
                    future = None
                yield from self._missed(attempts, placed)
                if future is None:
                    continue
                found = [each for each in placed.values() if each.future.key == future.key]
                for each in found:
                    del placed[each.worker]
                    yield from self._taken(each, attempts)
        finally:
            with suppress(Exception):
                self._client.cancel([each.future for each in placed.values()], force=True)

    def close(self) -> None:
        """Leave the cluster; end one of this machine's own."""
        with suppress(Exception):
            self._client.close(timeout=5)
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close(timeout=10)

    def _supply(
        self, attempts: Attempts, placed: dict[str, _Placed], done: SimpleQueue[Future[bytes]]
    ) -> None:
        workers = self._alive() if placed else self._waited_for()
        for worker in sorted(workers - placed.keys()):
            tried = attempts.next()
            if tried is None:
                return
            placed[worker] = self._submitted(tried, worker)
            placed[worker].future.add_done_callback(done.put)

    def _submitted(self, tried: Try, worker: str) -> _Placed:
        try:
            # The scheduler unpickles what it hands on: it meets nothing of ours, and can do without
            # fixaudit. The bytes are a call, which the worker makes by reading them.
            data = pickle.dumps(Run(tried.task), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            said = f"{named(tried.task)} cannot be sent to a worker: {error}"
            raise ExecutorError(said.partition("\n")[0]) from error
        key = f"fixaudit-{tried.task.key[:16]}-{uuid4().hex[:12]}"
        future = self._client.submit(pickle.loads, data, key=key, workers=[worker], pure=False)
        return _Placed(tried, worker, future)

    def _taken(self, placed: _Placed, attempts: Attempts) -> Iterator[Result]:
        from distributed.scheduler import KilledWorker

        try:
            answer = self._fetched(placed)
        except (
            KilledWorker
        ) as error:  # a worker that came back at the address of the one that ended
            times = MOST_LOST if error.allowed_failures else 1
            yield from attempts.lost(placed.tried, placed.worker, times=times)
            return
        if answer is None:
            yield from attempts.lost(placed.tried, placed.worker)
            return
        yield from attempts.done(placed.tried, answer.taken(), answer.seconds, placed.worker)

    def _fetched(self, placed: _Placed) -> Any:
        """What a worker has answered; None where it has ended with that."""
        from distributed.scheduler import KilledWorker

        while True:
            try:
                return placed.future.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                if placed.worker not in self._alive(at_once=True):
                    return None
            except KilledWorker:
                raise
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                self._alive(at_once=True)  # the scheduler may be gone: that is the better message
                said = f"{placed.worker}: {named(placed.tried.task)} was not run: {_line(error)}"
                raise ExecutorError(said) from error

    def _missed(self, attempts: Attempts, placed: dict[str, _Placed]) -> Iterator[Result]:
        """Have done again what the workers were at that are no more."""
        alive = self._alive()
        for worker in sorted(placed.keys() - alive):
            lost = placed.pop(worker)
            lost.future.cancel(force=True)
            yield from attempts.lost(lost.tried, worker)

    def _alive(self, *, at_once: bool = False) -> frozenset[str]:
        """The addresses of the workers, as they were a moment ago."""
        if at_once or time.monotonic() - self._looked > _LOOK_SECONDS:
            try:
                self._workers = frozenset(self._client.nthreads())
            except Exception as error:
                said = f"{self._shown}: the scheduler does not answer any more ({_line(error)})"
                raise ExecutorError(f"{said}; what is done is kept, run it again") from error
            self._looked = time.monotonic()
        return self._workers

    def _waited_for(self) -> frozenset[str]:
        """The workers, once there are some."""
        began = time.monotonic()
        while not (workers := self._alive()):
            if time.monotonic() - began > _NO_WORKER_SECONDS:
                raise ExecutorError(
                    f"{self._shown}: all workers are gone; start some, and run it again"
                )
            time.sleep(_LOOK_SECONDS / 4)
        return workers

    def compare(self) -> None:
        """Compare every worker with this process. Raises WorkerDiffersError, ExecutorError."""
        compared(self._client, self._shown)


def _line(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
