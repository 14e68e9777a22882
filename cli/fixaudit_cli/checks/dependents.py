"""The checks of packages that depend on those a run changes: its own stay green when they turn red."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.workspace.packages import Packages, packages

if TYPE_CHECKING:
    from fixaudit.config.model import Config
    from fixaudit.pipeline.runner import Worker
    from fixaudit.workspace.package import Dependent, Package


def packages_of(worker: Worker) -> Packages:
    """The packages of a run's tree."""
    return packages(worker.root, config=worker.resolver.for_path(worker.root))


def dependents_of(
    worker: Worker, found: Packages, files: Iterable[Path], *, with_checks: bool = False
) -> list[Dependent]:
    """The packages that depend on those of some files, each once, by the nearest proof.

    Packages that hold one of the files are none of them. Nothing is read where there is one package;
    `with_checks`, where none configures a command: who imports whom is asked of all files.
    """
    if len(found) < 2 or (with_checks and not any(_checks(worker, each) for each in found)):
        return []
    owned = {owner.folder for path in files if (owner := found.of(worker.relative(path)))}
    return sorted(found.dependents_of(owned), key=lambda each: each.package.folder)


def _checks(worker: Worker, package: Package) -> tuple[str, ...]:
    return worker.resolver.for_path(worker.root / package.folder).verify


def configured(
    worker: Worker, dependents: Sequence[Dependent]
) -> Iterator[tuple[str, Config, str]]:
    """What the configurations of dependents name: command, configuration, and why it is run."""
    for each in dependents:
        config = worker.resolver.for_path(worker.root / each.package.folder)
        for command in config.verify:
            yield command, config, each.why


def is_in_one_package(worker: Worker, found: Packages, folder: Path) -> bool:
    """True for the folder of a package below the root: what is typed there is about that package."""
    relative = os.path.relpath(folder, worker.root).replace(os.sep, "/")
    return relative != "." and found.at(relative) is not None
