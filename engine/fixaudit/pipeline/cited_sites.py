"""What a report's word makes of sites: those that it names, and those that go together with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from fixaudit.authoring.weighing import cited
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.pipeline.together import units


def verdicts_of(sites: Iterable[LocatedFinding], named: Set[str]) -> dict[str, Verdict]:
    """What becomes of the sites of a file of which a report names some, by fingerprint.

    A group of which it names a part is unsafe as a whole. `named` are fingerprints.
    """
    found: dict[str, Verdict] = {}
    for group in _groups(sites):
        count = sum(site.fingerprint in named for site in group)
        if count:
            for site in group:
                assert site.finding.withheld is not None
                own = site.finding.withheld.verdict
                found[site.fingerprint] = own if count == len(group) else Verdict.UNSAFE
    return found


def as_cited(
    sites: Sequence[LocatedFinding], verdicts: Mapping[str, Verdict]
) -> list[LocatedFinding]:
    """The sites of a file, those in `verdicts` with what is withheld from others."""
    if not verdicts:
        return list(sites)
    replaced: dict[str, LocatedFinding] = {}
    for group in _groups(site for site in sites if site.fingerprint in verdicts):
        lines = sorted({site.line for site in group})
        for site in group:
            is_part = verdicts[site.fingerprint] is Verdict.UNSAFE and len(lines) > 1
            found = cited(site.finding, lines if is_part else ())
            replaced[site.fingerprint] = replace(site, finding=found)
    return [replaced.get(site.fingerprint, site) for site in sites]


def _groups(sites: Iterable[LocatedFinding]) -> Iterable[list[LocatedFinding]]:
    """The sites whose edits are withheld, those together that go together."""
    withheld = [s for s in sites if s.finding.withheld is not None and s.suppressed is None]
    return units(withheld, with_groups=True)
