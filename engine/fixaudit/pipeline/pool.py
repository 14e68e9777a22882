"""Several processes over one list of files: results in order, and none left behind."""

from __future__ import annotations

import mmap
import multiprocessing
import os
import signal
import time
from collections import Counter, deque
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.pipeline import progress
from fixaudit.pipeline.faults import ends_the_work, failed_by
from fixaudit.pipeline.file_task import (
    FILE_SECONDS,
    Computed,
    Skipped,
    compute,
    died,
    timed_out,
    too_slow,
)
from fixaudit.pipeline.memory_limit import limit_memory
from fixaudit.pipeline.progress import WATCH
from fixaudit.pipeline.time_limit import WAITING

if TYPE_CHECKING:
    from fixaudit.pipeline.runner import Worker

_CHUNKS_EACH = 16
_LARGEST_CHUNK = 2_000_000
# Results that wait for an earlier one are held in memory: so many chunks ahead for each process.
_AHEAD = 4
# The process interrupts itself first; it is killed where it does not come to that.
_GRACE = 2.0
# The step of a process that is done with a file and waits until its outcome is taken.
_SENDING = "sending the outcome"

# A process may be killed by what has nothing to do with its file; one file that kills so many is named.
_MOST_KILLS = 2
# Where processes end before they begin a file, so often, this one does the work.
_MOST_IDLE_DEATHS = 8

Chunk = tuple[int, int]


def can_fork() -> bool:
    """True where this process may have processes of its own; one of an executor may not."""
    forks = "fork" in multiprocessing.get_all_start_methods() and os.name == "posix"
    return forks and not multiprocessing.current_process().daemon


@dataclass(slots=True)
class _WorkerProcess:
    """One process: its pipe, what it tells about itself, and the files it has not answered for."""

    process: BaseProcess
    pipe: Connection
    memory: mmap.mmap
    pending: deque[int] = field(default_factory=deque)


class Pool:
    """Computes files in `jobs` processes that are forked off this one, set up as it is."""

    def __init__(
        self, worker: Worker, files: Sequence[Path], jobs: int, seconds: float = FILE_SECONDS
    ) -> None:
        self._worker = worker
        self._files = files
        self._jobs = jobs
        self._seconds = seconds
        self._processes: list[_WorkerProcess] = []
        self._chunks = deque(chunks(files, jobs))
        self._done: dict[int, Computed] = {}
        # By the number of a file: the processes that ended at work on it, and the codemods that
        # had to be stopped in it.
        self._kills: Counter[int] = Counter()
        self._skipped: dict[int, Skipped] = {}
        self._idle_deaths = 0

    def results(self) -> Generator[Computed, None, None]:
        """What became of every file, in order. All processes are gone when it ends or is closed."""
        try:
            for number in range(len(self._files)):
                while number not in self._done:
                    self._supply(number)
                    if self._processes:
                        self._gather()
                yield self._done.pop(number)
        finally:
            self._end()

    def _supply(self, wanted: int) -> None:
        """Give idle processes work, but none that is too far ahead of the wanted file."""
        while len(self._processes) < self._jobs and self._chunks:
            try:
                self._processes.append(self._start())
            except OSError:  # no more processes are to be had: those there are do it
                self._jobs = len(self._processes)
        if not self._processes and self._chunks:
            self._compute_here(self._chunks.popleft())
        far = wanted + _AHEAD * self._jobs * max(1, len(self._files) // (_CHUNKS_EACH * self._jobs or 1))  # fmt: skip
        for process_ in self._processes:
            if not process_.pending and self._chunks and self._chunks[0][0] <= far:
                first, last = self._chunks.popleft()
                process_.pending.extend(range(first, last))
                skipped = {n: self._skipped[n] for n in range(first, last) if n in self._skipped}
                with suppress(OSError):  # it has ended: that is heard when it is asked
                    process_.pipe.send((first, last, skipped))

    def _compute_here(self, chunk: Chunk) -> None:
        for number in range(*chunk):
            skipped = self._skipped.get(number)
            self._done[number] = compute(self._worker, self._files[number], self._seconds, skipped)

    def _start(self) -> _WorkerProcess:
        memory = mmap.mmap(-1, progress.SIZE)
        progress.clear(memory)
        ours, theirs = multiprocessing.Pipe()
        others = [ours, *(process_.pipe for process_ in self._processes)]
        arguments = (self._worker, self._files, theirs, others, memory, self._seconds)
        context = multiprocessing.get_context("fork")
        process = context.Process(target=_work, args=arguments, daemon=True)
        process.start()
        theirs.close()
        return _WorkerProcess(process, ours, memory)

    def _gather(self) -> None:
        ready = wait([process_.pipe for process_ in self._processes], timeout=0.2)
        for process_ in list(self._processes):
            if process_.pipe in ready:
                self._take(process_)
            elif process_.pending:
                self._look_after(process_)

    def _take(self, process_: _WorkerProcess) -> None:
        try:
            number, computed = process_.pipe.recv()
        except Exception:  # it ended, or sent what cannot be read
            self._reap(process_)
            return
        process_.pending.remove(number)
        self._done[number] = computed

    def _look_after(self, process_: _WorkerProcess) -> None:
        """End a process whose step takes too long and does not heed its own alarm."""
        now = progress.read(process_.memory)
        if now.number not in process_.pending or now.step == _SENDING:
            return
        if time.monotonic() - now.began < self._seconds * WAITING + _GRACE:
            return
        if progress.read(process_.memory) != now:  # it went on meanwhile
            return
        skipped = self._skipped.setdefault(now.number, {})
        if now.codemod is not None and now.codemod not in skipped:
            skipped[now.codemod] = too_slow(now.codemod, self._seconds)
        else:
            path = self._files[now.number]
            self._done[now.number] = timed_out(self._worker, path, now.step, self._seconds)
            process_.pending.remove(now.number)
        self._replace(process_)

    def _reap(self, process_: _WorkerProcess) -> None:
        """A process has ended: its files are done again by another one, but what killed two."""
        number, _, step, _ = progress.read(process_.memory)
        if number in process_.pending:
            self._kills[number] += 1
            if self._kills[number] >= _MOST_KILLS:
                self._done[number] = died(self._worker, self._files[number], step)
                process_.pending.remove(number)
        else:
            self._idle_deaths += 1
            if self._idle_deaths >= _MOST_IDLE_DEATHS:
                self._jobs = 0
        self._replace(process_)

    def _replace(self, process_: _WorkerProcess) -> None:
        """Let another process do what is left of the chunk."""
        self._processes.remove(process_)
        _kill(process_)
        if process_.pending:
            self._chunks.appendleft((process_.pending[0], process_.pending[-1] + 1))

    def _end(self) -> None:
        for process_ in self._processes:
            _kill(process_)
        self._processes.clear()


def chunks(files: Sequence[Path], jobs: int) -> list[Chunk]:
    """Ranges of the files that hold about as much text each."""
    sizes = [_size(path) for path in files]
    most = min(_LARGEST_CHUNK, max(1, sum(sizes) // (jobs * _CHUNKS_EACH)))
    found: list[Chunk] = []
    first, held = 0, 0
    for number, size in enumerate(sizes):
        held += size
        if held >= most:
            found.append((first, number + 1))
            first, held = number + 1, 0
    if first < len(files):
        found.append((first, len(files)))
    return found


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _kill(process_: _WorkerProcess) -> None:
    process_.process.kill()
    process_.process.join()
    process_.pipe.close()
    process_.memory.close()


def _work(worker: Worker, files: Sequence[Path], pipe: Connection, others: Sequence[Connection], memory: mmap.mmap, seconds: float) -> None:  # fmt: skip
    """The life of a process: chunks in, outcomes out, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent has heard it too, and ends this one
    for other in others:
        other.close()
    limit_memory()
    WATCH.share(memory)
    WATCH.file(-1)
    try:
        with worker.collecting():
            while True:
                first, last, skipped = pipe.recv()
                for number in range(first, last):
                    WATCH.file(number)
                    computed = compute(worker, files[number], seconds, skipped.get(number))
                    # Who reads the results may take its time over each, in a pager for example.
                    WATCH.step(_SENDING)
                    if number == last - 1 and worker.facts is not None:
                        worker.facts.write()  # with its last outcome this process may be ended
                    _send(pipe, number, computed)
                    WATCH.file(-1)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(0)
    except BaseException:  # the parent has the files done again, and tells what cannot be
        os._exit(1)


def _send(pipe: Connection, number: int, computed: Computed) -> None:
    """Send an outcome; of one that cannot be sent, why."""
    try:
        pipe.send((number, computed))
    except OSError:
        raise  # nobody listens any more
    except BaseException as error:
        if ends_the_work(error):
            raise
        pipe.send((number, Computed(failed_by(computed.outcome.path, error))))
