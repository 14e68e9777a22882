"""The tree a plan is made over: every codemod's sites in every file, whatever is on by default."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from fixaudit.authoring.codemod import Codemod
from fixaudit.files.discovery import Discovery
from fixaudit.model.outcome import Failed, Note, Outcome, Problem
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.local_settings import configurations, notes, withheld
from fixaudit.pipeline.runner import Request, Worker
from fixaudit.plan.codebase import Tree

Watch = Callable[[Iterable[Outcome], int], Iterator[Outcome]]
"""Passes outcomes on while it shows how far of a number they are."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A tree, the codemods that looked at it, and whether unsafe edits are wanted there.

    `found` are its files, and what was not looked into; `notes` tell of comments in them, and
    `settings` of what is not heeded in configurations.
    """

    tree: Tree
    codemods: tuple[Codemod, ...]
    unsafe: bool
    found: Discovery
    notes: tuple[Note, ...] = ()
    settings: tuple[str, ...] = ()


def survey(request: Request, watch: Watch | None = None, *, jobs: int | None = 1) -> Survey:
    """Run all codemods over the files of a request, without writing anything.

    Reports ask for what is off by default too, so every codemod looks, but those ignored by name
    in the request. A `select` in it narrows them. `jobs` processes share the work; None: as many as pay.
    """
    request = replace(request, select=request.select or ("all",), write=False)
    worker = Worker(request)
    config = worker.resolver.for_path(request.paths[0])
    named = Path(os.path.abspath(request.paths[0]))
    codemods = worker.selected(config, named).all()
    found = worker.discover()
    outcomes: Iterable[Outcome] = Execution(worker, Speed(jobs=jobs, cache=False)).outcomes(
        found.files
    )
    outcomes = list(watch(outcomes, len(found.files)) if watch else outcomes)
    files = {worker.relative(path): path for path in found.files}
    tree = Tree.of(worker.root, files, outcomes, _bases(request, worker))
    tree.left_out = {worker.relative(path): why for path, why in found.excluded.items()}
    lost = tuple(
        Problem(worker.relative(entry.path), entry.kind, entry.message, entry.line)
        for entry in found.problems
    )
    configs = list(configurations(worker, found.files))
    tree.problems = (*lost, *withheld(worker, configs), *tree.problems)
    unsafe = config.unsafe if request.unsafe is None else request.unsafe
    told = [note for one in outcomes if not isinstance(one, Failed) for note in one.notes]
    return Survey(tree, codemods, unsafe, found, tuple(told), tuple(notes(configs)))


def _bases(request: Request, worker: Worker) -> Iterator[str]:
    """The named folders below the root, and the folders of projects in it."""
    for path in request.paths:
        relative = worker.relative(Path(os.path.abspath(path)))
        if relative not in ("", ".") and not os.path.isabs(relative) and os.path.isdir(path):
            yield relative + "/"
