"""By which dotted names the modules of each package are imported from elsewhere.

The layout says it: names start at the package's folder, or at a `src` in it. Where a folder below has
packages of its own and the package's files import those by their short names, these count. Tests,
examples, documentation and `setup.py` are a package's own matter.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Sequence

from fixaudit.files.file_roles import EXAMPLE_FOLDERS, EXAMPLE_TOP_FOLDERS, TEST_FOLDERS
from fixaudit.semantics.module_finder import SOURCE_FOLDERS
from fixaudit.workspace.package import Package

_OWN_MATTER = TEST_FOLDERS | EXAMPLE_FOLDERS | EXAMPLE_TOP_FOLDERS
_OWN_MODULES = _OWN_MATTER | {"conftest", "setup", "noxfile", "manage", "__main__"}
_DEEPEST_SOURCE = 2
"""Folders down to which a `src` is one of the package: `src/python/acme`."""
# Their borders lie anywhere in a tree that has its source roots further up.
_INSIDE_SOURCES = ("pants", "bazel")


def offered_modules(
    package: Package, files: Sequence[str], imported: Collection[str]
) -> dict[str, str]:
    """The dotted names of a package's modules, each with its file.

    Args:
        files: its Python files, relative to the root. imported: the topmost names that they import.
    """
    packages = {posixpath.dirname(path) for path in files if _is_init(path)}
    found: dict[str, str] = {}
    for path in files:
        folder = posixpath.dirname(path)
        root = _source_root(package, folder, packages)
        short = _root_of_packages(folder, packages)
        # Without an `__init__.py` it is a script's folder, whose names are for the scripts in it.
        if folder in packages and short != root and _is_in(short, root):
            tops = [_dotted(path, each).partition(".")[0] for each in (root, short)]
            if tops[1] in imported and tops[0] not in imported:
                root = short
        name = _dotted(path, root)
        if name and _is_offered(package, root, name):
            found.setdefault(name, path)
    return found


def _source_root(package: Package, folder: str, packages: Collection[str]) -> str:
    """The folder from which names count by the layout: the last `src` on the way, or the package's."""
    top = "" if package.found in _INSIDE_SOURCES else package.folder
    parts = folder[len(top) :].strip("/").split("/")
    most = len(parts) if package.found in _INSIDE_SOURCES else min(len(parts), _DEEPEST_SOURCE)
    for length in range(most, 0, -1):
        if parts[length - 1] in SOURCE_FOLDERS:
            source = posixpath.join(top, *parts[:length])
            if source not in packages:  # `acme/python/` may be a package of that name
                return source
    if package.found in _INSIDE_SOURCES:
        odd = [at for at, part in enumerate(parts) if part and not part.isidentifier()]
        return posixpath.join(*parts[: odd[-1] + 1]) if odd else ""  # no import names such a folder
    return _root_of_packages(top, packages) if top in packages else top


def _root_of_packages(folder: str, packages: Collection[str]) -> str:
    """The nearest folder upward without an `__init__.py`."""
    while folder in packages and folder:
        folder = posixpath.dirname(folder)
    return folder


def _dotted(path: str, root: str) -> str:
    """The name of a module as seen from a source root; empty where no import can give it."""
    inner = path[len(root) :].lstrip("/").rpartition(".")[0]
    parts = inner.split("/")
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def _is_offered(package: Package, root: str, name: str) -> bool:
    if not _is_in(root, package.folder):
        return True  # the folder is a part of an importable package
    outer = root[len(package.folder) :].strip("/").split("/")
    return name.partition(".")[0] not in _OWN_MODULES and not _OWN_MATTER.intersection(outer)


def _is_init(path: str) -> bool:
    return posixpath.basename(path) == "__init__.py"


def _is_in(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
