"""Which sites a report names: what a person's or a model's report names is worth more than hints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from fixaudit.model.outcome import LocatedFinding
from fixaudit.pipeline.cited_sites import as_cited, verdicts_of
from fixaudit.plan.codebase import Tree, touches
from fixaudit.plan.model import Anchor, Status
from fixaudit.reports.model import Report, ReportFinding

# Found by what stands there or by its line; a pattern is found by what codemods look for anyway.
_RECOGNISED = (Status.EXACT, Status.MOVED, Status.BY_SYMBOL, Status.BY_SNIPPET)


def is_word(report: Report, finding: ReportFinding, trust_report: bool) -> bool:
    """True for a finding that a person or a model wrote down, and for a scanner's that is trusted."""
    return trust_report or (report.format in ("markdown", "html") and not finding.by_tool)


def named_sites(anchors: Iterable[Anchor]) -> frozenset[str]:
    """Fingerprints of the sites in cited lines, quoted code or cited functions that were found; a
    file alone names nothing."""
    return frozenset(
        site.fingerprint
        for anchor in anchors
        if anchor.status in _RECOGNISED and _names(anchor)
        for site in anchor.sites
        if anchor.line is None or touches(site, (anchor.line, anchor.end_line or anchor.line))
    )


def _names(anchor: Anchor) -> bool:
    symbols = anchor.location is not None and bool(anchor.location.symbols)
    by_content = anchor.status in (Status.BY_SYMBOL, Status.BY_SNIPPET)
    return anchor.cited is not None or symbols or by_content


def taken_sites(
    tree: Tree, named: frozenset[str], kept: frozenset[str]
) -> dict[str, LocatedFinding]:
    """The named sites as the report wants them, and what goes together with them, by fingerprint:
    hints and roles are overridden. What the report wants `kept` is not among them."""
    taken: dict[str, LocatedFinding] = {}
    for sites in tree.sites.values() if named else ():
        beside = [site for site in sites if site.fingerprint not in kept]
        verdicts = verdicts_of(beside, named)
        found = (site for site in as_cited(beside, verdicts) if site.fingerprint in verdicts)
        taken.update((site.fingerprint, site) for site in found)
    return taken


def as_taken(anchors: Sequence[Anchor], taken: Mapping[str, LocatedFinding]) -> tuple[Anchor, ...]:
    """The anchors with their sites as the report wants them, joined by what goes together with them."""
    groups: dict[tuple[str, str, str | None], list[LocatedFinding]] = {}
    for site in taken.values():
        if site.finding.group is not None:
            groups.setdefault(_group(site), []).append(site)
    return tuple(
        replace(anchor, sites=tuple(_taken(anchor.sites, taken, groups))) for anchor in anchors
    )


def _taken(
    sites: Sequence[LocatedFinding],
    taken: Mapping[str, LocatedFinding],
    groups: Mapping[tuple[str, str, str | None], Sequence[LocatedFinding]],
) -> Iterable[LocatedFinding]:
    found = {site.fingerprint: taken.get(site.fingerprint, site) for site in sites}
    for site in sites:
        if site.fingerprint in taken:
            found.update((other.fingerprint, other) for other in groups.get(_group(site), ()))
    return found.values()


def _group(site: LocatedFinding) -> tuple[str, str, str | None]:
    return site.path, site.finding.codemod, site.finding.group
