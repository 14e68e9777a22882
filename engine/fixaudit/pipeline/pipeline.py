"""What becomes of one file: judged once, then as many runs as it takes to keep every promise."""

from __future__ import annotations

from dataclasses import replace

from fixaudit.errors import SourceError
from fixaudit.model.finding import Finding, Verdict
from fixaudit.model.outcome import Changed, Failed, LocatedFinding, Outcome, Problem, Unchanged
from fixaudit.pipeline.judged import Judged
from fixaudit.pipeline.judged import Plan as Plan
from fixaudit.pipeline.order import Order, parted
from fixaudit.pipeline.settle import settled
from fixaudit.pipeline.whole_units import WholeUnits
from fixaudit.source.source import Source


def process(source: Source, plan: Plan) -> Outcome:
    """What becomes of one file. Reads nothing but `source` and its project; writes nothing.

    What waits for what is worked out as if everything selected were written, unsafe edits too, so
    that a check and every run tell the same of a site.
    """
    try:
        return _processed(Judged.of(source, plan), plan)
    except SourceError as error:
        return Failed(source.path, Problem(source.path, error.kind, str(error), error.line))


def _processed(judged: Judged, plan: Plan) -> Outcome:
    whole = replace(plan, unsafe=True, write=True, accept=None, format=None)
    order = Order().hold({name: parted(reason) for name, reason in plan.parted.items()})
    if not plan.write or _is_part(judged, plan):
        outcome, order = settled(judged, whole, order)
        if not plan.write:
            if plan.accept is not None and WholeUnits(judged, plan):
                _, order = settled(judged, replace(whole, accept=plan.accept), order)
            told = _told(judged, outcome, order, _later(judged, plan, outcome, order))
            return _noted(told, judged)
    outcome, _ = settled(judged, plan, order)
    return _noted(outcome, judged)


def _is_part(judged: Judged, plan: Plan) -> bool:
    """True where a run writes less than all that may be written."""
    unsafe = any(site.finding.verdict is Verdict.UNSAFE for site in judged.sites)
    return plan.accept is not None or (unsafe and not plan.unsafe)


def _noted(outcome: Outcome, judged: Judged) -> Outcome:
    if isinstance(outcome, Failed):
        return outcome
    return replace(outcome, notes=judged.notes())


def _later(judged: Judged, plan: Plan, whole: Outcome, order: Order) -> tuple[LocatedFinding, ...]:
    """The sites that edits make and a run writes besides; `unsafe` where unsafe edits make them."""
    if not _arisen(whole):
        return ()
    run = replace(plan, write=True, unsafe=True, format=None)
    everything = _arisen(whole if plan.accept is None else settled(judged, run, order)[0])
    calm = {site.fingerprint for site in everything}
    if any(site.finding.verdict is Verdict.UNSAFE for site in (*judged.sites, *everything)):
        safe, _ = settled(judged, replace(run, unsafe=False), order)
        calm = {site.fingerprint for site in _arisen(safe)}
    return tuple(
        site if site.fingerprint in calm else replace(site, finding=_as_unsafe(site.finding))
        for site in everything
    )


def _arisen(outcome: Outcome) -> list[LocatedFinding]:
    sites = outcome.sites if isinstance(outcome, Changed) else ()
    return [site for site in sites if site.arisen and site.applied]


def _as_unsafe(finding: Finding) -> Finding:
    return replace(finding, verdict=Verdict.UNSAFE)


def _told(
    judged: Judged, outcome: Outcome, order: Order, later: tuple[LocatedFinding, ...]
) -> Outcome:
    path = judged.source.path
    match outcome:
        case Changed(problems=problems) | Unchanged(problems=problems):
            pass
        case Failed(problem=problem):
            problems = (*judged.problems, problem)
    sites = sorted(
        map(order.told, judged.sites), key=lambda s: (s.line, s.column, s.finding.codemod)
    )
    return Unchanged(path, tuple(sites), problems, later)
