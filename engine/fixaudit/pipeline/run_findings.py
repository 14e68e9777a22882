"""What a run tells of its tree, for a comparison with a baseline."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from fixaudit.baseline.baseline import RunFindings
from fixaudit.model.outcome import Outcome
from fixaudit.pipeline.runner import Worker


def run_findings(worker: Worker, outcomes: Iterable[Outcome], *, whole: bool = True) -> RunFindings:
    """The findings of a run.

    Args:
        whole: whether it looked at all files below its paths; else it tells of those it judged only.
    """
    paths = (Path(os.path.abspath(path)) for path in worker.request.paths)
    asked = [_inside(worker, path) for path in paths] if whole else []
    return RunFindings.of(outcomes, asked, CodemodsThatRan(worker))


def _inside(worker: Worker, path: Path) -> str:
    relative = worker.relative(path)
    return "" if relative == "." else relative


class CodemodsThatRan:
    """Whether a codemod runs on a file: the settings of its folder decide."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._names: dict[tuple[int, tuple[str, ...]], frozenset[str]] = {}

    def __call__(self, path: str, codemod: str) -> bool:
        return codemod in self.names(path)

    def names(self, path: str) -> frozenset[str]:
        """The codemods that run on a file, its path relative to the tree."""
        place = self._worker.root / path
        config = self._worker.resolver.for_file(str(place))
        key = id(config), config.ignored_in(place)
        if key not in self._names:
            entries = self._worker.chosen(config, key[1])
            self._names[key] = frozenset(entry.name for entry in entries)
        return self._names[key]

    def in_folder(self, folder: str) -> frozenset[str]:
        """The codemods that run on the files of a folder, relative to the tree; empty for the tree."""
        return self.names(f"{folder}/__init__.py" if folder else "__init__.py")
