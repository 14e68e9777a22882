"""In which files the flaw of a place is looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fixaudit.plan.advice import names_of
from fixaudit.plan.cited_place import resolve
from fixaudit.plan.codebase import Tree
from fixaudit.plan.model import Anchor, Status
from fixaudit.plan.old_code import OldFiles
from fixaudit.plan.past import Past
from fixaudit.reports.model import ReportFinding

_LINE = re.compile(r":\d+$")
_MOST_FILES = 6
"""Files of one name that are asked one by one."""


def files_meant(
    finding: ReportFinding, anchor: Anchor, pasts: Sequence[Past], files: OldFiles
) -> list[str]:
    """The files that a place is looked for in: several where it may be in each of them, those first that
    held a name of the finding's title; none for what leads out, is no Python or not looked into, or
    may be several places of one file."""
    outside = (location := anchor.location) is not None and location.outside_tree
    if outside or anchor.left_out or anchor.status is Status.NOT_PYTHON:
        return []
    path = anchor.path or (location.path if location else None)
    if anchor.status is not Status.AMBIGUOUS:
        return [] if path is None else [path]
    if anchor.path is None and path and any(True for past in pasts for _ in past.versions(path)):
        return [path]  # it was one file then
    found = [name for name in anchor.candidates if not _LINE.search(name)]
    if anchor.path is not None or len(found) > _MOST_FILES:
        return []
    names = names_of(finding.title)

    def held(path: str) -> bool:
        old = (change.before for past in pasts for change in past.changes(path))
        return bool(names) and any(name in files.of(e).code for e in old for name in names)

    return [path for path in found if held(path)] or found


def file_named(path: str, tree: Tree) -> str | None:
    """The file of the tree that a path of a report means for certain; None where none or several may be."""
    found = (path,) if path in tree.files else resolve(path, tree).sure
    return found[0] if len(found) == 1 else None
