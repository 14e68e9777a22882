"""Which sites of a file stand on the same code as others."""

from __future__ import annotations

from collections.abc import Sequence

from fixaudit.model.finding import Span
from fixaudit.model.outcome import LocatedFinding

_Placed = tuple[Span, bool, int]


def touching(
    sites: Sequence[LocatedFinding], others: Sequence[LocatedFinding]
) -> list[list[LocatedFinding]]:
    """For each of `sites` those of `others` that share code with it, in the order of `others`.

    One walk over all spans by their starts: a pair costs time only where one is still open when
    the other begins.
    """
    placed = [(span, True, number) for number, site in enumerate(sites) for span in _spans(site)]
    placed += [(span, False, number) for number, site in enumerate(others) for span in _spans(site)]
    placed.sort()
    found: list[set[int]] = [set() for _ in sites]
    open_sites: list[_Placed] = []
    open_others: list[_Placed] = []
    for span, is_site, number in placed:
        mine, theirs = (open_sites, open_others) if is_site else (open_others, open_sites)
        theirs[:] = [entry for entry in theirs if entry[0].end >= span.start]
        for other, _, index in theirs:
            if span.overlaps(other):
                site, touched = (number, index) if is_site else (index, number)
                found[site].add(touched)
        mine[:] = [entry for entry in mine if entry[0].end >= span.start]
        mine.append((span, is_site, number))
    return [[others[number] for number in sorted(numbers)] for numbers in found]


def _spans(site: LocatedFinding) -> set[Span]:
    return {site.finding.span, *(edit.span for edit in site.finding.edits)}
