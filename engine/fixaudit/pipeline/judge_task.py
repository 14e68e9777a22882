"""Judging files as a task that any process can do, on this machine or another one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from fixaudit.config.request import Request
from fixaudit.model.outcome import Failed, Problem
from fixaudit.model.task import Stamp, Tree, WorkerDiffersError
from fixaudit.pipeline.file_task import FILE_SECONDS, Computed, compute
from fixaudit.pipeline.memory_limit import limited_memory
from fixaudit.pipeline.runner import Worker
from fixaudit.pipeline.tree_at import top_of
from fixaudit.pipeline.tree_content import settings_hash, tree_content

Provided = tuple[tuple[str, tuple[tuple[str, tuple[str, str]], ...]], ...]
"""By file: what it imports from another file of the run that defines it (`Worker.provided`)."""

Parted = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""By file: the sites that stay, and why (`Worker.parted`)."""


@dataclass(frozen=True, slots=True)
class JudgeRun:
    """What all tasks of a run have in common. Paths are relative to the top of the tree.

    Attributes:
        content: of the tree (`tree_content`): outcomes depend on the whole project.
        among: the files of the run, in their order; None for those that the request stands for.
        seconds: how long a step of the work on one file may take.
        is_recorded: whether values tell what outcomes depend on, for a cache of the driver's. They hold
            for the very tree then, and are not equal for its copies.
    """

    tree: Tree
    request: Request
    stamp: Stamp
    content: str
    among: tuple[str, ...] | None = None
    seconds: float = FILE_SECONDS
    is_recorded: bool = False

    @property
    def key(self) -> str:
        """Equal for equal trees, wherever they are."""
        said = (self.request, self.stamp, self.content, self.among, self.seconds, self.is_recorded)
        return _hashed(said)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges some files of a run; its value is a tuple of `Computed`, in their order."""

    of: JudgeRun
    files: tuple[str, ...]
    provided: Provided = ()
    parted: Parted = ()

    def __str__(self) -> str:
        more = f" and {len(self.files) - 1} more" if len(self.files) > 1 else ""
        return f"judging {self.files[0]}{more}"

    @property
    def key(self) -> str:
        return _hashed(("judge", self.of.key, self.files, self.provided, self.parted))

    @property
    def tree(self) -> Tree:
        return self.of.tree

    @property
    def stamp(self) -> Stamp:
        return self.of.stamp

    def run(self) -> tuple[Computed, ...]:
        """Judge the files in this process, which keeps what it knows of the project for the next task.

        Raises WorkerDiffersError: the tree or its settings here are not the driver's.
        """
        worker = _warm(self.of)
        top = os.fspath(worker.root)
        worker.provided = {os.path.join(top, name): dict(each) for name, each in self.provided}
        worker.parted = {os.path.join(top, name): dict(each) for name, each in self.parted}
        paths = [worker.root / name for name in self.files]
        with worker.collecting(), limited_memory():
            return tuple(compute(worker, path, self.of.seconds) for path in paths)

    def parts(self) -> tuple[Judge, ...]:
        """Two halves; () for a single file."""
        if len(self.files) < 2:
            return ()
        half = len(self.files) // 2
        return self._of(self.files[:half]), self._of(self.files[half:])

    def joined(self, values: tuple[Any, ...]) -> tuple[Computed, ...]:
        return tuple(computed for value in values for computed in value)

    def failed(self, reason: str) -> tuple[Computed, ...]:
        """Every file has failed, for that reason."""
        problems = [Problem(name, "worker", reason) for name in self.files]
        return tuple(Computed(Failed(problem.path, problem)) for problem in problems)

    def _of(self, files: tuple[str, ...]) -> Judge:
        kept = set(files)
        provided = tuple(each for each in self.provided if each[0] in kept)
        parted = tuple(each for each in self.parted if each[0] in kept)
        return replace(self, files=files, provided=provided, parted=parted)


def inside(request: Request, top: Path) -> Request:
    """A request with the paths seen from the top of its tree."""
    config = request.config
    if config.path is not None and config.path.is_relative_to(top):
        config = replace(config, path=config.path.relative_to(top))
    paths = tuple(Path(os.path.relpath(os.path.abspath(path), top)) for path in request.paths)
    return replace(request, paths=paths, root=Path(), config=config)


def placed(request: Request, top: Path) -> Request:
    """What `inside` gave, as a request about the tree at `top`."""
    config = request.config
    if config.path is not None:
        config = replace(config, path=top / config.path)
    paths = tuple(Path(os.path.normpath(top / path)) for path in request.paths)
    return replace(request, paths=paths, root=top, config=config)


_WARM: dict[str, Worker] = {}
"""The worker of the last task's run in this process; at most one, as it holds a whole project."""


def _warm(run: JudgeRun) -> Worker:
    key = _hashed((run.key, run.tree))
    worker = _WARM.get(key)
    if worker is None:
        _WARM.clear()
        worker = _made(run)
        _WARM[key] = worker
    return worker


def _made(run: JudgeRun) -> Worker:
    top = top_of(run.tree)
    worker = Worker(placed(run.request, top))
    worker.is_recorded = run.is_recorded
    pairs: Sequence[tuple[str, str, str]] = (
        ("the configuration", run.stamp.config, settings_hash(worker)),
        ("the content of the tree", run.content, tree_content(worker, run.tree)),
    )
    for what, driver, here in pairs:
        if driver != here:
            raise WorkerDiffersError(
                f"{os.uname().nodename}:{os.getpid()}: {what} at {top} is {here} there, {driver} here;"
                " give both the same"
            )
    files = worker.discover().files if run.among is None else [top / name for name in run.among]
    worker.will_judge(files)
    return worker


def _hashed(said: object) -> str:
    return blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
