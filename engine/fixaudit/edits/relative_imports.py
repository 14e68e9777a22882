"""With dots or without: how a file imports its own package."""

from __future__ import annotations

import ast

from fixaudit.model.finding import NeededImport
from fixaudit.source.source import Source


def as_imported_here(source: Source, needed: NeededImport) -> NeededImport:
    """An import of the file's own package with dots, where the file imports all of that so."""
    own = source.module.split(".")
    if not source.path.endswith("__init__.py"):
        own.pop()
    wanted = needed.module.split(".")
    if needed.name is None or not own or wanted[0] != own[0]:
        return needed
    same = 0
    while same < min(len(own), len(wanted)) and own[same] == wanted[same]:
        same += 1
    level, rest = len(own) - same + 1, ".".join(wanted[same:])
    spelled = [node for node in source.nodes(ast.ImportFrom) if _is_of(node, own[0])]
    is_there = any(node.level == level and (node.module or "") == rest for node in spelled)
    if is_there or (spelled and all(node.level for node in spelled)):
        return NeededImport("." * level + rest, needed.name, needed.bound)
    return needed


def _is_of(node: ast.ImportFrom, package: str) -> bool:
    return node.level > 0 or (node.module or "").partition(".")[0] == package
