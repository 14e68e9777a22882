"""Whose edits made a site of the file as read one to act on, asked for all such sites at once.

Each question applies edits to the whole file and judges it again, so it is asked once for all
sites, not once a site.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence

from fixaudit.edits.compose import compose
from fixaudit.model.outcome import LocatedFinding
from fixaudit.pipeline import order as wording
from fixaudit.pipeline.judge import judge
from fixaudit.pipeline.locate import place
from fixaudit.pipeline.order import Hold, Order
from fixaudit.pipeline.passes import Passes
from fixaudit.source.source import Source
from fixaudit.text.source_map import SourceMap

# So many sites of one codemod are looked at alone for the one that decides another verdict.
_ALONE = 40

_Group = tuple[LocatedFinding, ...]
"""Sites of one codemod whose edits decide a verdict; more than `_ALONE` are all of its sites."""


def waiting_or_held(
    run: Passes, late: Sequence[LocatedFinding], applied: Sequence[LocatedFinding]
) -> Order:
    """For sites that became ones to act on: they wait, or what made them so does, by their codes.

    Sites wait once nothing is held: what is held may keep them from being ones to act on.
    """
    by_fingerprint = {site.fingerprint: site for site in run.judged.sites}
    origins = [by_fingerprint[site.fingerprint] for site in late]
    chosen = {id(one) for one in compose(e.finding for e in applied if e.finding.edits).chosen}
    groups = _deciding(run, origins, [entry for entry in applied if id(entry.finding) in chosen])
    held = _held(origins, groups)
    if held:
        return run.order.hold(held)
    return run.order.wait(
        {
            origin.fingerprint: wording.decides(
                min((g[0] for g in own) if own else applied, key=code_of)
            )
            for origin, own in zip(origins, groups, strict=True)
        }
    )


def code_of(site: LocatedFinding) -> tuple[str, str]:
    """By which it is decided who goes first."""
    return site.finding.code, site.finding.codemod


def _held(origins: Sequence[LocatedFinding], groups: Sequence[list[_Group]]) -> dict[str, Hold]:
    """Reasons by fingerprint of sites that would take away what a verdict with a lower code rests on.

    An origin that another one's answer may already settle is left for the next run.
    """
    held: dict[str, Hold] = {}
    for origin, own in zip(origins, groups, strict=True):
        if any(site.fingerprint in held for group in own for site in group[:_ALONE]):
            continue
        for group in own:
            if code_of(group[0]) > code_of(origin):
                held.update(dict.fromkeys((s.fingerprint for s in group), wording.rests(origin)))
    return held


def _deciding(
    run: Passes, origins: Sequence[LocatedFinding], applied: Sequence[LocatedFinding]
) -> list[list[_Group]]:
    """For each origin those sites without whose edits the verdict there would be as it was."""
    found: list[list[_Group]] = [[] for _ in origins]
    for name in sorted({site.finding.codemod for site in applied}):
        own = tuple(site for site in applied if site.finding.codemod == name)
        acting = _acting(run, origins, _without(applied, own))
        decided = [number for number in range(len(origins)) if number not in acting]
        single: dict[int, list[LocatedFinding]] = defaultdict(list)
        for site in own if decided and len(own) <= _ALONE else ():
            acting = _acting(run, origins, _without(applied, [site]))
            for number in decided:
                if number not in acting:
                    single[number].append(site)
        for number in decided:
            found[number].append(tuple(single[number]) or own)
    return found


def _without(
    sites: Sequence[LocatedFinding], gone: Sequence[LocatedFinding]
) -> list[LocatedFinding]:
    left_out = {id(site) for site in gone}
    return [site for site in sites if id(site) not in left_out]


def _acting(
    run: Passes, origins: Sequence[LocatedFinding], applied: Sequence[LocatedFinding]
) -> Collection[int]:
    """The numbers of those origins at which their codemod would act, once these edits are made."""
    source = run.judged.source
    after = run.attempt(source, applied) if applied else source
    if not isinstance(after, Source):
        return frozenset()
    starts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, origin in enumerate(origins):
        starts[origin.finding.codemod].append((origin.finding.span.start, number))
    for own in starts.values():
        own.sort()
    findings, _ = judge(after, [run.judged.codemods[name] for name in starts])
    trace = SourceMap(len(source.body))
    for edits in run.last_rounds if applied else ():
        trace.add(edits)
    acting: set[int] = set()
    for site in place(after, findings, run.judged.codemods):
        if run.may_be_written(site):
            low, high = trace.before(site.finding.span.start)
            own = starts[site.finding.codemod]
            first, last = bisect_left(own, (low, -1)), bisect_right(own, (high, len(origins)))
            acting.update(number for _, number in own[first:last])
    if after is not source:
        after.close()
    return acting
