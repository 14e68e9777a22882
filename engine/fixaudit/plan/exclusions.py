"""What a report asks to keep as it is: sites there are suppressed by the report."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.cited_place import below, resolve
from fixaudit.plan.codebase import Definition, Tree, touches
from fixaudit.plan.model import Kept, Planned
from fixaudit.reports.disposition import CLOSED
from fixaudit.reports.model import Disposition, Exclusion, LineRange, Location, Report

_SAYS: dict[Disposition, str] = {
    "fixed": "says that this is fixed",
    "accepted": "says that this is accepted",
    "false-positive": "calls this a false positive",
    "none": "says that nothing is to do here",
}


def kept_sites(reports: Sequence[Report], tree: Tree, *, spared: bool = True) -> tuple[Kept, ...]:
    """The sites of the tree with edits that stand at places the exclusions of reports name."""
    found: dict[str, Kept] = {}
    for report in reports:
        cited = _cited_lines(report, tree)
        for exclusion in report.exclusions:
            warning = told(exclusion, report.source)
            inside = _finding_around(exclusion, report)
            for site in _covered(exclusion, tree):
                cited_elsewhere = inside and _touches_any(site, cited)
                if cited_elsewhere and not _names_line(exclusion, site, tree):
                    continue  # words about a file or function are about the matter of their finding
                if site.edits:
                    found.setdefault(site.fingerprint, Kept(site, warning, spared))
    return tuple(found.values())


def told(exclusion: Exclusion, source: str) -> str:
    """What a report asks to keep, in its words and with their place."""
    text = " ".join(exclusion.text.split())[:160]
    asks = _SAYS.get(exclusion.disposition, "asks to keep this")
    return f"{source}:{exclusion.line} {asks}: {text}"


def spare(tree: Tree, kept: Iterable[Kept]) -> Tree:
    """The tree with the kept sites suppressed, by the words of the report that keeps them."""
    by_path: dict[str, dict[str, str]] = {}
    for entry in kept:
        if entry.spared:
            by_path.setdefault(entry.site.path, {})[entry.site.fingerprint] = entry.warning
    if not by_path:
        return tree
    spared = copy.copy(tree)  # what was read of the files is shared
    spared.sites = {
        path: [_suppressed(site, by_path[path]) for site in sites] if path in by_path else sites
        for path, sites in tree.sites.items()
    }
    return spared


def kept_in(planned: Iterable[Planned], kept: Iterable[Kept]) -> tuple[Kept, ...]:
    """Those of the kept sites that findings speak of, or that their codemods would edit."""
    rows = list(planned)
    here = {site.fingerprint for entry in rows for site in (*entry.here, *entry.elsewhere)}
    names = {name for entry in rows for name in entry.codemods}
    return tuple(
        entry
        for entry in kept
        if entry.site.fingerprint in here or entry.site.finding.codemod in names
    )


def _suppressed(site: LocatedFinding, warnings: dict[str, str]) -> LocatedFinding:
    warning = warnings.get(site.fingerprint)
    if warning is None or site.suppressed is not None:
        return site
    return replace(site, suppressed=warning)


def _covered(exclusion: Exclusion, tree: Tree) -> Iterator[LocatedFinding]:
    """The sites at the places of an exclusion; without any place, those in what it names."""
    inside = [place for place in exclusion.locations if not place.outside_tree]
    placed = [place for place in inside if place.path is not None]
    for place in placed:
        if place.written in place.symbols and not _holding(place, tree):
            yield from _in_named(place.symbols, tree)  # the report has turned to another file
            continue
        for path in _files(place.path or "", tree):
            yield from (s for s in tree.sites.get(path, ()) if _covers(exclusion, place, s, tree))
    if not placed:
        names = (*(name for place in inside for name in place.symbols), *exclusion.symbols)
        yield from _in_named(names, tree)


def _holding(place: Location, tree: Tree) -> list[str]:
    """The files of a place that define what it names."""
    files = _files(place.path or "", tree)
    return [path for path in files if _named(place.symbols, path, tree)]


def _finding_around(exclusion: Exclusion, report: Report) -> bool:
    """True for what the words of a finding keep in passing."""
    return any(
        f.line <= exclusion.line <= f.end_line and f.disposition not in CLOSED
        for f in report.findings
    )


def _names_line(exclusion: Exclusion, site: LocatedFinding, tree: Tree) -> bool:
    """True where an exclusion names a line of the site, not only the file or function around it."""
    return any(
        any(touches(site, lines) for lines in place.ranges)
        and site.path in resolve(place.path or "", tree).sure
        for place in exclusion.locations
    )


def _cited_lines(report: Report, tree: Tree) -> dict[str, list[LineRange]]:
    """The lines that the findings of a report cite, by file."""
    cited: dict[str, list[LineRange]] = {}
    for place in (at for f in report.findings for at in f.locations if at.ranges and at.path):
        for path in resolve(place.path or "", tree).sure:
            cited.setdefault(path, []).extend(place.ranges)
    return cited


def _touches_any(site: LocatedFinding, cited: Mapping[str, Sequence[LineRange]]) -> bool:
    return any(touches(site, lines) for lines in cited.get(site.path, ()))


def _in_named(names: Sequence[str], tree: Tree) -> Iterator[LocatedFinding]:
    """The sites in functions and classes of these names, wherever they stand."""
    for path, sites in tree.sites.items():
        if any(tree.holds(path, name.rpartition(".")[2]) for name in names if sites):
            named = _named(names, path, tree)
            yield from (s for s in sites if any(touches(s, (d.line, d.end_line)) for d in named))


def _covers(exclusion: Exclusion, place: Location, site: LocatedFinding, tree: Tree) -> bool:
    named = _named(place.symbols or exclusion.symbols, site.path, tree)
    if place.ranges:
        # The lines may be of another day; the function that is named beside them is kept whole.
        ranges = [*place.ranges, *((d.line, d.end_line) for d in named if place.symbols)]
        return any(touches(site, cited) for cited in ranges)
    # A name of something else ("keep `asyncio.gather`") does not narrow the file down.
    return not named or any(touches(site, (d.line, d.end_line)) for d in named)


def _named(names: Iterable[str], path: str, tree: Tree) -> list[Definition]:
    words = list(names)
    return [
        definition
        for definition in tree.definitions(path)
        if any(definition.name == n or definition.name.endswith(f".{n}") for n in words)
    ]


def _files(path: str, tree: Tree) -> Iterable[str]:
    """All files that a path may be: where it is not clear which one is meant, all are kept."""
    return below(path, tree) if path.endswith("/") else resolve(path, tree).sure
