"""Which packages declare which others as dependencies, by name or by path, and on which line."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from fixaudit.config.declared_dependencies import normalised, requirements_files
from fixaudit.files.plain_file import read_regular
from fixaudit.workspace.declared_folders import (
    fetched_names,
    poetry_folders,
    required_folders,
    source_folders,
)
from fixaudit.workspace.edges import Edge, meant
from fixaudit.workspace.package import Package

_SECTION = re.compile(r"\s*\[{1,2}([^\[\]]+)\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*["']?([\w.-]+)["']?\s*=(?!=)""")
_TELLING = re.compile(r"depend|require|extras|optional", re.IGNORECASE)
_WITH_PATHS = re.compile(r"depend|sources", re.IGNORECASE)
_METADATA = ("pyproject.toml", "setup.cfg", "setup.py")


class Declarations:
    """What the metadata of a root's packages declares of each other."""

    def __init__(self, root: str, packages: Sequence[Package]) -> None:
        self._root = root
        self._by_folder = {package.folder: package for package in packages}
        self._by_name: dict[str, list[Package]] = {}
        # A name that is read beats a folder that is called so.
        for package in sorted(packages, key=lambda each: not each.is_named):
            known = self._by_name.setdefault(package.name, [])
            if package.is_named or not known:
                known.append(package)

    def of(self, user: Package) -> dict[str, Edge]:
        """The packages that one declares, by their folders."""
        found: dict[str, Edge] = {}
        for other, name in self._named(user):
            path, line = self._place(user, name)
            found[other.folder] = Edge("declared", name, path, line)
        for folder, edge in self._by_path(user):
            if folder in self._by_folder and folder != user.folder:
                found.setdefault(folder, edge)
        return found

    def _named(self, user: Package) -> Iterator[tuple[Package, str]]:
        fetched = {normalised(name) for name in fetched_names(self._pyproject(user))}
        for name in sorted(user.needs - fetched):
            candidates = self._by_name.get(name, [])
            if user not in candidates:  # an extra of itself
                yield from ((other, name) for other in meant(user, candidates))

    def _by_path(self, user: Package) -> Iterator[tuple[str, Edge]]:
        pyproject = self._pyproject(user)
        shown = posixpath.join(user.folder, "pyproject.toml")
        named: Mapping[str, str] = {
            **source_folders(pyproject, user.folder),
            **poetry_folders(pyproject, user.folder),
        }
        for folder, key in named.items():
            yield folder, Edge(
                "declared", key, shown, _line_of(self._absolute(shown), key, _WITH_PATHS)
            )
        for name in requirements_files(self._absolute(user.folder)):
            path = posixpath.join(user.folder, name)
            for folder, (text, line) in required_folders(self._absolute(path), user.folder).items():
                yield folder, Edge("declared", text, path, line)

    def _place(self, user: Package, name: str) -> tuple[str, int | None]:
        """The file and line that declare a name; the line None where none can be told."""
        folder = self._absolute(user.folder)
        for file in (*_METADATA, *requirements_files(folder)):
            line = _line_of(f"{folder}/{file}", name)
            if line is not None:
                return posixpath.join(user.folder, file), line
        return user.file, None

    def _pyproject(self, user: Package) -> str:
        return self._absolute(posixpath.join(user.folder, "pyproject.toml"))

    def _absolute(self, relative: str) -> str:
        return f"{self._root}/{relative}" if relative else self._root


def _line_of(path: str, name: str, telling: re.Pattern[str] = _TELLING) -> int | None:
    """The first line of a file that gives a name where dependencies stand."""
    try:
        lines = read_regular(path).decode("utf-8-sig", "replace").splitlines()
    except OSError:
        return None
    parts = map(re.escape, normalised(name).split("-"))
    wanted = re.compile(rf"(?<![\w.-]){'[-_.]+'.join(parts)}(?![\w-])", re.IGNORECASE)
    every = path.endswith(".txt")
    for number, line in enumerate(lines, 1) if every else _declaring(lines, telling):
        if wanted.search(line) and not line.lstrip().startswith("#"):
            return number
    return None


def _declaring(lines: Sequence[str], telling: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """The lines of metadata in which dependencies may stand, by the section and key above them."""
    section, key = "", ""
    for number, line in enumerate(lines, 1):
        header = _SECTION.match(line)
        if header is not None:
            section, key = header[1], ""
            continue
        named = _KEY.match(line)
        # What is indented stands in the value of a key, unless it is one of `setup(...)` itself.
        if named is not None and (not line[0].isspace() or telling.search(named[1])):
            key = named[1]
        if telling.search(section) or telling.search(key):
            yield number, line
