"""Which packages offer codemods: read off the folders of `sys.path`, without `importlib.metadata`.

That module takes longer to import than `fixaudit list` may take as a whole.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

ENTRY_POINT_GROUP = "fixaudit.codemods"
_ENTRY = re.compile(r"(?P<name>[^=\s][^=]*?)\s*=\s*(?P<value>[^\s\[;#]+)")
_FOLDERS = (".dist-info", ".egg-info")
_FILE = "entry_points.txt"


def entry_points() -> list[tuple[str, str]]:
    """The entry points of the group as (name, value), sorted: `("fixaudit", "fixaudit_codemods")`."""
    if not _are_plain_folders():
        return _by_library()
    seen: set[str] = set()
    found: set[tuple[str, str]] = set()
    for path in sys.path:
        for name, text in _offers(path or "."):
            if name not in seen:  # the first distribution of a name hides the others, as in imports
                seen.add(name)
                found.update(_entries(text))
    return sorted(found)


def _are_plain_folders() -> bool:
    """False where something else than a folder may hold distributions: zip files, eggs, finders."""
    # `python311.zip` stands in every `sys.path`, and is hardly ever there.
    if any(path.endswith(".egg") or os.path.isfile(path) for path in sys.path):
        return False
    finders = (finder for finder in sys.meta_path if hasattr(finder, "find_distributions"))
    return all(getattr(finder, "__name__", "") == "PathFinder" for finder in finders)


def _by_library() -> list[tuple[str, str]]:
    from importlib import metadata

    found = metadata.entry_points(group=ENTRY_POINT_GROUP)
    return sorted({(each.name, each.value.partition("[")[0].strip()) for each in found})


def _offers(folder: str) -> Iterator[tuple[str, str]]:
    """Name and entry points of the distributions in a folder; the text is empty where it has none."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.endswith(_FOLDERS):
            project = re.sub(r"[-_.]+", "_", name.rpartition(".")[0].partition("-")[0]).lower()
            yield project, _read(os.path.join(folder, name, _FILE))


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return ""
    return data.decode("utf-8", "replace") if ENTRY_POINT_GROUP.encode() in data else ""


def _entries(text: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif section == ENTRY_POINT_GROUP and (match := _ENTRY.match(line)):
            yield match["name"], match["value"]
