"""Sites of one file that go together with one that is not written: they stay, and say why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fixaudit.model.finding import SitePlace
from fixaudit.model.outcome import Held, LocatedFinding
from fixaudit.pipeline import order as wording
from fixaudit.pipeline.judged import Judged, Plan
from fixaudit.pipeline.order import Hold, Order
from fixaudit.pipeline.together import SiteIndex, may_go, units, why_it_stays

NOT_IN_RUN = "the file is not in this run"
_GONE = "nothing is to be changed there"


class WholeUnits:
    """The sites of a file as read that go together, as a plan treats them."""

    def __init__(self, judged: Judged, plan: Plan) -> None:
        self._judged, self._plan = judged, plan
        bound = any(site.finding.together for site in judged.sites)
        self._index = SiteIndex(judged.sites if bound else ())
        self._units = [
            unit
            for unit in (units(judged.sites) if bound else ())
            if any(site.finding.together for site in unit)
        ]

    def __bool__(self) -> bool:
        return bool(self._units)

    def held(self, order: Order) -> Mapping[str, Hold]:
        """Those that cannot go, as another one stays, by fingerprint."""
        found: dict[str, Hold] = {}
        for unit in self._units:
            going = [site for site in unit if self._goes(site, order)]
            # First those that stay by themselves: they are the reason for all.
            out = order.held
            staying = sorted(
                (site for site in unit if not self._goes(site, order)),
                key=lambda site: site.fingerprint in out
                and out[site.fingerprint].kind is Held.TOGETHER,
            )
            for site in going:
                why = self._absent(site)
                if staying or why:
                    reason = why or self._told(site, staying[0], order)
                    found.update({each.fingerprint: wording.parted(reason) for each in going})
                    break
        return found

    def parted(self, applied: Mapping[str, LocatedFinding]) -> Mapping[str, Hold]:
        """Those that a run has written without the others, by fingerprint."""
        found: dict[str, Hold] = {}
        for unit in self._units:
            going = [site for site in unit if site.fingerprint in applied]
            staying = [site for site in unit if site.fingerprint not in applied]
            for site in going if staying else ():
                reason = why_it_stays(staying[0], site.path, "its edit is not made")
                found[site.fingerprint] = wording.parted(reason)
        return found

    def _goes(self, site: LocatedFinding, order: Order) -> bool:
        accept = self._plan.accept
        return (
            may_go(site) and site.fingerprint not in order.held and (accept is None or accept(site))
        )

    def _told(self, site: LocatedFinding, other: LocatedFinding, order: Order) -> str:
        return why_it_stays(order.told(other), site.path)

    def _absent(self, site: LocatedFinding) -> str | None:
        """Why one of the places that a site goes together with stays for certain."""
        for place in site.finding.together:
            if place.path != site.path:
                if not self._is_in_run(place):
                    return why_it_stays(place, site.path, NOT_IN_RUN)
            elif not self._index.at(site, place):
                return why_it_stays(place, site.path, _GONE)
        return None

    def _is_in_run(self, place: SitePlace) -> bool:
        project = self._judged.source.project
        return project.root is None or project.is_in_run(Path(project.root, place.path))


def whole_in_pass(todo: list[LocatedFinding], later: list[LocatedFinding]) -> list[LocatedFinding]:
    """Those of the sites of a changed text that can go in a pass: with all that go together with them.

    `later` has them by their places in that text; both share the findings.
    """
    if not any(site.finding.together for site in todo):
        return todo
    wanted = {id(site.finding) for site in todo}
    here = [site for site in later if id(site.finding) in wanted]
    index = SiteIndex(here)
    out = {
        id(site.finding)
        for unit in units(here)
        if not all(
            place.path != site.path or index.at(site, place)
            for site in unit
            for place in site.finding.together
        )
        for site in unit
    }
    return [site for site in todo if id(site.finding) not in out]
