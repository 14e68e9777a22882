"""One task, run where it has arrived: its value as bytes, or what it raised as bytes.

Whoever runs tasks sends bytes both ways: a value that cannot be sent, or an exception that cannot be
read on the other side, is then the task's own trouble, and told by its name.
"""

from __future__ import annotations

import os
import pickle
import time
from dataclasses import dataclass
from typing import Any

from fixaudit.errors import FixauditError
from fixaudit.executors.attempts import raised
from fixaudit.executors.stamp import check_stamp
from fixaudit.model.task import ExecutorError, Task


@dataclass(frozen=True, slots=True)
class Answer:
    """What a process sends back. One of `value` (pickled) and `error` (pickled) is not None."""

    worker: str
    seconds: float
    value: bytes | None = None
    error: bytes | None = None

    def taken(self) -> Any:
        """The value. Raises what the task raised: a FixauditError of its own, else ExecutorError."""
        if self.error is not None:
            raise pickle.loads(self.error)
        assert self.value is not None
        return pickle.loads(self.value)


def run_task(task: Task, place: str = "") -> Answer:
    """Run a task in this process. What it raises becomes part of the answer; only the user's
    interrupt is raised. `place` names the worker; by default host and process.
    """
    worker = place or this_process()
    began = time.perf_counter()
    try:
        check_stamp(task.stamp, place=worker)
        value = pickle.dumps(task.run(), pickle.HIGHEST_PROTOCOL)
    except KeyboardInterrupt:
        raise
    except FixauditError as error:
        return Answer(worker, time.perf_counter() - began, error=_sent(error))
    except BaseException as error:  # SystemExit of a codemod, too
        told = raised(task, type(error).__name__, str(error))
        return Answer(worker, time.perf_counter() - began, error=_sent(told))
    return Answer(worker, time.perf_counter() - began, value)


def this_process() -> str:
    """`host:pid`."""
    return f"{os.uname().nodename if hasattr(os, 'uname') else 'localhost'}:{os.getpid()}"


def _sent(error: FixauditError) -> bytes:
    """An error that the other side can read: its own kind, where that survives the way."""
    try:
        data = pickle.dumps(error)
        pickle.loads(data)
        return data
    except Exception:  # such as an exception whose constructor takes more than its text
        return pickle.dumps(ExecutorError(str(error)))
