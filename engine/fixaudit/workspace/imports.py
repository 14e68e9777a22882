"""Which packages import modules of which others, each with the file and line that proves it."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fixaudit.config.declared_dependencies import normalised
from fixaudit.files.plain_file import read_source
from fixaudit.semantics.import_lines import import_statement_lines, imported_modules
from fixaudit.workspace.edges import Edge, Files, meant
from fixaudit.workspace.modules import offered_modules
from fixaudit.workspace.package import Package

Statement = tuple[int, str, tuple[str, ...]]
"""The line of an import, the module that it names, and the names that it takes from that one."""
Hit = tuple[str, int, str]
"""A file, the line of an import, and the module that it names."""


class Imports:
    """The imports between the packages of a root; all Python files are read at construction."""

    def __init__(
        self,
        root: str,
        packages: Sequence[Package],
        files: Files,
        declared: Mapping[str, Mapping[str, Edge]],
    ) -> None:
        self._root = root
        self._packages = {package.folder: package for package in packages}
        self._declared = declared
        self._offered: dict[str, set[str]] = {}
        self._below: dict[str, set[str]] = {}
        self._inits: set[str] = set()
        self._own: dict[str, frozenset[str]] = {}
        self._known: dict[tuple[str, str, tuple[str, ...]], tuple[tuple[str, str], ...]] = {}
        self._hits: dict[str, dict[str, list[Hit]]] = {}
        statements: dict[str, dict[str, list[Statement]]] = {}
        for package in packages:
            own = {path: self._statements(path) for path in files(package.folder)}
            statements[package.folder] = own
            self._own[package.folder] = frozenset(own)
            self._offer(package, own)
        for package in packages:
            for path, found in statements[package.folder].items():
                self._read(package, path, found)

    def of(self, user: Package) -> dict[str, Edge]:
        """The packages that one imports from, by their folders."""
        found: dict[str, Edge] = {}
        for other, hits in self._hits.get(user.folder, {}).items():
            hit = self._proved(hits)
            if hit is not None:
                path, line, module = hit
                found[other] = Edge("import", module, path, line)
        return found

    def _offer(self, package: Package, own: Mapping[str, Sequence[Statement]]) -> None:
        tops = {module.partition(".")[0] for found in own.values() for _, module, _ in found}
        for name, path in offered_modules(package, tuple(own), tops).items():
            self._offered.setdefault(name, set()).add(package.folder)
            if posixpath.basename(path) == "__init__.py":
                self._inits.add(name)
            while name:
                self._below.setdefault(name, set()).add(package.folder)
                name = name.rpartition(".")[0]

    def _statements(self, path: str) -> list[Statement]:
        try:
            data = read_source(f"{self._root}/{path}")
        except OSError:
            return []
        found: list[Statement] = []
        line, at = 1, 0
        for start, module, names in imported_modules(data):
            line += data.count(b"\n", at, start)
            at = start
            if module.partition(".")[0] not in sys.stdlib_module_names:
                found.append((line, module, names))
        return found

    def _read(self, user: Package, path: str, found: Iterable[Statement]) -> None:
        for line, module, names in found:
            others = self._meant(user, module, names)
            if others and not self._is_beside(user, path, module.partition(".")[0]):
                hits = self._hits.setdefault(user.folder, {})
                for other, shown in others:
                    hits.setdefault(other, []).append((path, line, shown))

    def _meant(
        self, user: Package, module: str, names: tuple[str, ...]
    ) -> tuple[tuple[str, str], ...]:
        """The folders of the other packages that an import may mean, each with the module's name."""
        key = (user.folder, module, names)
        if key not in self._known:
            found: dict[str, str] = {}
            for name in [f"{module}.{name}" for name in names] or [module]:
                for folder in self._owners(user, name, module):
                    found.setdefault(folder, name if name in self._offered else module)
            self._known[key] = tuple(found.items())
        return self._known[key]

    def _owners(self, user: Package, name: str, module: str) -> Iterator[str]:
        """The packages that hold the longest part of a dotted name, unless the user holds it too."""
        while name not in self._offered:
            name = name.rpartition(".")[0]
            if not name:
                return
        folders = self._offered[name]
        if user.folder in folders:
            return
        if len(name) < len(module) and len(self._below[name]) > 1:
            return  # of a namespace that several packages share, none has this module
        owners = [self._packages[folder] for folder in sorted(folders)]
        candidates = meant(user, owners)
        if not candidates and normalised(name.partition(".")[0]) not in user.needs:
            candidates = owners  # test data or an example: what else is called so, it would declare
        if len(candidates) > 1:
            declared = self._declared.get(user.folder, {})
            named = [each for each in candidates if each.folder in declared]
            # An `__init__.py` that several have is a namespace's, and says nothing of any.
            candidates = named or ([] if name in self._inits else candidates)
        yield from (each.folder for each in candidates)

    def _is_beside(self, user: Package, path: str, top: str) -> bool:
        """True where the package has the module itself, in a folder of the file or above it."""
        own = self._own[user.folder]
        folder = posixpath.dirname(path)
        while True:
            near = posixpath.join(folder, top)
            if f"{near}.py" in own or f"{near}/__init__.py" in own:
                # A part of a namespace is another matter: `_owners` has looked at the whole name.
                return len(self._below.get(top, ())) < 2
            if folder in ("", user.folder):
                return False
            folder = posixpath.dirname(folder)

    def _proved(self, hits: Iterable[Hit]) -> Hit | None:
        """The first hit that is a statement, and no line of a text."""
        lines: dict[str, frozenset[int] | None] = {}
        for hit in hits:
            path, line, _ = hit
            if path not in lines:
                try:
                    lines[path] = import_statement_lines(read_source(f"{self._root}/{path}"))
                except OSError:
                    continue
            known = lines[path]
            if known is None or line in known:
                return hit
        return None
