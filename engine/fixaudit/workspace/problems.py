"""What is told of packages that cannot be read, or that mean two things: each in one line."""

from __future__ import annotations

import configparser
import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from fixaudit.config.declared_dependencies import normalised
from fixaudit.config.model import Config
from fixaudit.config.settings_files import ini_in, toml_in
from fixaudit.config.toml import Where, read_toml
from fixaudit.errors import ConfigError
from fixaudit.files.plain_file import read_regular
from fixaudit.workspace.package import Package, WorkspaceProblem

_NAME = re.compile(r"""\bname\b["']?\s*[=:]\s*["']?([\w.-]+)""")


def broken(root: str, folder: str) -> Iterator[WorkspaceProblem]:
    """A problem for each of `pyproject.toml` and `setup.cfg` of a folder, relative to the root, that
    cannot be read."""
    for name, kind, parsed, fault in _METADATA:
        shown = posixpath.join(folder, name)
        path = f"{root}/{shown}"
        if os.path.isfile(path) and parsed(path) is None:
            line, message = fault(path)
            what = f"{message}; its folder is not taken for a package"
            yield WorkspaceProblem(shown, kind, what, line)


def _fault_of_toml(path: str) -> tuple[int | None, str]:
    try:
        read_toml(Path(path))
    except ConfigError as error:
        return _parted(str(error))
    return None, "cannot be read"


def _fault_of_ini(path: str) -> tuple[int | None, str]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(read_regular(path).decode("utf-8-sig"))
    except configparser.MissingSectionHeaderError as error:
        return error.lineno, "is no INI file: no section begins before this line"
    except configparser.ParsingError as error:
        line = error.errors[0][0] if error.errors else None
        return line, "is no INI file: neither a section nor a key with a value"
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        return None, f"cannot be read: {error}"
    return None, "cannot be read"


_METADATA = (
    ("pyproject.toml", "toml", toml_in, _fault_of_toml),
    ("setup.cfg", "ini", ini_in, _fault_of_ini),
)


def matches_nothing(config: Config, root: str, glob: str) -> WorkspaceProblem:
    """A glob of `packages` that no folder is called by; with the line where the file itself says it."""
    message = f'"packages" names {glob}, and no folder with Python files is called so'
    path = config.path
    # The command line may have said it, or a file that this one extends.
    if path is None or glob.encode() not in read_regular(path):
        return WorkspaceProblem("configuration", "config", message)
    keys = ("tool", "fixaudit") if path.name == "pyproject.toml" else ()
    line, _ = _parted(str(Where(path, keys).error("", "packages")))
    return WorkspaceProblem(
        os.path.relpath(path, root).replace(os.sep, "/"), "config", message, line
    )


def twice(found: Iterable[Package], root: str) -> Iterator[WorkspaceProblem]:
    """A line for each package whose name another one has: a dependency by that name may mean either.

    Members of different uv workspaces may be called alike, as do test data and templates.
    """
    known: dict[str, list[Package]] = {}
    for package in sorted(found, key=lambda each: each.folder):
        if not package.is_named or package.is_sample:
            continue
        before = known.setdefault(package.name, [])
        other = next((each for each in before if _in_one(each, package)), None)
        before.append(package)
        if other is not None:
            yield WorkspaceProblem(
                package.file,
                "twice",
                f'the package "{package.name}" is in {other.file} too: rename one, or leave one out'
                " with `exclude` or `packages` in the configuration",
                _line_of_name(f"{root}/{package.file}", package.name),
            )


def _in_one(one: Package, two: Package) -> bool:
    """False for members of two uv workspaces."""
    return one.workspace == two.workspace or None in (one.workspace, two.workspace)


def _line_of_name(path: str, name: str) -> int | None:
    try:
        lines = read_regular(path).decode("utf-8-sig", "replace").splitlines()
    except OSError:
        return None
    for number, line in enumerate(lines, 1):
        given = _NAME.search(line)
        if given is not None and normalised(given[1]) == name:
            return number
    return None


def _parted(message: str) -> tuple[int | None, str]:
    """The line and the words of `file:line: words`."""
    place, _, words = message.partition(": ")
    line = place.rpartition(":")[2]
    return (int(line) if line.isdecimal() else None), words
