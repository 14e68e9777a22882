"""Which folders are distributions: what is installed as one thing, with a name and dependencies.

`pyproject.toml` with `[project]` or `[tool.poetry]`, `setup.py` that runs a build tool, `setup.cfg` with
`[metadata]`. A `pyproject.toml` with only tables of tools makes none, nor does metadata inside a package
of another distribution: the template of a wheel that the package builds. One that names another
distribution, and has packages of its own beside it, is one that the package carries along.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from fixaudit.config.declared_dependencies import declared_dependencies, normalised
from fixaudit.config.settings_files import ini_in, table_at, toml_in
from fixaudit.config.setup_script import setup_call
from fixaudit.files.parsed_file import parsed_once
from fixaudit.files.plain_file import read_regular

_SETUP = re.compile(r"\b(?:setuptools|distutils|skbuild)\b")
_NAME = re.compile(r"""\bname\s*=\s*["']([\w.-]+)["']""")


@dataclass(frozen=True, slots=True)
class Distribution:
    """`name` and `needs` are normalised (`flask-login`); `needs` are the declared dependencies.

    `file` is the one of its folder that makes it a distribution; without `is_named` that one gives
    no name that can be read, and the folder's stands for it.
    """

    name: str
    needs: frozenset[str]
    file: str = "pyproject.toml"
    is_named: bool = True


def distribution_at(folder: str, root: str = "") -> Distribution | None:
    """The distribution whose metadata stands in a folder; None for any other folder, and for a part of
    a distribution further up, though not above `root`."""
    found = _metadata_in(folder)
    if found is None or _is_part(folder, _name(folder, found), root):
        return None
    needs = declared_dependencies(Path(folder))
    return Distribution(_name(folder, found), needs, found.file, bool(found.name))


def _is_part(folder: str, name: str, root: str) -> bool:
    """True inside a package of a distribution further up, where it says its name or has no packages."""
    in_package, above = False, folder
    while above != root and os.path.dirname(above) != above:
        above = os.path.dirname(above)
        outer = _metadata_in(above)
        if outer is not None:
            return in_package and (_name(above, outer) == name or not _has_packages(folder))
        in_package = in_package or _is_package(above)
    return False


def _is_package(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "__init__.py"))


def _has_packages(folder: str) -> bool:
    """True for packages that are imported by names of their own, not as parts of the one around."""
    if _is_package(folder):
        return False
    below = (os.path.join(folder, name) for name in sorted(os.listdir(folder)))
    return any(_is_package(each) or os.path.basename(each) == "src" for each in below)


class _Metadata(NamedTuple):
    """The name that a file gives to the distribution of its folder; empty where it gives none."""

    name: str
    file: str


def _metadata_in(folder: str) -> _Metadata | None:
    for file, read in _METADATA:
        name = read(os.path.join(folder, file))
        if name is not None:
            return _Metadata(name, file)
    return None


def _name(folder: str, metadata: _Metadata) -> str:
    return normalised(metadata.name or os.path.basename(folder))


def _of_pyproject(path: str) -> str | None:
    content = toml_in(path)
    for keys in (("project",), ("tool", "poetry")):
        table = table_at(content, *keys)
        if table is not None:
            return str(table.get("name", ""))
    return None


def _of_setup_cfg(path: str) -> str | None:
    metadata = (ini_in(path) or {}).get("metadata")
    return None if metadata is None else metadata.get("name", "")


@parsed_once
def _of_setup_py(path: str) -> str | None:
    try:
        text = read_regular(Path(path)).decode("utf-8", "replace")
    except OSError:
        return None
    if _SETUP.search(text) is None:
        return None
    found = _NAME.search(text)
    return found[1] if found else _named_by_constant(path)


def _named_by_constant(path: str) -> str:
    """The name in `setup(name=NAME)`; empty where no constant of the file gives it."""
    call = setup_call(path)
    return call.name if call is not None else ""


_METADATA = (("pyproject.toml", _of_pyproject), ("setup.cfg", _of_setup_cfg), ("setup.py", _of_setup_py))  # fmt: skip
