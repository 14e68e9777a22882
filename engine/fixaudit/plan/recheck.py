"""After an apply: what became of each finding of a plan, by looking at the tree again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.codebase import Tree
from fixaudit.plan.exclusions import spare
from fixaudit.plan.lookalikes import Likeness
from fixaudit.plan.model import Anchor, AuditPlan, Flaw, Pair, Planned, Status
from fixaudit.plan.stored import PlanFile, StoredFinding, StoredSite
from fixaudit.plan.wording import guidance, listed, sentence, verdict_of


def reexamine(now: AuditPlan, before: PlanFile, tree: Tree, *, unsafe: bool = False) -> AuditPlan:
    """The plan made now, with what an earlier plan says was at its findings' places.

    Each site of before is looked for by what it is, not by its line: it is verified gone, or still
    present. A finding that had no site keeps the earlier verdict, as its lines have moved since.
    """
    known = {(entry.report, entry.id): entry for entry in before.findings}
    tree = spare(tree, now.kept)
    alike = Likeness(tree)
    findings = [
        _compared(entry, known.get((entry.report, entry.finding.id)), alike, tree, unsafe)
        for entry in now.findings
    ]
    return replace(now, findings=tuple(findings))


def _compared(
    entry: Planned, known: StoredFinding | None, alike: Likeness, tree: Tree, unsafe: bool
) -> Planned:
    if known is None:
        return entry
    if not known.sites:
        settled = known.verdict in ("manual", "fixed", "not-found") and not entry.here
        return replace(entry, verdict=known.verdict, says=known.says) if settled else entry
    pairs = entry.pairs if entry.codemods else _pairs(known)
    lost = [site for site in known.sites if site.path not in tree.sites]
    found = [(site, _present(site, alike)) for site in known.sites if site.path in tree.sites]
    gone = [site for site, present in found if present is None]
    still = [(site, present) for site, present in found if present is not None]
    here = tuple(present for _, present in still)
    anchors = _anchors(entry, gone, still)
    says, verdict = [], "fixed"
    if gone:
        names = ", ".join(dict.fromkeys(f"`{site.codemod}`" for site in gone))
        where = listed([f"{site.path}:{site.line}" for site in gone])
        says.append(f"verified gone: {names} finds nothing any more at what was {where}")
    if here:
        says.append(f"still present {_times(len(here))}: {sentence('', pairs, (), here, unsafe)}")
        left = all(site.finding.verdict is Verdict.LEAVE for site in here)
        if not gone:
            verdict = verdict_of(pairs, anchors, here, len(entry.elsewhere))
        elif not left:
            verdict = "partly fixed"
    if lost:
        where = listed([site.path for site in lost])
        says.append(f"cannot be re-examined, the file is gone or does not parse: {where}")
        verdict = "not-found" if not found else verdict if here else "partly fixed"
    others = tuple(note for note in entry.notes if note not in guidance(entry.here))
    return replace(
        entry,
        pairs=pairs,
        anchors=anchors,
        here=here,
        verdict=verdict,
        says="; ".join(says),
        notes=(*guidance(here), *others),
    )


def _present(site: StoredSite, alike: Likeness) -> LocatedFinding | None:
    """The site as it is now. Of several that look the same, the first ones count as gone."""
    same = alike.sites(site.path, site.alike.context)
    missing = max(0, site.alike.count - len(same))
    if site.alike.nth < missing:
        return None
    return same[site.alike.nth - missing]


def _anchors(
    entry: Planned, gone: Sequence[StoredSite], still: Sequence[tuple[StoredSite, LocatedFinding]]
) -> tuple[Anchor, ...]:
    found = [
        Anchor(
            *(None, None, Status.NOT_FOUND, "verified gone", site.path, site.line),
            flaw=Flaw.NOT_HERE,
        )
        for site in gone
    ]
    for site, now in still:
        by = now.line - site.line
        status = Status.MOVED if by else Status.EXACT
        found.append(
            Anchor(
                None,
                None,
                status,
                "still there",
                now.path,
                now.line,
                now.end_line,
                by or None,
                (now,),
            )
        )
    paths = {anchor.path for anchor in found}
    return (*found, *(anchor for anchor in entry.anchors if anchor.path not in paths))


def _pairs(known: StoredFinding) -> tuple[Pair, ...]:
    return tuple(Pair(name, code, "medium", "planned so before") for name, code in known.codemods)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
