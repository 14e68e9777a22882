"""Sites that look the same, told apart as far as one can: by function, text and verdict.

A fingerprint counts equal texts of a file; when one of two is fixed, the other takes its number.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.codebase import Tree, squeeze


@dataclass(frozen=True, slots=True)
class Alike:
    """Which sites share a look (`context`), how many they are, and the number of this one from 0."""

    context: str
    count: int
    nth: int

    def as_json(self) -> dict[str, Any]:
        return {"context": self.context, "alike": self.count, "nth": self.nth}


class Likeness:
    """The looks of all sites of a tree, file by file."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[str, dict[str, list[LocatedFinding]]] = {}
        self._shown: dict[str, dict[str, LocatedFinding]] = {}

    def of(self, site: LocatedFinding) -> Alike:
        # A report that names a site changes its verdict, not how the tree shows it.
        context = self._context(self._as_shown(site))
        same = self.sites(site.path, context)
        prints = [entry.fingerprint for entry in same]
        return Alike(context, len(same), prints.index(site.fingerprint))

    def _as_shown(self, site: LocatedFinding) -> LocatedFinding:
        if site.path not in self._shown:
            here = self._tree.sites.get(site.path, ())
            self._shown[site.path] = {entry.fingerprint: entry for entry in here}
        return self._shown[site.path].get(site.fingerprint, site)

    def sites(self, path: str, context: str) -> list[LocatedFinding]:
        """The sites of a file that have this look, in order."""
        if path not in self._known:
            found: dict[str, list[LocatedFinding]] = defaultdict(list)
            for site in self._tree.sites.get(path, ()):
                found[self._context(site)].append(site)
            self._known[path] = found
        return self._known[path].get(context, [])

    def _context(self, site: LocatedFinding) -> str:
        inside = [
            definition
            for definition in self._tree.definitions(site.path)
            if definition.line < site.line <= definition.end_line
        ]
        name = max(inside, key=lambda d: d.line).name if inside else ""
        lines = self._tree.lines(site.path)[site.line - 1 : max(site.line, site.end_line)]
        text = squeeze("".join(lines))[:400]
        key = "\0".join((site.finding.codemod, site.finding.verdict.value, name, text))
        return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:16]
