"""The seam between what is to be computed and where: tasks, their results, and who runs them.

A task is frozen, picklable and known by its key. Equal keys give equal values, whichever process,
machine or attempt computes them, so that results may come in any order, twice, or from another run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from fixaudit.errors import FixauditError


class ExecutorError(FixauditError):
    """Tasks cannot be run where they were to be: no scheduler, no worker, or one that differs."""


class WorkerDiffersError(ExecutorError):
    """A worker's code, Python, commit or configuration is not the driver's; the message names both."""


@dataclass(frozen=True, slots=True)
class SharedPath:
    """A tree that every worker reads at the same path: the top of a checkout."""

    root: str


@dataclass(frozen=True, slots=True)
class GitTree:
    """A tree that a worker takes from git: it keeps one bare clone of `url`, and a work tree a commit.

    `url` never holds credentials; a worker uses its own.
    """

    url: str
    commit: str


Tree = SharedPath | GitTree


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a worker must have like the driver: fixaudit and its codemods, Python, the configuration.

    Attributes:
        code: `executors.stamp.content_hash`: of the files' content, so that it is equal on two machines.
        python: major and minor version.
        config: a hash of the settings and the campaign that the tasks were made with.
    """

    code: str
    python: tuple[int, int]
    config: str


@runtime_checkable
class Task(Protocol):
    """Something to compute. Frozen and picklable."""

    @property
    def key(self) -> str:
        """Hexadecimal; equal for tasks whose values are equal, on any machine and at any path."""
        ...

    @property
    def tree(self) -> Tree: ...

    @property
    def stamp(self) -> Stamp: ...

    def run(self) -> Any:
        """Compute the value, in a process whose stamp has been compared. The value is picklable."""
        ...

    def parts(self) -> tuple[Task, ...]:
        """Smaller tasks whose values, put together by `joined`, are this one's; () for the smallest."""
        ...

    def joined(self, values: tuple[Any, ...]) -> Any:
        """The value of this task from those of its parts, in their order."""
        ...

    def failed(self, reason: str) -> Any:
        """The value of a task without parts that ended two processes: it names what is at fault."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """The value of a task. Only `key` and `value` are the same in every run.

    Attributes:
        seconds: how long the attempt took that gave it.
        worker: the process that did it: `host:pid`, or the cluster's name for it.
        attempt: 1 for the first; more where workers were lost before.
    """

    key: str
    value: Any
    seconds: float
    worker: str
    attempt: int = 1


@runtime_checkable
class Executor(Protocol):
    """Where tasks are run."""

    def map(self, tasks: Iterable[Task]) -> Iterator[Result]:
        """The result of every task, as they finish, in any order, each key once. Raises ExecutorError."""
        ...

    def close(self) -> None:
        """End all processes and connections of this executor; what it was given stays."""
        ...
