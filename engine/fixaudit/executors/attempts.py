"""Which task is to be tried next: new ones, those that lost their process, and parts of those that end
every process they run in.

A task that loses its process is tried once more. One that loses two is parted, down to the smallest,
so that the one thing at fault costs itself only. Whoever runs tasks asks `next`, and tells `done` or
`lost`; both give the results that are complete by then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fixaudit.model.task import ExecutorError, Result, Task

MOST_LOST = 2
"""A process may be killed by what has nothing to do with its task; a task that loses two is at fault."""

REASON = "two processes that worked on it ended without a word"


@dataclass(eq=False, slots=True)
class Try:
    """A task, or a part of one, on its way; `lost` processes ended at work on it."""

    task: Task
    whole: _Whole | None = None
    index: int = 0
    lost: int = 0

    @property
    def all_lost(self) -> int:
        """How many processes ended at work on it, and on what it is a part of."""
        return self.lost + (self.whole.tried.all_lost if self.whole is not None else 0)


@dataclass(eq=False, slots=True)
class _Whole:
    """A task that is done in parts: their values so far, and the time all of them took."""

    tried: Try
    values: list[Any]
    left: int
    seconds: float = 0.0
    lost: int = 0


@dataclass(slots=True)
class Attempts:
    """All that is to be done for one `map`. Tasks are taken from `tasks` when they are asked for."""

    tasks: Iterable[Task]
    _source: Iterator[Task] = field(init=False)
    _again: deque[Try] = field(default_factory=deque)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._source = iter(self.tasks)

    def next(self) -> Try | None:
        """What to do now; None where nothing is left but what others are at."""
        if self._again:
            return self._again.popleft()
        for task in self._source:
            if task.key not in self._seen:  # equal keys give equal values: one result tells both
                self._seen.add(task.key)
                return Try(task)
        return None

    def back(self, tried: Try) -> None:
        """Take back what nobody has begun."""
        self._again.appendleft(tried)

    def done(self, tried: Try, value: Any, seconds: float, worker: str) -> Iterator[Result]:
        """The result of the task that this completes, if it does."""
        lost = tried.all_lost
        while (whole := tried.whole) is not None:
            whole.values[tried.index] = value
            whole.left -= 1
            whole.seconds += seconds
            whole.lost = max(whole.lost, lost)
            if whole.left:
                return
            tried, seconds, lost = whole.tried, whole.seconds, whole.lost
            value = tried.task.joined(tuple(whole.values))
        yield Result(tried.task.key, value, seconds, worker, lost + 1)

    def lost(self, tried: Try, worker: str, *, times: int = 1) -> Iterator[Result]:
        """So many processes ended at work on it: it is tried again, or in parts, or has failed."""
        tried.lost += times
        if tried.lost < MOST_LOST:
            self.back(tried)
            return
        parts = tried.task.parts()
        if not parts:
            yield from self.done(tried, tried.task.failed(REASON), 0.0, worker)
            return
        whole = _Whole(tried, [None] * len(parts), len(parts))
        for index in reversed(range(len(parts))):
            self.back(Try(parts[index], whole, index))


def named(task: Task) -> str:
    """A task, for messages: what it calls itself, else its kind and key."""
    kind = type(task)
    if "__str__" in vars(kind):
        return str(task)
    return f"{kind.__name__} {task.key[:12]}"


def raised(task: Task, kind: str, text: str) -> ExecutorError:
    """The one line for an exception that a task was not meant to raise."""
    line = text.strip().partition("\n")[0]
    said = f"{kind}: {line}" if line else kind
    return ExecutorError(f"{named(task)} failed with {said}")
