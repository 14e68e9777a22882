"""The oldest Python that a project runs on, as its `pyproject.toml` says."""

from __future__ import annotations

import re
from pathlib import Path

from fixaudit.files.plain_file import read_regular

Version = tuple[int, int]

_REQUIRES_PYTHON = re.compile(
    rb"""^\s*requires-python\s*=\s*["'][^"']*?>=?\s*3\.(\d+)""", re.MULTILINE
)
_OLDEST: Version = (3, 9)


class TargetVersions:
    """The answers by project folder; each file is read once."""

    def __init__(self) -> None:
        self._known: dict[Path, Version] = {}

    def of(self, folder: Path) -> Version:
        """The version for a project's folder; the oldest one supported where it says none."""
        known = self._known.get(folder)
        if known is None:
            try:
                match = _REQUIRES_PYTHON.search(read_regular(folder / "pyproject.toml"))
            except OSError:
                match = None
            known = self._known[folder] = (3, int(match[1])) if match else _OLDEST
        return known
