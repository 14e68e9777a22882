"""The plan for one or several reports over one tree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.pipeline.together import SiteIndex
from fixaudit.plan.citations import as_taken, is_word, named_sites, taken_sites
from fixaudit.plan.claim_denied import without_idle
from fixaudit.plan.codebase import Tree
from fixaudit.plan.context import in_context, scoped
from fixaudit.plan.decided import BySource, Settled, as_decided, set_aside, without
from fixaudit.plan.exclusions import kept_in, kept_sites, spare
from fixaudit.plan.finding_notes import lines_to_set, notes, waiting
from fixaudit.plan.look_back import LookBack
from fixaudit.plan.model import AuditPlan, Planned, ReportHead
from fixaudit.plan.outcome_words import TOLD, closed_words
from fixaudit.plan.pairing import Row, may_answer, offers, paired
from fixaudit.plan.past import Past
from fixaudit.plan.places_now import looked, only_quoted, settled_places
from fixaudit.plan.wording import as_configured, sentence, strange_sentence, verdict_of
from fixaudit.reports.model import Report


def make_plan(
    reports: Sequence[Report],
    tree: Tree,
    codemods: Sequence[Codemod],
    *,
    unsafe: bool = False,
    trust_report: bool = False,
    with_kept: bool = False,
    pasts: Mapping[str, Sequence[Past]] | None = None,
    settled: BySource | None = None,
) -> AuditPlan:
    """Where each finding is, which codemods answer it, and what they will do.

    `codemods` are those that ran over the tree; `unsafe` says whether unsafe edits are wanted.
    What a person's or a model's report names overrides hints and roles; with `trust_report` a
    scanner's does too. `pasts` are asked, by the name of a report and in their order, who took
    away what is not found. What a report asks to keep is suppressed by it, but `with_kept`. `settled`
    says, by the name of a report, what a person has settled about its findings.
    """
    settled, kept = settled or {}, kept_sites(reports, tree, spared=not with_kept)
    tree = spare(tree, kept)
    rows: list[Row] = []
    for report in reports:
        pairs = settled.get(report.source, Settled()).pairs
        rows += paired(report, codemods, scoped(tree, report), pairs)
    aside = set_aside(rows, settled)
    rows, tree, kept = without(rows, aside), spare(tree, aside), (*kept, *aside)
    wanted_kept = frozenset(entry.site.fingerprint for entry in kept)
    rows = _as_named(rows, tree, trust_report, wanted_kept)
    rows = _looked_back(rows, _backs(reports, tree, codemods, pasts or {}))
    cited = {site.fingerprint for row in rows for found in row.anchors for site in found.sites}
    planned = [_planned(row, cited, tree, codemods, unsafe, len(reports) > 1) for row in rows]
    planned = _sceptical([as_decided(entry, settled) for entry in planned])
    return AuditPlan(
        reports=tuple(_head(report, codemods, tree, cited) for report in reports),
        findings=tuple(planned),
        files={path: tree.digest(path) for path in sorted(_touched(planned))},
        kept=kept_in(planned, kept),
        problems=tree.problems,
    )


def _planned(
    row: Row, cited: set[str], tree: Tree, codemods: Sequence[Codemod], unsafe: bool, several: bool
) -> Planned:
    report, finding, pairs, anchors, by_hand = row
    here = tuple({site.fingerprint: site for found in anchors for site in found.sites}.values())
    alone = {each.name for each in codemods if not each.report_match.elsewhere}
    # What a person has paired is meant wherever it stands.
    everywhere = [name for name in row.everywhere if by_hand or name not in alone]
    joined = {each.name for each in codemods if each.report_match.joined}
    elsewhere = tuple(_elsewhere(tree, everywhere, cited))
    elsewhere += tuple(_joined(tree, [*here, *elsewhere], joined - {*everywhere}))
    verdict = verdict_of(pairs, anchors, here, len(elsewhere), finding.disposition)
    prefix = f"{report.source}:" if several else ""
    unanswered = verdict in ("manual", "review")  # a review leaves it to a person
    offered = tuple(offers(row, tree, cited, prefix)) if unanswered else ()
    says = sentence(verdict, pairs, anchors, here, unsafe, elsewhere, offered=bool(offered))
    if verdict == "manual" and (names := waiting(row, codemods)):
        verdict, says, offered = "review", as_configured(names), ()
    if verdict.startswith(TOLD):
        says = "; ".join(filter(None, (closed_words(finding.disposition), says)))
    return Planned(
        *(report.source, finding, pairs, anchors, here, elsewhere, verdict, says),
        notes=notes(row, here, codemods),
        settings=lines_to_set(row, here, codemods, offered),
        by_hand=by_hand,
        offers=offered,
    )


def _as_named(
    rows: Sequence[Row], tree: Tree, trust_report: bool, kept: frozenset[str]
) -> list[Row]:
    """The rows with the sites that a report names as it wants them, but what a report wants kept."""
    words = [row.anchors for row in rows if is_word(row.report, row.finding, trust_report)]
    named = named_sites(anchor for found in words for anchor in found) - kept
    taken = taken_sites(tree, named, kept)
    return [row._replace(anchors=as_taken(row.anchors, taken)) for row in rows]


def _backs(
    reports: Sequence[Report],
    tree: Tree,
    codemods: Sequence[Codemod],
    pasts: Mapping[str, Sequence[Past]],
) -> dict[str, LookBack]:
    known = {entry.name: entry for entry in codemods}
    return {r.source: LookBack(scoped(tree, r), known, pasts.get(r.source, ())) for r in reports}


def _looked_back(rows: Sequence[Row], backs: Mapping[str, LookBack]) -> list[Row]:
    """The rows with what is known of the flaw at each place."""
    found = []
    for row in rows:
        back = backs[row.report.source]
        known = [looked(back, row, number) for number in range(len(row.anchors))]
        known = settled_places(only_quoted(known, row.pairs), row.meant, back.tree)
        functions = [back.function(row.finding, number) for number in range(len(known))]
        stands_in = partial(back.stands_in, row.finding)
        anchors = in_context(row.finding, known, functions, stands_in)
        # What a person has paired is told whole.
        anchors = anchors if row.by_hand else without_idle(anchors)
        found.append(row._replace(anchors=anchors))
    return found


def _sceptical(planned: Sequence[Planned]) -> list[Planned]:
    """Where nothing a report cites is in the tree, what it says of no place in particular is not
    believed either: it may be about another tree."""
    cited = [(e, a) for e in planned for a in e.anchors if a.location and a.location.path]
    seen = {entry.report for entry, found in cited if found.found}
    strange = {entry.report for entry, _ in cited} - seen
    return [
        (
            replace(entry, verdict="not-found", says=strange_sentence(entry.codemods), here=())
            if entry.report in strange
            and (entry.verdict == "elsewhere" or (entry.here and not entry.finding.locations))
            else entry
        )
        for entry in planned
    ]


def _elsewhere(tree: Tree, names: Sequence[str], cited: set[str]) -> Iterable[LocatedFinding]:
    """Sites that call for action and that no finding cites."""
    for path in tree.files if names else ():
        for site in tree.sites_in(path, names):
            acting = site.finding.verdict is not Verdict.LEAVE and not site.suppressed
            if acting and site.fingerprint not in cited:
                yield site


def _joined(
    tree: Tree, here: Sequence[LocatedFinding], names: Collection[str]
) -> Iterable[LocatedFinding]:
    """Sites without which what is cited is half a change."""
    groups = {(site.finding.codemod, site.finding.group) for site in here if site.finding.edits}
    wanted = {name for name, group in groups if name in names and group is not None}
    known = {site.fingerprint for site in here}
    for path in tree.files if wanted else ():
        for site in tree.sites_in(path, tuple(wanted)):
            if (site.finding.codemod, site.finding.group) in groups and not site.suppressed:
                if site.fingerprint not in known:
                    known.add(site.fingerprint)
                    yield site
    bound = [site for site in here if site.finding.edits and site.finding.together]
    paths = {place.path for site in bound for place in site.finding.together if place.line}
    index = SiteIndex(site for path in paths for site in tree.sites.get(path, ()))
    for site in bound:
        for place in site.finding.together:
            for other in index.at(site, place) if place.line else ():
                if not other.suppressed and other.fingerprint not in known:
                    known.add(other.fingerprint)
                    yield other


def _touched(planned: Iterable[Planned]) -> set[str]:
    """Every file a finding leads to."""
    found = {site.path for entry in planned for site in (*entry.here, *entry.elsewhere)}
    return found | {
        found.path
        for entry in planned
        for found in entry.anchors
        if found.path is not None and not found.path.endswith("/")
    }


def _head(
    report: Report, codemods: Sequence[Codemod], tree: Tree, cited: Collection[str]
) -> ReportHead:
    not_taken = tuple(may_answer(each, codemods, tree, cited) for each in report.not_taken)
    return ReportHead(report.source, report.format, report.exclusions, not_taken, report.warnings)
