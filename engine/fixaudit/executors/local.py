"""Tasks in processes of this machine: one task a process at a time, each kept warm for the next.

Written on `multiprocessing`, with one pipe a process. The pools there are do not hold what is promised
here: with `concurrent.futures` and loky one killed process ends all tasks on their way, and nobody
knows which one killed it; Pebble knows, but its processes share one pipe, which a process that is
killed while it sends leaves torn for all.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from fixaudit.executors.attempts import Attempts, Try, named
from fixaudit.executors.running import Answer, run_task, this_process
from fixaudit.model.task import ExecutorError, Result, Task
from fixaudit.pipeline.execution import processors

# What a task has forked off may hold the pipe of a process that has ended: then it is asked itself.
_LOOK_SECONDS = 1.0


@dataclass(eq=False, slots=True)
class _Process:
    name: str
    process: BaseProcess
    pipe: Connection
    tried: Try | None = None

    @property
    def has_ended(self) -> bool:
        """True for a process that has ended; its number is not free for another one by that."""
        if os.name != "posix" or self.process.pid is None:
            return self.process.exitcode is not None
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        try:
            return os.waitid(os.P_PID, self.process.pid, how) is not None
        except ChildProcessError:
            return True


class LocalExecutor:
    """Runs tasks in at most `jobs` processes (None: one a processor), started as they are needed.

    Processes stay from one `map` to the next, until `close`; one at a time may be under way. A process
    leads a session of its own: what a task has started and left in its process group ends with it,
    as it does when this process is killed.
    """

    def __init__(self, jobs: int | None = None) -> None:
        self.width = max(1, jobs or processors())
        forks = "fork" in multiprocessing.get_all_start_methods() and os.name == "posix"
        context = multiprocessing.get_context
        self._started_by = context("fork") if forks else context("spawn")
        self._processes: list[_Process] = []

    def map(self, tasks: Iterable[Task]) -> Iterator[Result]:
        """The result of every task, as they finish, each key once.

        Raises what a task raises: its own FixauditError, or ExecutorError with its name.
        """
        attempts = Attempts(tasks)
        try:
            while True:
                self._supply(attempts)
                if not any(process_.tried for process_ in self._processes):
                    return
                for process_ in self._ready():
                    yield from self._taken(process_, attempts)
        finally:  # the caller may want no more: what is at work then has nobody to answer
            for process_ in [each for each in self._processes if each.tried]:
                self._end(process_)

    def close(self) -> None:
        """End all processes."""
        for process_ in list(self._processes):
            self._end(process_)

    def _supply(self, attempts: Attempts) -> None:
        while len([each for each in self._processes if each.tried]) < self.width:
            tried = attempts.next()
            if tried is None:
                return
            process_ = self._free(is_fresh=tried.lost > 0)
            if process_ is None:  # no more processes are to be had: those there are do it
                attempts.back(tried)
                return
            self._give(process_, tried, attempts)

    def _give(self, process_: _Process, tried: Try, attempts: Attempts) -> None:
        try:
            data = pickle.dumps(tried.task, pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            said = f"{named(tried.task)} cannot be sent to a process: {error}"
            raise ExecutorError(said.partition("\n")[0]) from error
        try:
            process_.pipe.send_bytes(data)
            process_.tried = tried
        except OSError:  # it ended while it had nothing to do
            self._end(process_)
            attempts.back(tried)

    def _free(self, *, is_fresh: bool) -> _Process | None:
        """A process without work, started where there is none yet, or a fresh one is wanted."""
        idle = [each for each in self._processes if each.tried is None]
        if idle and not is_fresh:
            return idle[0]
        if idle and len(self._processes) >= self.width:
            self._end(idle[0])
        try:
            return self._started()
        except OSError as error:
            if any(each.tried for each in self._processes):
                return None
            raise ExecutorError(f"no process can be started: {error.strerror or error}") from error

    def _started(self) -> _Process:
        ours, theirs = multiprocessing.Pipe()
        # A daemon: a program that forgets to close this one does not wait for it at its end.
        process = self._started_by.Process(target=_work, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        started = _Process(f"{this_process().rpartition(':')[0]}:{process.pid}", process, ours)
        self._processes.append(started)
        return started

    def _ready(self) -> list[_Process]:
        """The processes that have answered or ended; waits for one."""
        ends = {each.pipe: each for each in self._processes}
        ends |= {each.process.sentinel: each for each in self._processes}  # type: ignore[misc]
        while True:
            found = {id(ends[end]): ends[end] for end in wait(list(ends), _LOOK_SECONDS)}  # type: ignore[index]
            ended = [each for each in self._processes if each.has_ended]
            found |= {id(each): each for each in ended}
            if found:
                return list(found.values())

    def _taken(self, process_: _Process, attempts: Attempts) -> Iterator[Result]:
        tried, answer = process_.tried, None
        # What it sent before it ended counts.
        with suppress(Exception):
            if process_.pipe.poll():
                answer = pickle.loads(process_.pipe.recv_bytes())
        if not isinstance(answer, Answer) or tried is None:
            self._end(process_)
            if tried is not None:
                yield from attempts.lost(tried, process_.name)
            return
        process_.tried = None
        yield from attempts.done(tried, answer.taken(), answer.seconds, answer.worker)

    def _end(self, process_: _Process) -> None:
        self._processes.remove(process_)
        if os.name == "posix" and process_.process.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process_.process.pid, signal.SIGKILL)
        process_.process.kill()
        process_.process.join()
        process_.process.close()
        process_.pipe.close()


def _work(pipe: Connection) -> None:
    """The life of a process: tasks in, answers out, until the other end is gone."""
    if os.name == "posix":
        os.setsid()  # an interrupt typed at the terminal is the parent's to hear
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    name = this_process()
    try:
        while True:
            task = pickle.loads(pipe.recv_bytes())
            pipe.send_bytes(pickle.dumps(run_task(task, name), pickle.HIGHEST_PROTOCOL))
    except (EOFError, OSError):
        os._exit(0)
    except BaseException:  # the parent has the task done again, and tells what cannot be
        os._exit(1)


def _end_with_parent() -> None:
    """Wait for the end of the process that this one was started by, and end all that it has started."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        if os.name == "posix":
            os.killpg(0, signal.SIGKILL)
        os._exit(1)
