"""Cited places that a finding of another line is proved by: what it says is the answer to them too.

A report cites each caller of a bridge and the migration that blocks; a codemod finds the bridge, and the
coroutine that runs the migration, and names the cited lines as its evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from fixaudit.model.evidence import Strength
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.cited_place import Wanted
from fixaudit.plan.codebase import Tree
from fixaudit.plan.model import Anchor, Status

_WHOLE = (1, 10**9)


class ProvedFrom:
    """The sites of a tree by the lines that prove them."""

    def __init__(self, tree: Tree) -> None:
        self._sites: dict[str, list[tuple[int, LocatedFinding]]] = defaultdict(list)
        for path in tree.files:
            for site in tree.sites.get(path, ()):
                if site.finding.verdict is Verdict.LEAVE:
                    continue
                for each in site.finding.evidence:
                    if each.strength is Strength.PROOF:
                        self._sites[each.path].append((each.line, site))

    def settle(self, entry: Wanted) -> bool:
        """Settles a place at cited lines that prove a site of its codemods; False where they prove none."""
        if entry.path is None or entry.cited is None or entry.quotes:
            return False
        low, high = entry.cited
        why = "the cited lines are what the finding is proved by"
        place = Anchor(entry.location, entry.cited, Status.EXACT, why, entry.path, low, high)
        found = self.known(place, entry.codemods)
        if found.sites:
            entry.anchor = found
        return bool(found.sites)

    def known(self, anchor: Anchor, codemods: Sequence[str]) -> Anchor:
        """The anchor, with the sites that its lines prove, of those codemods that have none there."""
        if anchor.path is None or not anchor.found:
            return anchor
        own = {site.finding.codemod for site in anchor.sites}
        if anchor.line is None and anchor.status is not Status.UNVERIFIED:
            return anchor
        low, high = (anchor.line, anchor.end_line or anchor.line) if anchor.line else _WHOLE
        if anchor.cited is not None and anchor.status is Status.EXACT:
            low, high = min(low, anchor.cited[0]), max(high, anchor.cited[1])
        sites = {
            site.fingerprint: site
            for line, site in self._sites.get(anchor.path, ())
            if low <= line <= high and site.finding.codemod in {*codemods} - own
        }
        return replace(anchor, sites=(*anchor.sites, *sites.values())) if sites else anchor
