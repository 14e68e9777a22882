"""A run whose files are judged by an executor, in parts, and told in the order of the files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from fixaudit.model.task import Executor, GitTree, SharedPath, Stamp, Tree
from fixaudit.pipeline.judge_task import Judge, JudgeRun, inside
from fixaudit.pipeline.pool import chunks
from fixaudit.pipeline.tree_content import settings_hash, tree_content
from fixaudit.registry.content_hash import content_hash

if TYPE_CHECKING:
    from collections.abc import Generator

    from fixaudit.model.task import Result
    from fixaudit.pipeline.file_task import Computed
    from fixaudit.pipeline.runner import Worker

_USUAL_WIDTH = 8


def can_spread(worker: Worker, files: Sequence[Path]) -> bool:
    """True where other processes can be told what is asked for: no code made on the spot, and no file
    beside the tree."""
    request = worker.request
    is_data = request.accept is None and not request.codemods
    return is_data and all(path.is_relative_to(worker.root) for path in files)


class Spread:
    """The work on a worker's files, done by an executor.

    Args:
        run_files: all files of the run.
        tree: where others find the tree of the worker; None for the same path.
    """

    def __init__(
        self,
        worker: Worker,
        run_files: Sequence[Path],
        executor: Executor,
        tree: Tree | None,
        seconds: float,
    ) -> None:
        self._worker, self._run_files, self._executor = worker, run_files, executor
        self._tree = tree or SharedPath(os.fspath(worker.root))
        self._seconds = seconds

    def computed(self, files: Sequence[Path]) -> Iterator[Computed]:
        """What became of every file, in order. Raises ExecutorError."""
        tasks = self._tasks(files)
        numbers = {task.key: number for number, task in enumerate(tasks)}
        held: dict[int, tuple[Computed, ...]] = {}
        told = 0
        results = cast("Generator[Result, None, None]", self._executor.map(tasks))
        with closing(results):
            for result in results:
                held[numbers[result.key]] = result.value
                while told in held:
                    yield from map(self._kept, held.pop(told))
                    told += 1

    def _tasks(self, files: Sequence[Path]) -> list[Judge]:
        names = [self._name(path) for path in files]
        width = getattr(self._executor, "width", _USUAL_WIDTH)
        provided = {
            self._name(Path(path)): tuple(each.items())
            for path, each in self._worker.provided.items()
        }
        parted = {
            self._name(Path(path)): tuple(each.items())
            for path, each in self._worker.parted.items()
        }
        found = []
        for first, last in chunks(files, width):
            part = tuple(names[first:last])
            given = tuple((name, provided[name]) for name in part if name in provided)
            stay = tuple((name, parted[name]) for name in part if name in parted)
            found.append(Judge(self._run, part, given, stay))
        return found

    @cached_property
    def _run(self) -> JudgeRun:
        worker = self._worker
        is_whole = list(self._run_files) == worker.discover().files
        return JudgeRun(
            tree=self._tree,
            request=inside(worker.request, worker.root),
            stamp=Stamp(content_hash(), sys.version_info[:2], settings_hash(worker)),
            content=tree_content(worker, self._tree),
            among=None if is_whole else tuple(map(self._name, self._run_files)),
            seconds=self._seconds,
            is_recorded=worker.is_recorded,
        )

    def _kept(self, computed: Computed) -> Computed:
        # What a cache keeps is told by stamps of the files that were read: a clone has its own.
        return replace(computed, digest="") if isinstance(self._tree, GitTree) else computed

    def _name(self, path: Path) -> str:
        return path.relative_to(self._worker.root).as_posix()
