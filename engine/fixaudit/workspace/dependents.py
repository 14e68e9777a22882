"""Which packages depend on a package, at any remove, each with the proof of its last step."""

from __future__ import annotations

from collections.abc import Sequence

from fixaudit.workspace.declared import Declarations
from fixaudit.workspace.edges import Edge, Files
from fixaudit.workspace.imports import Imports
from fixaudit.workspace.package import Dependent, Package


class Dependents:
    """All dependencies between the packages of a root, found at construction.

    Where a package both declares and imports another one, the declaration is told.
    """

    def __init__(self, root: str, packages: Sequence[Package], files: Files) -> None:
        self._packages = {package.folder: package for package in packages}
        self._users: dict[str, dict[str, Edge]] = {}
        declarations = Declarations(root, packages)
        declared = {package.folder: declarations.of(package) for package in packages}
        imports = Imports(root, packages, files, declared)
        for package in packages:
            edges = {**imports.of(package), **declared[package.folder]}
            for other, edge in edges.items():
                self._users.setdefault(other, {})[package.folder] = edge

    def of(self, package: Package) -> list[Dependent]:
        found: list[Dependent] = []
        seen, level, distance = {package.folder}, [package.folder], 0
        while level:
            distance += 1
            step: list[Dependent] = []
            for on in level:
                for folder, edge in self._users.get(on, {}).items():
                    if folder not in seen:
                        seen.add(folder)
                        step.append(self._dependent(folder, edge, distance, on))
            step.sort(key=lambda each: each.package.folder)
            found += step
            level = [each.package.folder for each in step]
        return found

    def _dependent(self, folder: str, edge: Edge, distance: int, on: str) -> Dependent:
        package = self._packages[folder]
        return Dependent(package, edge.how, edge.by, edge.path, edge.line, distance, on)
