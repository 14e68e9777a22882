"""The packages that are asked for, each with its owners, its size, and why it is shown."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fixaudit.errors import ConfigError
from fixaudit.files.line_count import line_count
from fixaudit.workspace.package import Dependent, Package, WorkspaceProblem
from fixaudit.workspace.packages import Packages


class Owned(Protocol):
    """Who owns a file: the answers of an owner file.

    `path` is that of the file, relative to the root, None without one; `notes` are lines on what it
    says otherwise than it looks.
    """

    @property
    def path(self) -> str | None: ...

    @property
    def notes(self) -> tuple[str, ...]: ...

    def of(self, path: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One package that is shown.

    Attributes:
        owners: those of its files, the one of most files first; None where there is no owner file.
        unowned: its files without an owner.
        changed: its files that changed, where only changed packages are asked for.
        because: why it is shown though it did not change: it depends on the package of a folder.
        dependents: None where they are not asked for.
    """

    package: Package
    files: int
    lines: int
    owners: tuple[str, ...] | None
    unowned: tuple[str, ...]
    changed: tuple[str, ...] = ()
    because: tuple[str, Dependent] | None = None
    dependents: tuple[Dependent, ...] | None = None

    @property
    def has_owner(self) -> bool:
        return bool(self.owners)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be shown. `changed` are files relative to the root, None where all packages count."""

    paths: Sequence[Path] = ()
    changed: frozenset[str] | None = None
    dependents: bool = False
    unowned: bool = False


@dataclass(slots=True)
class Survey:
    """The rows, in the order of their folders, and what could not be read."""

    rows: list[Row]
    problems: list[WorkspaceProblem] = field(default_factory=list)
    owner_file: str | None = None
    notes: tuple[str, ...] = ()
    outside: int = 0
    """Python files that belong to no package."""
    changed_outside: tuple[str, ...] = ()
    """Changed files that do not, such as those of a package that is gone."""


def surveyed(found: Packages, asked: Asked, owned: Owned | None) -> Survey:
    """What is asked for. Raises ConfigError for a path that is not there, or lies elsewhere."""
    survey = Survey([], list(found.problems))
    if owned is not None:
        survey.owner_file, survey.notes = owned.path, owned.notes
    survey.outside = len(found.outside)
    wanted = _wanted(found, asked.paths)
    changed = _by_package(found, asked.changed)
    lost = (path for path in asked.changed or () if found.of(path) is None)
    survey.changed_outside = tuple(sorted(lost))
    reached = _reached(found, changed) if asked.dependents and changed is not None else {}
    of = None if survey.owner_file is None or owned is None else owned.of
    for package in found:
        folder = package.folder
        is_changed = changed is None or folder in changed
        if folder not in wanted or not (is_changed or folder in reached):
            continue
        files = found.files(folder)
        lines = sum(_lines(found.root, path, survey.problems) for path in files)
        owners, unowned = _owners(of, files)
        row = Row(
            package,
            len(files),
            lines,
            owners,
            unowned,
            (changed or {}).get(folder, ()),
            None if is_changed else reached[folder],
            tuple(found.dependents(folder)) if asked.dependents and changed is None else None,
        )
        if not asked.unowned or row.unowned:
            survey.rows.append(row)
    return survey


def _wanted(found: Packages, paths: Iterable[Path]) -> frozenset[str]:
    """The folders of the packages that hold a path, or lie below it."""
    wanted: set[str] = set()
    for path in paths:
        if not path.exists():
            raise ConfigError(f"{path}: does not exist")
        relative = os.path.relpath(os.path.abspath(path), found.root).replace(os.sep, "/")
        inner = "" if relative == "." else relative
        prefix = f"{inner}/" if inner else ""
        wanted.update(each.folder for each in found if f"{each.folder}/".startswith(prefix))
        around = found.of(f"{prefix}x") if path.is_dir() else found.of(inner)
        wanted.update(() if around is None else (around.folder,))
    return frozenset(wanted)


def _by_package(
    found: Packages, changed: Iterable[str] | None
) -> dict[str, tuple[str, ...]] | None:
    if changed is None:
        return None
    files: dict[str, tuple[str, ...]] = {}
    for path in sorted(changed):
        package = found.of(path)
        if package is not None:
            files[package.folder] = (*files.get(package.folder, ()), path)
    return files


def _reached(found: Packages, changed: Mapping[str, object]) -> dict[str, tuple[str, Dependent]]:
    """What depends on changed packages, by the nearest one."""
    reached: dict[str, tuple[str, Dependent]] = {}
    for folder in changed:
        for dependent in found.dependents(folder):
            known = reached.get(dependent.package.folder)
            if known is None or dependent.distance < known[1].distance:
                reached[dependent.package.folder] = (folder, dependent)
    return reached


def _owners(
    of: Callable[[str], tuple[str, ...]] | None, files: Iterable[str]
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The owners of files, the one of most of them first, and the files that nobody owns."""
    if of is None:
        return None, ()
    counts: Counter[str] = Counter()
    unowned = []
    for path in files:
        names = of(path)
        counts.update(names)
        if not names:
            unowned.append(path)
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return tuple(ordered), tuple(unowned)


def _lines(root: Path, path: str, problems: list[WorkspaceProblem]) -> int:
    try:
        return line_count(f"{root}/{path}")
    except OSError as error:
        reason = error.strerror or str(error)
        problems.append(WorkspaceProblem(path, "unreadable", f"cannot be read: {reason}"))
        return 0
