"""Which version of a library the project of a file takes."""

from __future__ import annotations

import os

from fixaudit.config import declared_versions
from fixaudit.config.declared_versions import DeclaredVersion
from fixaudit.files.nearest_ancestor import is_repository
from fixaudit.source.source import Source


def declared_version(source: Source, name: str) -> DeclaredVersion | None:
    """What the nearest lock, requirements or metadata above a file say of a distribution's versions.

    None where none names a bound, and for text that stands in no file: the version is not known. What
    is installed may differ from what is declared; a lock or a pin says it, a lower bound only what is
    the least.
    """
    project = source.project
    place = source.location
    if place is None:
        if project.root is None:
            return None
        place = project.root / source.path
    folder = os.path.dirname(place)
    key = ("declared version", folder, name)
    if key not in project.remembered:
        project.remembered[key] = _above(folder, name)
    found: DeclaredVersion | None = project.remembered[key]
    return found


def _above(folder: str, name: str) -> DeclaredVersion | None:
    while True:
        found = declared_versions.declared_version(folder, name)
        above = os.path.dirname(folder)
        if found is not None or above == folder or is_repository(folder):
            return found
        folder = above
