"""The order in which a file's edits can all be made so that a second run finds nothing to do.

A run that leaves something open (an edit that verification refuses, a site that another edit has
changed, one that became a site to act on) is made again under an order that says who waits. All
that one run tells goes into the next order, so the runs do not grow with the sites.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from fixaudit.model.outcome import LocatedFinding, Outcome
from fixaudit.pipeline import order as wording
from fixaudit.pipeline.deciding import code_of, waiting_or_held
from fixaudit.pipeline.judged import Judged, Plan
from fixaudit.pipeline.order import Hold, Order
from fixaudit.pipeline.passes import Passes
from fixaudit.pipeline.touching import touching
from fixaudit.pipeline.whole_units import WholeUnits

MAX_RUNS = 100


def settled(judged: Judged, plan: Plan, order: Order) -> tuple[Outcome, Order]:
    """The outcome of a run that keeps its promises, and the order under which it does."""
    whole = WholeUnits(judged, plan)
    for _ in range(MAX_RUNS):
        order = order.hold(whole.held(order)) if whole else order
        run = Passes(judged, plan, order)
        outcome = run.outcome()
        better = _better(run)
        if better is None and whole and (parted := whole.parted(run.applied)):
            better = order.hold(parted)
        if better is None:
            break
        order = better
    return outcome, order


def _better(run: Passes) -> Order | None:
    """An order under which the run keeps more promises; None where it keeps all."""
    order = run.order
    if run.dropped:
        return order.hold({fp: wording.unsound(why) for fp, why in run.dropped.items()})
    if run.circling:
        open_ones = [site for site in run.circling if site.fingerprint not in order.held]
        return order.hold(_circling(open_ones, run)) if open_ones else None
    applied = [site for site in run.judged.sites if site.fingerprint in run.applied]
    not_made = [
        site
        for site in run.judged.sites
        if site.fingerprint not in run.applied and run.wanted(order.told(site))
    ]
    if not_made:
        return _behind_or_held(order, not_made, applied)
    late = [site for site in run.late if site.fingerprint not in order.waiting]
    return waiting_or_held(run, late, applied) if late else None


def _circling(sites: Sequence[LocatedFinding], run: Passes) -> dict[str, Hold]:
    names = {site.finding.codemod for chosen in run.chosen for site in chosen}
    return {
        site.fingerprint: wording.circles(sorted(names - {site.finding.codemod})) for site in sites
    }


def _behind_or_held(
    order: Order, sites: Sequence[LocatedFinding], applied: Sequence[LocatedFinding]
) -> Order:
    """For sites that were to be written and are no longer there, or no longer to be written.

    One that shares code with what has to go behind another now is left for the next run, in which
    that one may be out of its way.
    """
    lines = [site.line for site in applied]
    held: dict[str, Hold] = {}
    moved: set[str] = set()
    for site, others in zip(sites, touching(sites, applied), strict=True):
        if any(other.fingerprint in moved for other in others):
            continue
        behind = next((other for other in others if _goes_first(order, site, other)), None)
        if behind is not None:
            order = order.put_behind(behind, site)
            moved.add(behind.fingerprint)
        else:
            first = min(others, key=code_of) if others else applied[_nearest(lines, site.line)]
            held[site.fingerprint] = wording.overlaps(first)
    return order.hold(held)


def _goes_first(order: Order, site: LocatedFinding, other: LocatedFinding) -> bool:
    """True where `site` has the lower code, and neither was put behind the other before."""
    first, second = site.fingerprint, other.fingerprint
    known = order.behind.get(first, frozenset()), order.behind.get(second, frozenset())
    return code_of(site) < code_of(other) and second not in known[0] and first not in known[1]


def _nearest(lines: Sequence[int], line: int) -> int:
    """The index of the line that is nearest, of ascending ones; of two as near the first."""
    index = bisect_left(lines, line)
    if index and (index == len(lines) or line - lines[index - 1] <= lines[index] - line):
        return bisect_left(lines, lines[index - 1])
    return index
