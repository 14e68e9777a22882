"""Tells from where the Python of a project's tests imports; runs in that Python, and imports nothing of ours.

As a plugin of pytest it looks when all tests are collected: `conftest.py`, ini files, import modes and the
tests' own changes of `sys.path` have had their say. Elsewhere it looks at once, as a script. Written for
Python 3.7 and newer.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import sys
import sysconfig
from typing import Any

PLUGIN = "fixaudit_probe_plugin"
"""The name of this file as pytest imports it."""
VARIABLE = "FIXAUDIT_PROBE"
"""Of the environment: JSON with `modules` (dotted names), `report` (a path), and of a script `first`."""

_told: list[str] = []


def pytest_sessionfinish(session: Any) -> None:
    items = getattr(session, "items", None) or []
    paths = {str(getattr(item, "path", None) or getattr(item, "fspath", "")) for item in items}
    _tell(paths, may_import=True)


def _tell(items: set[str], may_import: bool) -> None:
    if _told:
        return
    asked = json.loads(os.environ[VARIABLE])
    _told.append(asked["report"])
    report = {
        "executable": sys.executable,
        "modules": {name: _located(name, may_import) for name in asked["modules"]},
        "loaded": _loaded(),
        "items": sorted(items),
    }
    part = asked["report"] + ".part"
    with open(part, "w") as file:
        json.dump(report, file)
    os.replace(part, asked["report"])


def _located(name: str, may_import: bool) -> str | None:
    """The file that a dotted name is, or would be, imported from; None where there is none."""
    module = sys.modules.get(name)
    if module is not None:
        return getattr(module, "__file__", None)
    spec = None
    # A package that changes its own `__path__` is found by importing it only.
    for find in (_found, importlib.util.find_spec) if may_import else (_found,):
        try:
            spec = spec or find(name)
        except Exception:
            continue
    return None if spec is None else spec.origin


def _found(name: str) -> Any:
    """The spec of a module, without an import of the packages around it."""
    spec, path, full = None, None, ""
    for part in name.split("."):
        full = full + "." + part if full else part
        spec = _spec(full, path)
        if spec is None:
            return None
        imported = sys.modules.get(full)
        path = getattr(imported, "__path__", None) or spec.submodule_search_locations
        # That of a namespace package looks at its parent, which may not be imported.
        path = getattr(path, "_path", path)
        if path is None and full != name:
            return None
    return spec


def _spec(name: str, path: Any) -> Any:
    for finder in list(sys.meta_path):
        find = getattr(finder, "find_spec", None)
        if find is None:
            continue
        try:
            spec = find(name, path, None)
        except KeyError:
            # A folder without `__init__.py` looks for the package around it among what is imported.
            # With no package in its name it does not, and files are found by the last part.
            spec = find(name.rpartition(".")[2], path, None)
        if spec is not None:
            return spec
    return None


def _loaded() -> list[list[str]]:
    """The imported modules that are not of an installation, each with its file."""
    places = ("stdlib", "platstdlib", "purelib", "platlib")
    installed = [os.path.join(sysconfig.get_path(place), "") for place in places]
    found = []
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or name == __name__:
            continue
        parts = file.replace(os.sep, "/").split("/")
        if "site-packages" in parts or "dist-packages" in parts:
            continue
        if not file.startswith(tuple(installed)):
            found.append([name, os.path.abspath(file)])
    return found


def _at_exit(process: int) -> None:
    if os.getpid() == process:
        _tell(set(), may_import=False)


def _as_script() -> None:
    first = json.loads(os.environ[VARIABLE])["first"]
    if not (getattr(sys.flags, "safe_path", False) or sys.flags.isolated):
        sys.path[:1] = [] if first is None else [first]
    _tell(set(), may_import=True)


if __name__ == "__main__":
    _as_script()
elif __name__ == PLUGIN:
    # pytest may end before it has begun, for a `conftest.py` that fails.
    atexit.register(_at_exit, os.getpid())
