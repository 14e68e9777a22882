"""What must hold for any module that all codemods go through together."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Changed, Failed, Held, LocatedFinding, Outcome
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.registry.loader import installed_codemods
from fixaudit.source.source import Source

_EDITS = (Verdict.FIX, Verdict.UNSAFE)


@cache
def codemods() -> tuple[Codemod, ...]:
    return tuple(codemod() for codemod in installed_codemods())


@dataclass
class Kept:
    """What became of one module: broken promises in a line each, and numbers of sites."""

    broken: list[str] = field(default_factory=list)
    edits: int = 0
    waiting: int = 0
    unsound: int = 0


def broken_promises(data: bytes) -> Kept:
    """What a check of the module says, and whether runs with and without unsafe edits keep it."""
    told = _run(data, Plan(codemods(), write=False))
    if isinstance(told, Failed):
        return Kept([f"check: {told.problem.message}"])
    found = Kept([f"check: {problem.message}" for problem in told.problems])
    for site in told.sites:
        found.edits += bool(site.finding.edits)
        found.waiting += site.held not in (None, Held.UNSOUND)
        found.unsound += site.held is Held.UNSOUND
    for unsafe in (True, False):
        plan = Plan(codemods(), unsafe=unsafe)
        words = "apply --unsafe" if unsafe else "apply"
        found.broken += [f"{words}: {trouble}" for trouble in _broken(data, plan, told.sites)]
    return found


def _broken(data: bytes, plan: Plan, told: Sequence[LocatedFinding]) -> Iterator[str]:
    first = _run(data, plan)
    if isinstance(first, Failed):
        yield first.problem.message
        return
    yield from (problem.message for problem in first.problems)
    applied = {site.fingerprint for site in first.sites if site.applied}
    for site in told:
        allowed = _EDITS if plan.unsafe else _EDITS[:1]
        promised = site.finding.verdict in allowed and site.finding.edits and not site.suppressed
        if promised and site.fingerprint not in applied:
            yield f"{site.finding.codemod} in line {site.line} was promised and not written"
    if not isinstance(first, Changed):
        return
    if first != _run(data, plan):
        yield "two runs of the same differ"
    if (trouble := _trouble(first.after)) is not None:
        yield f"the result does not compile: {trouble}"
        return
    second = _run(first.after, plan)
    if isinstance(second, Failed):
        yield f"second run: {second.problem.message}"
    elif isinstance(second, Changed):
        names = sorted({site.finding.codemod for site in second.sites if site.applied})
        yield f"second run: {', '.join(names)} in {[s.line for s in second.sites if s.applied]}"


def _run(data: bytes, plan: Plan) -> Outcome:
    return process(Source("pkg/service.py", data), plan)


def _trouble(data: bytes) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, "service.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            return str(error)
    return None
