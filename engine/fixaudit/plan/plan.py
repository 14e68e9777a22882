"""The plan for one or several reports over one tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.anchoring import anchor as anchored
from fixaudit.plan.citations import as_taken, is_word, named_sites, taken_sites
from fixaudit.plan.codebase import Tree
from fixaudit.plan.exclusions import kept_in, kept_sites, spare
from fixaudit.plan.look_back import LookBack
from fixaudit.plan.matching import pair
from fixaudit.plan.model import Anchor, AuditPlan, Pair, Planned, ReportHead
from fixaudit.plan.past import Past
from fixaudit.plan.quoted_sites import advice_source
from fixaudit.plan.wording import guidance, sentence, verdict_of
from fixaudit.reports.model import Report, ReportFinding

_Row = tuple[Report, ReportFinding, tuple[Pair, ...], tuple[Anchor, ...]]


def make_plan(
    reports: Sequence[Report],
    tree: Tree,
    codemods: Sequence[Codemod],
    *,
    unsafe: bool = False,
    trust_report: bool = False,
    with_kept: bool = False,
    pasts: Mapping[str, Sequence[Past]] | None = None,
) -> AuditPlan:
    """Where each finding is, which codemods answer it, and what they will do.

    `codemods` are those that ran over the tree; `unsafe` says whether unsafe edits are wanted.
    What a person's or a model's report names overrides hints and roles; with `trust_report` a
    scanner's does too. `pasts` are asked, by the name of a report and in their order, who took
    away what is not found. What a report asks to keep is suppressed by it, but `with_kept`.
    """
    kept = kept_sites(reports, tree, spared=not with_kept)
    tree = spare(tree, kept)
    rows: list[_Row] = []
    for report in reports:
        pairs = pair(report.findings, codemods, tree)
        acting = [tuple(entry.codemod for entry in found if entry.acts) for found in pairs]
        anchors = anchored(report.findings, acting, tree)
        rows += [
            (report, finding, pairs[number], anchors[number])
            for number, finding in enumerate(report.findings)
        ]
    wanted_kept = frozenset(entry.site.fingerprint for entry in kept)
    rows = _as_named(rows, tree, trust_report, wanted_kept)
    known = {entry.name: entry for entry in codemods}
    backs = {r.source: LookBack(tree, known, (pasts or {}).get(r.source, ())) for r in reports}
    rows = _looked_back(rows, backs)
    cited = {site.fingerprint for row in rows for found in row[3] for site in found.sites}
    planned = _sceptical([_planned(*row, cited, tree, codemods, unsafe) for row in rows])
    return AuditPlan(
        reports=tuple(_head(report) for report in reports),
        findings=tuple(planned),
        files={path: tree.digest(path) for path in sorted(_touched(planned))},
        kept=kept_in(planned, kept),
        problems=tree.problems,
    )


def _planned(
    report: Report,
    finding: ReportFinding,
    pairs: tuple[Pair, ...],
    anchors: tuple[Anchor, ...],
    cited: set[str],
    tree: Tree,
    codemods: Sequence[Codemod],
    unsafe: bool,
) -> Planned:
    here = tuple({site.fingerprint: site for found in anchors for site in found.sites}.values())
    names = tuple(entry.codemod for entry in pairs if entry.acts)
    elsewhere = tuple(_elsewhere(tree, names, cited))
    verdict = verdict_of(pairs, anchors, here, len(elsewhere))
    says = sentence(verdict, pairs, anchors, here, unsafe)
    notes = tuple(dict.fromkeys(_notes(finding, here, names, codemods)))
    return Planned(report.source, finding, pairs, anchors, here, elsewhere, verdict, says, notes)


def _as_named(
    rows: Sequence[_Row], tree: Tree, trust_report: bool, kept: frozenset[str]
) -> list[_Row]:
    """The rows with the sites that a report names as it wants them, but what a report wants kept."""
    words = [row[3] for row in rows if is_word(row[0], row[1], trust_report)]
    named = named_sites(anchor for found in words for anchor in found) - kept
    taken = taken_sites(tree, named, kept)
    return [(*row[:3], as_taken(row[3], taken)) for row in rows]


def _looked_back(rows: Sequence[_Row], backs: Mapping[str, LookBack]) -> list[_Row]:
    """The rows with what is known of the flaw at each place."""
    found = []
    for report, finding, pairs, anchors in rows:
        names = [entry.codemod for entry in pairs if entry.acts]
        known = []
        for number, anchor in enumerate(anchors):
            flaw, why = backs[report.source].flaw(finding, number, anchor, names)
            known.append(replace(anchor, flaw=flaw, flaw_why=why))
        found.append((report, finding, pairs, tuple(known)))
    return found


def _sceptical(planned: Sequence[Planned]) -> list[Planned]:
    """Where nothing a report cites is in the tree, what it says of no place in particular is not
    believed either: it may be about another tree."""
    cited = [(e, a) for e in planned for a in e.anchors if a.location and a.location.path]
    seen = {entry.report for entry, found in cited if found.found}
    strange = {entry.report for entry, _ in cited} - seen
    why = "nothing the report cites is in this tree"
    return [
        (
            replace(entry, verdict="not-found", says=f"{entry.says}; left alone, as {why}")
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
