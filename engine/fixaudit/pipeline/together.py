"""Which sites go or stay together: `Finding.together`, over the sites of one file or of several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fixaudit.model.finding import SitePlace, Verdict
from fixaudit.model.outcome import Held, LocatedFinding

WRITABLE = (Verdict.FIX, Verdict.UNSAFE)


class SiteIndex:
    """Sites by their places."""

    def __init__(self, sites: Iterable[LocatedFinding]) -> None:
        self._at: dict[tuple[str, str, int, int], list[LocatedFinding]] = {}
        self._in_group: dict[tuple[str, str, str], list[LocatedFinding]] = {}
        for site in sites:
            codemod, group = site.finding.codemod, site.finding.group
            self._at.setdefault((codemod, site.path, site.line, site.column), []).append(site)
            if group is not None:
                self._in_group.setdefault((codemod, site.path, group), []).append(site)

    def at(self, site: LocatedFinding, place: SitePlace) -> Sequence[LocatedFinding]:
        """The sites that one of `Finding.together` of a site stands for; none where it is not there."""
        codemod, group = site.finding.codemod, site.finding.group
        if place.line:
            return self._at.get((codemod, place.path, place.line, place.column), ())
        return () if group is None else self._in_group.get((codemod, place.path, group), ())


def units(
    sites: Sequence[LocatedFinding], *, with_groups: bool = False
) -> list[list[LocatedFinding]]:
    """The sites in their order, those in one list that go or stay together; `with_groups` those of
    one `Finding.group` in a file too."""
    index = SiteIndex(sites)
    lists = {id(site): [site] for site in sites}
    first: dict[tuple[str, str, str], LocatedFinding] = {}
    for site in sites:
        codemod, group = site.finding.codemod, site.finding.group
        if with_groups and group is not None:
            _join(lists, first.setdefault((codemod, site.path, group), site), site)
        for place in site.finding.together:
            for other in index.at(site, place):
                _join(lists, site, other)
    found = {id(each): each for each in (lists[id(site)] for site in sites)}
    rank = {id(site): number for number, site in enumerate(sites)}
    return [sorted(unit, key=lambda site: rank[id(site)]) for unit in found.values()]


def _join(
    lists: dict[int, list[LocatedFinding]], one: LocatedFinding, other: LocatedFinding
) -> None:
    into, more = lists[id(one)], lists[id(other)]
    if into is more:
        return
    if len(into) < len(more):
        into, more = more, into
    into += more
    for site in more:
        lists[id(site)] = into


def as_unsafe_together(sites: list[LocatedFinding]) -> list[LocatedFinding]:
    """The sites of a file, those unsafe that go together with an unsafe one."""
    if not any(site.finding.together for site in sites):
        return sites
    changed: dict[int, LocatedFinding] = {}
    for unit in units(sites):
        verdicts = {site.finding.verdict for site in unit}
        if verdicts.issuperset(WRITABLE):
            for site in unit:
                if site.finding.verdict is Verdict.FIX:
                    found = replace(site.finding, verdict=Verdict.UNSAFE)
                    changed[id(site)] = replace(site, finding=found)
    return [changed.get(id(site), site) for site in sites]


def may_go(site: LocatedFinding) -> bool:
    """True for a site that a run with unsafe edits writes, as far as the site itself tells."""
    writable = site.finding.verdict in WRITABLE and bool(site.finding.edits)
    return site.applied or (writable and not site.suppressed)


def why_it_stays(place: SitePlace | LocatedFinding, from_path: str, why: str = "") -> str:
    """The reason of a site that goes together with one that stays."""
    if isinstance(place, LocatedFinding):
        why = why or _why(place)
        place = SitePlace(place.path, place.line)
    here = f"line {place.line}" if place.path == from_path and place.line else str(place)
    return f"it has to change together with {here}, which stays as it is: {why}"


def _why(site: LocatedFinding) -> str:
    if site.held is Held.TOGETHER:
        return "it goes together with another one that stays"
    if site.suppressed is not None:
        return f"it is suppressed ({site.suppressed})"
    if may_go(site):
        return "this run leaves it out"
    return site.finding.reason
