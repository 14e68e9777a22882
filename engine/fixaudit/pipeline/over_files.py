"""Sites of several files that go together: where one stays, the others stay, and say why.

Each file is worked out by itself. Behind the last one it is known what became of all of them, with
what verification, comments and selections have dropped: a file with a site that goes together with one
that stays is worked out again without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.model.finding import SitePlace
from fixaudit.model.outcome import Failed, Held, LocatedFinding, Outcome, Unchanged
from fixaudit.pipeline.together import WRITABLE, SiteIndex, may_go, why_it_stays

if TYPE_CHECKING:
    from fixaudit.pipeline.runner import Worker

Compute = Callable[[Sequence[Path]], Iterator[Outcome]]

_GONE = "nothing is to be changed there"


def whole_over_files(
    worker: Worker, outcomes: Iterable[Outcome], compute: Compute
) -> Iterator[Outcome]:
    """The outcomes in their order, without sites that go together with one of another file that stays.

    They are held back from the first one on with such a site. `compute` works out files, as `worker`
    then has them.
    """
    held: list[Outcome] = []
    for outcome in outcomes:
        if held or any(map(_reaches_out, _sites(outcome))):
            held.append(outcome)
        else:
            yield outcome
    while parted := _parted(worker, held):
        for path, reasons in parted.items():
            place = os.fspath(worker.root / path)
            worker.parted[place] = {**worker.parted.get(place, {}), **reasons}
        again = iter(compute([worker.root / path for path in parted]))
        held = [next(again) if outcome.path in parted else outcome for outcome in held]
    yield from held


def _sites(outcome: Outcome) -> tuple[LocatedFinding, ...]:
    return () if isinstance(outcome, Failed) else outcome.sites


def _reaches_out(site: LocatedFinding) -> bool:
    places = site.finding.together
    return bool(places) and any(place.path != site.path for place in places)


def _parted(worker: Worker, outcomes: Sequence[Outcome]) -> dict[str, dict[str, str]]:
    """By path and fingerprint, the sites that go together with one that stays, each with the reason."""
    sites = [site for outcome in outcomes for site in _sites(outcome)]
    written = {id(site) for outcome in outcomes if not isinstance(outcome, Unchanged | Failed) for site in outcome.sites}  # fmt: skip
    failed = {outcome.path for outcome in outcomes if isinstance(outcome, Failed)}
    index = SiteIndex(sites)
    found: dict[str, dict[str, str]] = {}

    def hold(site: LocatedFinding, other: SitePlace | LocatedFinding, why: str = "") -> None:
        reasons = found.setdefault(site.path, {})
        reasons.setdefault(site.fingerprint, why_it_stays(other, site.path, why))

    def hold_half(one: LocatedFinding, its: LocatedFinding) -> None:
        if _goes(worker, one):
            if not _goes(worker, its):
                hold(one, its)
            elif id(one) in written and one.applied and not its.applied:
                hold(one, its, f"it is {its.finding.verdict.value}: {its.finding.reason}")

    for site in filter(_reaches_out, sites):
        there = [(place, index.at(site, place)) for place in site.finding.together]
        others = [other for _, found_there in there for other in found_there]
        # First those that stay by themselves: they are the reason for all.
        for other in sorted(others, key=lambda other: other.held is Held.TOGETHER):
            hold_half(site, other)
            hold_half(other, site)
        for place, found_there in there:
            if not found_there and _goes(worker, site) and place.path != site.path:
                hold(site, place, "the file cannot be worked on" if place.path in failed else _GONE)
    return {path: found[path] for path in (each.path for each in outcomes) if path in found}


def _goes(worker: Worker, site: LocatedFinding) -> bool:
    """True for a site that the run writes, or would with unsafe edits."""
    accept = worker.request.accept
    return site.applied or (
        site.finding.verdict in WRITABLE and may_go(site) and (accept is None or accept(site))
    )
