"""Importing a repository's own codemods from bytes that were read, and hashed, before.

The folder becomes a package; its modules import each other as `from ._helper import …`. Nothing of the
repository stands on `sys.path`; where a module puts its folder there itself, imports from it are served
by the same loader. Neither compiled files (`.pyc`) nor extension modules are ever loaded from it.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import sys
from hashlib import sha256
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType

from fixaudit.registry.local_folder import LocalFolder

_FOLDERS: dict[str, LocalFolder] = {}
"""The folders that are loaded from, by real path."""


def import_local(folder: LocalFolder, name: str) -> ModuleType:
    """A module at the top of a folder. Raises whatever running it raises."""
    package = _package(folder)
    return importlib.import_module(f"{package}.{name}")


def _package(folder: LocalFolder) -> str:
    """The name of the package that a folder is, as it was read."""
    said = f"{folder.path}\0{folder.hash}".encode("utf-8", "surrogateescape")
    name = f"fixaudit_local_{sha256(said).hexdigest()[:12]}"
    if name not in sys.modules or _FOLDERS.get(folder.path) is not folder:
        _register(folder)
        module = ModuleType(name, "Codemods of a repository.")
        module.__path__ = [folder.path]
        sys.modules[name] = module
    return name


def _register(folder: LocalFolder) -> None:
    if _finder_for not in sys.path_hooks:
        sys.path_hooks.insert(0, _finder_for)
    _FOLDERS[folder.path] = folder
    for path in list(sys.path_importer_cache):
        if _is_below(os.path.realpath(path), folder.path):
            del sys.path_importer_cache[path]


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(os.path.join(top, ""))


def _finder_for(path: str) -> _FolderFinder:
    real = os.path.realpath(path)
    for top, folder in _FOLDERS.items():
        if _is_below(real, top):
            below = os.path.relpath(real, top).replace(os.sep, "/")
            return _FolderFinder(folder, "" if below == "." else f"{below}/")
    raise ImportError(f"{path} is no folder of codemods")


class _FolderFinder:
    """Finds the modules of one folder, or of a folder below it, among the bytes that were read."""

    def __init__(self, folder: LocalFolder, prefix: str) -> None:
        self._folder = folder
        self._prefix = prefix

    def find_spec(self, name: str, target: ModuleType | None = None) -> ModuleSpec | None:
        tail = self._prefix + name.rpartition(".")[2]
        place = os.path.join(self._folder.path, *tail.split("/"))
        for file, is_package in ((f"{tail}/__init__.py", True), (f"{tail}.py", False)):
            if file in self._folder.files:
                path = os.path.join(self._folder.path, *file.split("/"))
                spec = ModuleSpec(name, _BytesLoader(self._folder, file, path), origin=path, is_package=is_package)  # fmt: skip
                spec.has_location = True
                if spec.submodule_search_locations is not None:
                    spec.submodule_search_locations.append(place)
                return spec
        if any(file.startswith(f"{tail}/") for file in self._folder.files):
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [place]
            return spec
        return None


class _BytesLoader(importlib.abc.InspectLoader):
    """Compiles one file's bytes."""

    def __init__(self, folder: LocalFolder, file: str, path: str) -> None:
        self._folder = folder
        self._file = file
        self._path = path

    def is_package(self, fullname: str) -> bool:
        return self._file.endswith("/__init__.py")

    def get_source(self, fullname: str) -> str:
        return importlib.util.decode_source(self._folder.files[self._file])

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._folder.files[self._file], self._path, "exec", dont_inherit=True)

    def get_data(self, path: str) -> bytes:
        """A file of the folder, for `pkgutil.get_data`. Raises OSError."""
        below = os.path.relpath(path, self._folder.path).replace(os.sep, "/")
        try:
            return self._folder.files[below]
        except KeyError:
            raise FileNotFoundError(path) from None
