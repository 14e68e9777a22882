"""Sites of the file as read that are not applied yet, found by where they begin."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from fixaudit.model.outcome import LocatedFinding


class OpenSites:
    """The sites that a later pass may speak of, of one codemod each, in the order of the text."""

    def __init__(self, sites: Iterable[LocatedFinding]) -> None:
        self._at: dict[tuple[str, int], LocatedFinding] = {}
        self._starts: dict[str, list[int]] = defaultdict(list)
        for site in sites:
            if not site.applied:
                self._at[site.finding.codemod, site.finding.span.start] = site
        for codemod, start in self._at:
            self._starts[codemod].append(start)
        for starts in self._starts.values():
            starts.sort()

    def first(self, codemod: str, low: int, high: int) -> LocatedFinding | None:
        """The first site of a codemod that begins in a range of the text, its end included."""
        starts = self._starts.get(codemod, [])
        index = bisect_left(starts, low)
        if index == len(starts) or starts[index] > high:
            return None
        return self._at[codemod, starts[index]]
