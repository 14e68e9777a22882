"""The order in which a file's edits can all be made so that a second run finds nothing to do.

A run that leaves something open (an edit that verification refuses, a site that another edit has
changed, one that became a site to act on) is made again under an order that says who waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fixaudit.edits.compose import compose
from fixaudit.model.outcome import LocatedFinding, Outcome
from fixaudit.pipeline import order as wording
from fixaudit.pipeline.judge import judge
from fixaudit.pipeline.judged import Judged, Plan
from fixaudit.pipeline.locate import place
from fixaudit.pipeline.order import Order
from fixaudit.pipeline.passes import Passes
from fixaudit.source.source import Source
from fixaudit.text.source_map import SourceMap

MAX_RUNS = 100
# So many sites of one codemod are looked at alone for the one that decides another verdict.
_ALONE = 40


def settled(judged: Judged, plan: Plan, order: Order) -> tuple[Outcome, Order]:
    """The outcome of a run that keeps its promises, and the order under which it does."""
    for _ in range(MAX_RUNS):
        run = Passes(judged, plan, order)
        outcome = run.outcome()
        better = _better(run)
        if better is None:
            break
        order = better
    return outcome, order


def _better(run: Passes) -> Order | None:
    """An order under which the run keeps one promise more; None where it keeps all."""
    order = run.order
    if run.dropped:
        return order.hold({fp: wording.unsound(why) for fp, why in run.dropped.items()})
    if run.circling:
        open_ones = [site for site in run.circling if site.fingerprint not in order.held]
        return order.hold(_circling(open_ones, run)) if open_ones else None
    applied = [site for site in run.judged.sites if site.fingerprint in run.applied]
    for site in run.judged.sites:
        if site.fingerprint in run.applied or not run.wanted(order.told(site)):
            continue
        return _behind_or_held(order, site, applied)
    for site in run.late:
        if site.fingerprint not in order.waiting:
            return _waiting_or_held(run, site, applied)
    return None


def _circling(sites: Sequence[LocatedFinding], run: Passes) -> dict[str, str]:
    names = {site.finding.codemod for chosen in run.chosen for site in chosen}
    return {
        site.fingerprint: wording.circles(sorted(names - {site.finding.codemod})) for site in sites
    }


def _behind_or_held(order: Order, site: LocatedFinding, applied: Sequence[LocatedFinding]) -> Order:
    """For a site that was to be written and is no longer there, or no longer to be written."""
    others = [other for other in applied if _touch(site, other)]
    tried = order.behind
    for other in others:
        known = tried.get(other.fingerprint, frozenset())
        goes_first = _code(site) < _code(other) and site.fingerprint not in known
        if goes_first and other.fingerprint not in tried.get(site.fingerprint, frozenset()):
            return order.put_behind(other, site)
    first = min(others, key=_code) if others else None
    first = first or min(applied, key=lambda other: abs(other.line - site.line))
    return order.hold({site.fingerprint: wording.overlaps(first)})


def _touch(one: LocatedFinding, other: LocatedFinding) -> bool:
    spans = [one.finding.span, *(edit.span for edit in one.finding.edits)]
    others = [other.finding.span, *(edit.span for edit in other.finding.edits)]
    return any(span.overlaps(entry) for span in spans for entry in others)


def _waiting_or_held(run: Passes, site: LocatedFinding, applied: Sequence[LocatedFinding]) -> Order:
    """For a site that became one to act on: it waits, or what made it so does, by their codes."""
    origin = next(entry for entry in run.judged.sites if entry.fingerprint == site.fingerprint)
    chosen = compose(entry.finding for entry in applied if entry.finding.edits).chosen
    usable = [entry for entry in applied if any(entry.finding is one for one in chosen)]
    deciding = _deciding(run, origin, usable)
    behind = [entry for entry in deciding if _code(entry) > _code(origin)]
    if behind:
        reason = wording.rests(origin)
        return run.order.hold({entry.fingerprint: reason for entry in behind})
    first = min(deciding or applied, key=_code)
    return run.order.wait({origin.fingerprint: wording.decides(first)})


def _deciding(
    run: Passes, origin: LocatedFinding, applied: Sequence[LocatedFinding]
) -> list[LocatedFinding]:
    """Those sites without whose edits the verdict at `origin` would be as it was."""
    found: list[LocatedFinding] = []
    for name in sorted({site.finding.codemod for site in applied}):
        own = [site for site in applied if site.finding.codemod == name]
        if _acts(run, origin, _without(applied, own)):
            continue
        alone = own[:_ALONE] if len(own) <= _ALONE else []
        single = [site for site in alone if not _acts(run, origin, _without(applied, [site]))]
        found += single or own
    return found


def _without(
    sites: Iterable[LocatedFinding], gone: Sequence[LocatedFinding]
) -> list[LocatedFinding]:
    return [site for site in sites if not any(site is entry for entry in gone)]


def _acts(run: Passes, origin: LocatedFinding, applied: Sequence[LocatedFinding]) -> bool:
    """True where the codemod of `origin` would act there, once these edits are made."""
    source = run.judged.source
    after = run.attempt(source, applied) if applied else source
    if not isinstance(after, Source):
        return False
    codemod = run.judged.codemods[origin.finding.codemod]
    findings, _ = judge(after, [codemod])
    trace = SourceMap(len(source.body))
    for edits in run.last_rounds if applied else ():
        trace.add(edits)
    start = origin.finding.span.start
    for site in place(after, findings, run.judged.codemods):
        low, high = trace.before(site.finding.span.start)
        if low <= start <= high and run.may_be_written(site):
            return True
    return False


def _code(site: LocatedFinding) -> tuple[str, str]:
    return site.finding.code, site.finding.codemod
