"""Folders with a BUILD file of Pants or Bazel.

Bazel's documentation calls a folder with a BUILD file a package: it takes in all folders below but
those that have a BUILD file themselves. Pants knows no such unit; its documentation asks for one
BUILD file a folder, whose targets own the files beside it, and lets the nearest
`python_distribution` above own what is below. Both come to the same border: a folder with a BUILD
file is a unit, and one inside of a distribution is a part of that.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from fixaudit.config.declared_dependencies import normalised
from fixaudit.files.plain_file import read_regular
from fixaudit.workspace.package import Package

BUILD_FILES = ("BUILD.bazel", "BUILD.pants", "BUILD")
MARKS = {
    "pants.toml": "pants",
    "BUILD.pants": "pants",
    "BUILD.bazel": "bazel",
    **dict.fromkeys(("MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel", "WORKSPACE.bzlmod"), "bazel"),
}
_DISTRIBUTION = re.compile(r"^\s*python_distribution\s*\(", re.MULTILINE)
_PROVIDES = re.compile(
    r"""\b(?:python_artifact|setup_py)\s*\([^()]*?\bname\s*=\s*["']([\w.-]+)["']"""
)


def build_packages(root: str, files: Iterable[str]) -> list[Package]:
    """A package for each folder with a BUILD file, those further up first.

    Args:
        root: the absolute root. files: the files with names of `BUILD_FILES` and `MARKS`, relative.
    """
    builds: dict[str, str] = {}
    tops: dict[str, str] = {}
    for path in sorted(files):
        folder, name = posixpath.split(path)
        if name in MARKS and name not in BUILD_FILES:
            # Both may stand in one folder: Bazel's own files tell themselves by their suffix.
            tops[folder] = "pants" if "pants" in (MARKS[name], tops.get(folder)) else "bazel"
        if name in BUILD_FILES:
            known = builds.get(folder, name)
            builds[folder] = min(known, name, key=BUILD_FILES.index)
    found = []
    for folder in sorted(builds, key=lambda each: (each.count("/"), each)):
        name = builds[folder]
        top, system = _system(folder, tops)
        system = MARKS.get(name, system)
        if system:
            found.append(_package(root, folder, name, top, system))
    return found


def _system(folder: str, tops: dict[str, str]) -> tuple[str, str]:
    """The nearest folder upward with the mark of a build system, and which; ("", "") without one."""
    at = folder
    while at not in tops:
        if not at:
            return "", ""
        at = posixpath.dirname(at)
    return at, tops[at]


def _package(root: str, folder: str, name: str, top: str, system: str) -> Package:
    inner = folder[len(top) :].strip("/")
    file = posixpath.join(folder, name)
    if system == "bazel":
        return Package(f"//{inner}", folder, system, file=file, is_named=False)
    provided = _provided(f"{root}/{file}")
    if provided is not None:
        return Package(provided or inner or ".", folder, system, file=file, is_named=bool(provided))
    return Package(inner or ".", folder, system, file=file, is_named=False)


def is_distribution(package: Package, root: str) -> bool:
    """True for a BUILD file of Pants with a `python_distribution`."""
    return package.found == "pants" and _provided(f"{root}/{package.file}") is not None


def _provided(path: str) -> str | None:
    """The name of a `python_distribution`, empty where it is computed; None without one."""
    try:
        text = read_regular(path).decode("utf-8", "replace")
    except OSError:
        return None
    if not _DISTRIBUTION.search(text):
        return None
    name = _PROVIDES.search(text)
    return normalised(name[1]) if name else ""
