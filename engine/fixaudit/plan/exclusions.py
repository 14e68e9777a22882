"""What a report asks to leave as it is, or says is dealt with: sites there are told and not edited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.cited_place import below, resolve
from fixaudit.plan.codebase import Tree, touches
from fixaudit.plan.model import Kept
from fixaudit.reports.model import Disposition, Exclusion, Location, Report

_SAYS: dict[Disposition, str] = {
    "fixed": "says that this is fixed",
    "accepted": "says that this is accepted",
    "false-positive": "calls this a false positive",
    "none": "says that nothing is to do here",
}


def kept_sites(
    reports: Sequence[Report], given: Iterable[LocatedFinding], tree: Tree
) -> tuple[Kept, ...]:
    """Those of the given sites with edits that stand at places a report's exclusions name."""
    sites = {site.fingerprint: site for site in given if site.edits}
    found: dict[str, Kept] = {}
    for report in reports:
        for exclusion in report.exclusions:
            text = " ".join(exclusion.text.split())[:160]
            asks = _SAYS.get(exclusion.disposition, "asks to keep this")
            warning = f"{report.source}:{exclusion.line} {asks}: {text}; it is left alone"
            for site in sites.values():
                if any(_covers(exclusion, place, site, tree) for place in exclusion.locations):
                    found.setdefault(site.fingerprint, Kept(site.fingerprint, warning))
    return tuple(found.values())


def _covers(exclusion: Exclusion, place: Location, site: LocatedFinding, tree: Tree) -> bool:
    if place.path is None or place.outside_tree or site.path not in _files(place.path, tree):
        return False
    if place.ranges:
        return any(touches(site, cited) for cited in place.ranges)
    names = place.symbols or exclusion.symbols
    named = [
        definition
        for definition in tree.definitions(site.path)
        if any(definition.name == n or definition.name.endswith(f".{n}") for n in names)
    ]
    # A name of something else ("keep `asyncio.gather`") does not narrow the file down.
    return not named or any(touches(site, (d.line, d.end_line)) for d in named)


def _files(path: str, tree: Tree) -> Iterable[str]:
    if path.endswith("/"):
        return below(path, tree)
    sure = resolve(path, tree).sure
    return sure if len(sure) == 1 else ()
