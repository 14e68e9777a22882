"""`fixaudit.packages(root)`: the packages of a repository, without a line of it being run or parsed.

A distribution is what the engine takes for one (`config/distribution.py`); what is told of it besides
is how it is found: as a member of a uv workspace, by Poetry, by the file that makes it one. Folders with
BUILD files come below them, and what is left belongs to the root.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from fixaudit.config.model import Config
from fixaudit.config.resolve import load_config
from fixaudit.files.discovery import FolderListing, discover_below
from fixaudit.workspace.build_files import BUILD_FILES, MARKS
from fixaudit.workspace.dependents import Dependents
from fixaudit.workspace.finding import Finder
from fixaudit.workspace.package import Dependent, Package, WorkspaceProblem

_NAMES = frozenset({"pyproject.toml", "setup.cfg", *BUILD_FILES, *MARKS})


class Packages:
    """The packages of a root, in the order of their folders. Paths are relative to the root, with `/`.

    Attributes:
        root: the absolute path of the root.
        problems: what could not be read, or means two things. The packages are all the others.
        inner: tops of repositories inside of this one, absolute: they are not looked into.
    """

    def __init__(
        self,
        root: Path,
        found: Iterable[Package],
        files: Sequence[str],
        problems: Iterable[WorkspaceProblem] = (),
        inner: Sequence[str] = (),
    ) -> None:
        self.root = root
        self.problems = tuple(problems)
        self.inner = tuple(inner)
        self._by_folder = {entry.folder: entry for entry in sorted(found, key=_place)}
        self._files = files

    def __iter__(self) -> Iterator[Package]:
        return iter(self._by_folder.values())

    def __len__(self) -> int:
        return len(self._by_folder)

    def at(self, folder: str) -> Package | None:
        """The package of a folder; None for a folder that is none."""
        return self._by_folder.get(folder)

    def of(self, path: str) -> Package | None:
        """The package that a file belongs to: the nearest one above its path; None without one."""
        folder = posixpath.dirname(path)
        while folder not in self._by_folder:
            if not folder:
                return None
            folder = posixpath.dirname(folder)
        return self._by_folder[folder]

    def files(self, folder: str) -> Sequence[str]:
        """The Python files of the package of a folder, without those of the packages inside of it."""
        return self._contents.get(folder, ())

    @property
    def outside(self) -> Sequence[str]:
        """The Python files that belong to no package."""
        return self._contents.get(None, ())

    def dependents(self, folder: str) -> list[Dependent]:
        """The packages that depend on the one of a folder: direct ones first, then by their folders.

        The first call reads all Python files. Raises KeyError for a folder that is no package.
        """
        return self._dependents.of(self._by_folder[folder])

    def dependents_of(self, folders: Collection[str]) -> list[Dependent]:
        """The packages that depend on those of some folders, each once, the nearest proof first.

        None of those of the folders themselves. Otherwise as `dependents`.
        """
        told = (each for folder in sorted(folders) for each in self.dependents(folder))
        nearest: dict[str, Dependent] = {}
        for each in sorted(told, key=_distance):
            if each.package.folder not in folders:
                nearest.setdefault(each.package.folder, each)
        return sorted(nearest.values(), key=_distance)

    @cached_property
    def _contents(self) -> dict[str | None, list[str]]:
        found: dict[str | None, list[str]] = {}
        known: dict[str, str | None] = {}
        for path in self._files:
            folder = path.rpartition("/")[0]
            if folder not in known:
                owner = self.of(path)
                known[folder] = None if owner is None else owner.folder
            found.setdefault(known[folder], []).append(path)
        return found

    @cached_property
    def _dependents(self) -> Dependents:
        return Dependents(os.fspath(self.root), tuple(self), self.files)


def packages(
    root: Path | str = ".", *, config: Config | None = None, recurse: bool = False
) -> Packages:
    """The packages below a folder.

    What git ignores, environments, vendored folders and repositories inside of this one are not looked at.

    Args:
        root: the folder; as a rule the top of a repository.
        config: its configuration (`packages`, `exclude`); None for the one that stands there.
        recurse: look into repositories inside of this one too.

    Raises:
        ConfigError: the configuration of the root cannot be read.
    """
    top = Path(os.path.abspath(root))
    given = load_config(top) if config is None else config
    base = given.exclude_root or top
    found = discover_below(top, exclude=given.exclude, root=base, names=_NAMES, recurse=recurse)
    files = _relative(top, found.files)
    marks = _relative(top, found.named)
    finder = Finder(os.fspath(top), files, marks, given)
    named = tuple(finder.packages())
    own = finder.own_folders
    kept = [path for path in files if path.rpartition("/")[0] in own]
    return Packages(top, named, kept, (*_unread(found, top), *finder.problems), found.inner)


def _relative(top: Path, paths: Iterable[str]) -> list[str]:
    prefix = os.path.join(top, "")
    inside = (path[len(prefix) :] for path in paths if path.startswith(prefix))
    return sorted(path.replace(os.sep, "/") for path in inside)


def _unread(found: FolderListing, top: Path) -> Iterator[WorkspaceProblem]:
    for problem in found.problems:
        path = os.path.relpath(problem.path, top).replace(os.sep, "/")
        yield WorkspaceProblem(path, problem.kind, problem.message, problem.line)


def _place(package: Package) -> str:
    return package.folder


def _distance(dependent: Dependent) -> tuple[int, str]:
    return dependent.distance, dependent.package.folder
