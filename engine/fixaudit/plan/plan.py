"""The plan for one or several reports over one tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.citations import as_taken, is_word, named_sites, taken_sites
from fixaudit.plan.codebase import Tree
from fixaudit.plan.exclusions import kept_in, kept_sites, spare
from fixaudit.plan.look_back import LookBack
from fixaudit.plan.model import AuditPlan, Planned, ReportHead
from fixaudit.plan.options_said import settings
from fixaudit.plan.pairing import ByHand, Row, offers, paired
from fixaudit.plan.past import Past
from fixaudit.plan.quoted_sites import advice_source
from fixaudit.plan.wording import guidance, sentence, strange_sentence, verdict_of
from fixaudit.reports.model import Report, ReportFinding


def make_plan(
    reports: Sequence[Report],
    tree: Tree,
    codemods: Sequence[Codemod],
    *,
    unsafe: bool = False,
    trust_report: bool = False,
    with_kept: bool = False,
    pasts: Mapping[str, Sequence[Past]] | None = None,
    by_hand: Mapping[str, ByHand] | None = None,
) -> AuditPlan:
    """Where each finding is, which codemods answer it, and what they will do.

    `codemods` are those that ran over the tree; `unsafe` says whether unsafe edits are wanted.
    What a person's or a model's report names overrides hints and roles; with `trust_report` a
    scanner's does too. `pasts` are asked, by the name of a report and in their order, who took
    away what is not found. What a report asks to keep is suppressed by it, but `with_kept`. `by_hand`
    says, by the name of a report, what a person has paired.
    """
    kept = kept_sites(reports, tree, spared=not with_kept)
    tree = spare(tree, kept)
    rows: list[Row] = []
    for report in reports:
        rows += paired(report, codemods, tree, (by_hand or {}).get(report.source, {}))
    wanted_kept = frozenset(entry.site.fingerprint for entry in kept)
    rows = _as_named(rows, tree, trust_report, wanted_kept)
    known = {entry.name: entry for entry in codemods}
    backs = {r.source: LookBack(tree, known, (pasts or {}).get(r.source, ())) for r in reports}
    rows = _looked_back(rows, backs)
    cited = {site.fingerprint for row in rows for found in row.anchors for site in found.sites}
    planned = _sceptical(
        [_planned(row, cited, tree, codemods, unsafe, len(reports) > 1) for row in rows]
    )
    return AuditPlan(
        reports=tuple(_head(report) for report in reports),
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
    elsewhere = tuple(_elsewhere(tree, row.everywhere, cited))
    verdict = verdict_of(pairs, anchors, here, len(elsewhere))
    prefix = f"{report.source}:" if several else ""
    offered = tuple(offers(row, tree, cited, prefix)) if verdict == "manual" else ()
    says = sentence(verdict, pairs, anchors, here, unsafe, elsewhere, offered=bool(offered))
    notes = (*row.settlement(), *_notes(finding, here, row.meant, codemods))
    wanted = tuple(
        settings(finding, [known for known in codemods if known.name in row.acting], here)
    )
    return Planned(
        *(report.source, finding, pairs, anchors, here, elsewhere, verdict, says),
        notes=tuple(dict.fromkeys(notes)),
        settings=wanted,
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


def _looked_back(rows: Sequence[Row], backs: Mapping[str, LookBack]) -> list[Row]:
    """The rows with what is known of the flaw at each place."""
    found = []
    for row in rows:
        known = []
        for number, anchor in enumerate(row.anchors):
            flaw, why = backs[row.report.source].flaw(row.finding, number, anchor, row.meant)
            known.append(replace(anchor, flaw=flaw, flaw_why=why))
        found.append(row._replace(anchors=tuple(known)))
    return found


def _sceptical(planned: Sequence[Planned]) -> list[Planned]:
    """Where nothing a report cites is in the tree, what it says of no place in particular is not
    believed either: it may be about another tree."""
    cited = [(e, a) for e in planned for a in e.anchors if a.location and a.location.path]
    seen = {entry.report for entry, found in cited if found.found}
    strange = {entry.report for entry, _ in cited} - seen
    return [
        (
            replace(entry, verdict="not-found", says=strange_sentence(entry.codemods))
            if entry.verdict == "elsewhere" and entry.report in strange
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


def _notes(
    finding: ReportFinding,
    here: Sequence[LocatedFinding],
    names: Sequence[str],
    codemods: Sequence[Codemod],
) -> Iterable[str]:
    yield from guidance(here)
    for snippet in finding.snippets:
        if snippet.role == "offending":
            continue
        advice = advice_source(snippet)
        for codemod in codemods:
            if advice is not None and codemod.name in names:
                objection = codemod.objection(advice)
                if objection:
                    yield f"the report's advice (line {snippet.line}) would do harm: {objection}"
    # A box in a list elsewhere may be of another finding, or of the list's own step.
    if finding.checked and not any(mention.checked for mention in finding.mentions):
        yield "its box is ticked in the report"


def _touched(planned: Iterable[Planned]) -> set[str]:
    """Every file a finding leads to."""
    found = {site.path for entry in planned for site in (*entry.here, *entry.elsewhere)}
    return found | {
        found.path
        for entry in planned
        for found in entry.anchors
        if found.path is not None and not found.path.endswith("/")
    }


def _head(report: Report) -> ReportHead:
    return ReportHead(
        report.source, report.format, report.exclusions, report.not_taken, report.warnings
    )
