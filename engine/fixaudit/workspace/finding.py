"""Which folders of a root are packages, and how each one is found."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from fixaudit.config.declared_dependencies import declared_dependencies
from fixaudit.config.distribution import Distribution
from fixaudit.config.model import Config
from fixaudit.config.settings_files import toml_in
from fixaudit.semantics.distributions import Homes
from fixaudit.workspace.build_files import BUILD_FILES, MARKS, build_packages, is_distribution
from fixaudit.workspace.declared_folders import poetry_folders, workspace_members
from fixaudit.workspace.globs import matcher
from fixaudit.workspace.package import Package, WorkspaceProblem
from fixaudit.workspace.problems import broken, matches_nothing, twice
from fixaudit.workspace.samples import is_sample, is_vendored

_METADATA = ("pyproject.toml", "setup.cfg", "setup.py")


class Finder:
    """Looks at one root, once.

    Args:
        root: its absolute path. files: its Python files. marks: the files that may make a folder a
            package. Both relative to it, with `/`, sorted.
    """

    def __init__(
        self, root: str, files: Sequence[str], marks: Sequence[str], config: Config
    ) -> None:
        self.root = root
        self.problems: list[WorkspaceProblem] = []
        self.explicit: frozenset[str] = frozenset()
        self._files = files
        self._marks = marks
        self._config = config
        self._homes = Homes(root)

    def packages(self) -> list[Package]:
        """All packages. `explicit` are then the folders that the workspace names itself."""
        if self._config.packages is not None:
            found = self._configured(self._config.packages)
        else:
            found = self._discovered()
        self.problems += twice(found, self.root)
        return found

    # ---------------------------------------------------------------- what stands in the tree

    def _discovered(self) -> list[Package]:
        members = self._members()
        by_poetry = self._by_poetry()
        self.explicit = frozenset(
            folder for folder, by in (*members.items(), *by_poetry.items()) if not is_sample(by)
        )
        found: dict[str, Package] = {}
        for folder in self._folders:
            distribution = self._homes.at(self._absolute(folder))
            if distribution is None or self._is_left(folder):
                self._tell_broken(folder)
                continue
            kind = "uv workspace" if folder in members else ""
            kind = kind or ("poetry" if folder in by_poetry else self._kind(folder, distribution))
            package = self._package(folder, distribution, kind)
            found[folder] = replace(package, workspace=members.get(folder))
        for package in self._built(found):
            found[package.folder] = package
        if "" not in found and self._has_rest(found):
            found[""] = self._plain()
        return list(found.values())

    @cached_property
    def _folders(self) -> list[str]:
        """The folders with metadata of distributions, those further up first."""
        paths = (path for path in (*self._marks, *self._files) if path.endswith(_METADATA))
        found = {posixpath.dirname(path) for path in paths if posixpath.basename(path) in _METADATA}
        return sorted(found, key=lambda folder: (folder.count("/"), folder))

    def _members(self) -> dict[str, str]:
        """The members of uv workspaces, each with the folder of its workspace."""
        members: dict[str, str] = {}
        candidates = [posixpath.dirname(path) for path in self._marks if _is_pyproject(path)]
        for folder in self._with_pyproject:
            path = self._absolute(posixpath.join(folder, "pyproject.toml"))
            found = workspace_members(path, folder, candidates)
            members |= dict.fromkeys(found, folder)
        return members

    def _by_poetry(self) -> dict[str, str]:
        """The folders that Poetry names as dependencies, each with a folder that does."""
        found: dict[str, str] = {}
        for folder in self._with_pyproject:
            path = self._absolute(posixpath.join(folder, "pyproject.toml"))
            for target in poetry_folders(path, folder):
                if target not in found or is_sample(found[target]):
                    found[target] = folder
        return found

    @cached_property
    def _with_pyproject(self) -> list[str]:
        """The folders with a `pyproject.toml` of our own, those further up first."""
        paths = (path for path in self._marks if _is_pyproject(path) and not is_vendored(path))
        return sorted(map(posixpath.dirname, paths), key=lambda each: (each.count("/"), each))

    def _is_left(self, folder: str) -> bool:
        return folder not in self.explicit and is_vendored(f"{folder}/x")

    def _kind(self, folder: str, distribution: Distribution) -> str:
        if distribution.file != "pyproject.toml":
            return distribution.file
        content = toml_in(self._absolute(posixpath.join(folder, distribution.file))) or {}
        return "pyproject" if isinstance(content.get("project"), dict) else "poetry"

    def _package(self, folder: str, distribution: Distribution, kind: str) -> Package:
        name = distribution.name
        if not folder and not distribution.is_named:
            name = "."  # a checkout is called as its owner likes
        return Package(
            name,
            folder,
            kind,
            distribution.needs,
            posixpath.join(folder, distribution.file),
            distribution.is_named,
            folder not in self.explicit and is_sample(folder),
        )

    def _built(self, found: dict[str, Package]) -> Iterator[Package]:
        """The folders with BUILD files that are in no distribution, or are one, and hold Python files."""
        marks = [path for path in self._marks if posixpath.basename(path) in (*BUILD_FILES, *MARKS)]
        whole = set(found)
        built = []
        for package in build_packages(self.root, marks):
            is_whole = is_distribution(package, self.root)
            is_part = package.folder in found or (
                not is_whole and _nearest(package.folder, whole) is not None
            )
            if is_part or self._is_left(package.folder):
                continue
            built.append(replace(package, is_sample=is_sample(package.folder)))
            if is_whole:
                whole.add(package.folder)
        borders = {package.folder for package in built} | whole
        used = {_nearest(folder, borders) for folder in self.own_folders}
        yield from (package for package in built if package.folder in used)

    def _has_rest(self, found: Iterable[str]) -> bool:
        folders = frozenset(found)
        return any(_nearest(folder, folders) is None for folder in self.own_folders)

    @cached_property
    def own_folders(self) -> set[str]:
        """The folders with Python files that nobody else maintains; to be asked once packages are found."""
        folders = {path.rpartition("/")[0] for path in self._files}
        return {each for each in folders if not is_vendored(f"{each}/x.py", self.explicit)}

    def _plain(self) -> Package:
        return Package(".", "", "plain", declared_dependencies(Path(self.root)), is_named=False)

    # ---------------------------------------------------------------- what the configuration names

    def _configured(self, globs: Sequence[str]) -> list[Package]:
        top = os.path.relpath(self._config.root, self.root).replace(os.sep, "/")
        prefix = "" if top == "." else f"{top}/"
        folders = {""}
        for path in (*self._marks, *self._files):
            folder = posixpath.dirname(path)
            while folder not in folders:
                folders.add(folder)
                folder = posixpath.dirname(folder)
        found: dict[str, Package] = {}
        for glob in globs:
            wanted = matcher([glob])
            named = [
                each
                for each in sorted(folders)
                if f"{each}/".startswith(prefix) and wanted(each[len(prefix) :])
            ]
            if not named:
                self.problems.append(matches_nothing(self._config, self.root, glob))
            for folder in named:
                found[folder] = self._as_configured(folder)
        self.explicit = frozenset(found)
        return list(found.values())

    def _as_configured(self, folder: str) -> Package:
        distribution = self._homes.at(self._absolute(folder))
        if distribution is not None:
            return self._package(folder, distribution, "configured")
        needs = declared_dependencies(Path(self._absolute(folder)))
        return Package(folder or ".", folder, "configured", needs, is_named=False)

    def _tell_broken(self, folder: str) -> None:
        """Metadata that cannot be read may have made its folder a package."""
        if folder in self.explicit or not (is_sample(folder) or is_vendored(f"{folder}/x")):
            self.problems += broken(self.root, folder)

    def _absolute(self, relative: str) -> str:
        return f"{self.root}/{relative}" if relative else self.root


def _is_pyproject(path: str) -> bool:
    return posixpath.basename(path) == "pyproject.toml"


def _nearest(folder: str, folders: Collection[str]) -> str | None:
    """The nearest of the folders at or above one; None without one."""
    while folder not in folders:
        if not folder:
            return None
        folder = posixpath.dirname(folder)
    return folder
