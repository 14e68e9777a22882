"""Which sites a report names: what a person's or a model's report names is worth more than hints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fixaudit.authoring.weighing import cited
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.codebase import touches
from fixaudit.plan.model import Anchor, Status
from fixaudit.reports.model import Report, ReportFinding

# Found by what stands there or by its line; a pattern is found by what codemods look for anyway.
_RECOGNISED = (Status.EXACT, Status.MOVED, Status.BY_SYMBOL, Status.BY_SNIPPET)


def is_word(report: Report, finding: ReportFinding, trust_report: bool) -> bool:
    """True for a finding that a person or a model wrote down, and for a scanner's that is trusted."""
    return trust_report or (report.format == "markdown" and not finding.by_tool)


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


def as_named(anchors: Sequence[Anchor], fingerprints: frozenset[str]) -> tuple[Anchor, ...]:
    """The anchors with the named sites as the report wants them: hints and roles overridden."""
    return tuple(
        replace(anchor, sites=tuple(_as_named(site, fingerprints) for site in anchor.sites))
        for anchor in anchors
    )


def _as_named(site: LocatedFinding, fingerprints: frozenset[str]) -> LocatedFinding:
    if site.fingerprint not in fingerprints or site.finding.withheld is None:
        return site
    return replace(site, finding=cited(site.finding))
