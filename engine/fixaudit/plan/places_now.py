"""What is known of the flaw at a place, and what that says of the place and of its sites."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from fixaudit.plan.claim_denied import denied
from fixaudit.plan.codebase import Tree
from fixaudit.plan.look_back import LookBack
from fixaudit.plan.model import Anchor, Flaw, Pair, Status, shows_flaw
from fixaudit.plan.old_code import telling
from fixaudit.plan.pairing import Row
from fixaudit.plan.proved_by_run import WITH

_BY_GUESS = (Status.MOVED, Status.AMBIGUOUS, Status.BY_PATTERN)
_GONE = "the cited code is not there any more"

_RIGHT_AS_IT_IS = frozenset({"none", "false-positive", "keep"})


def looked(back: LookBack, row: Row, number: int) -> Anchor:
    """A place of a finding with what is known of the flaw there; `number` is its anchor's."""
    anchor, finding = row.anchors[number], row.finding
    acting = any(shows_flaw(site) for site in anchor.sites)
    # A site that was taken for a cited line may be of another place, as that one is repaired.
    if not acting or (anchor.cited is not None and not anchor.quoted and _is_guess(anchor)):
        run = back.by_run(finding, number, anchor, row.meant)
        if run is not None:
            return _repaired(back, anchor, run)
    flaw, why = back.flaw(finding, number, anchor, row.looking)
    if flaw is Flaw.NOT_HERE:
        return _repaired(back, anchor, why)
    if flaw is Flaw.HERE and not acting and finding.disposition in _RIGHT_AS_IT_IS:
        # Code that the report quotes and calls right is no flaw because it stands there.
        flaw, why = Flaw.NOT_CHECKED, "the quoted code stands there"
    false = denied(finding, anchor, row.pairs, back.codemods)
    if false is not None:
        return replace(anchor, flaw=Flaw.NOT_HERE, flaw_why=false)
    return replace(anchor, flaw=flaw, flaw_why=why)


def only_quoted(anchors: Sequence[Anchor], pairs: Sequence[Pair]) -> list[Anchor]:
    """The places, with those left unchecked where nothing but quoted code stands while another place has
    the site that the finding's words speak of, or had it: a report quotes what it compares with, too.
    """
    spoken = {pair.codemod for pair in pairs if pair.acts and pair.spoken}
    if not any(_has_the_site(anchor, spoken) for anchor in anchors):
        return list(anchors)
    return [
        (
            replace(anchor, flaw=Flaw.NOT_CHECKED)
            if anchor.flaw is Flaw.HERE and anchor.quoted and not anchor.sites
            else anchor
        )
        for anchor in anchors
    ]


def _has_the_site(anchor: Anchor, names: Collection[str]) -> bool:
    if any(shows_flaw(site) and site.finding.codemod in names for site in anchor.sites):
        return True
    repaired = anchor.flaw is Flaw.NOT_HERE
    return repaired and any(f"{WITH} `{name}`" in anchor.flaw_why for name in names)


def settled_places(anchors: Sequence[Anchor], names: Sequence[str], tree: Tree) -> list[Anchor]:
    """The places, with the one unclear place of a file settled where only one candidate is left of it and
    a run has repaired the file's others."""
    found = list(anchors)
    unclear = [n for n, each in enumerate(found) if each.status is Status.AMBIGUOUS]
    if len(unclear) != 1 or len(found[unclear[0]].candidates) != 1:
        return found
    anchor = found[unclear[0]]
    path, _, line = anchor.candidates[0].rpartition(":")
    others = [each for each in found if each is not anchor and each.path == path]
    if not line.isdigit() or not others or any(e.flaw is not Flaw.NOT_HERE for e in others):
        return found
    at = int(line)
    sites = tuple(tree.sites_in(path, names, (at, at)))
    if sites:
        place = replace(anchor, status=Status.BY_PATTERN, path=path, line=at, end_line=at)
        why = "the only place of its kind that is left in the file"
        flaw = Flaw.HERE if any(map(shows_flaw, sites)) else Flaw.NOT_CHECKED
        found[unclear[0]] = replace(
            place, why=why, sites=sites, candidates=(), flaw=flaw, flaw_why=""
        )
    return found


def _is_guess(anchor: Anchor) -> bool:
    return anchor.guessed or anchor.status in _BY_GUESS


def _repaired(back: LookBack, anchor: Anchor, why: str) -> Anchor:
    """A place at which a run or a commit repaired the flaw: what stands there now is no site of it."""
    now = replace(anchor, sites=(), flaw=Flaw.NOT_HERE, flaw_why=why)
    if anchor.status is Status.AMBIGUOUS or (anchor.sites and _is_guess(anchor)):
        # What was found is another place.
        return replace(
            now, status=Status.NOT_FOUND, why=_GONE, line=None, end_line=None, candidates=()
        )
    if anchor.status is Status.EXACT and not anchor.quoted and _is_other(back, anchor):
        return replace(now, status=Status.NOT_FOUND, why=_GONE)
    return now


def _is_other(back: LookBack, anchor: Anchor) -> bool:
    """True where none of the cited lines, as the report saw them, stands in the file."""
    if anchor.path not in back.tree.files or anchor.path is None or anchor.cited is None:
        return False
    low, high = anchor.cited
    now = back.files.of(back.tree.data(anchor.path))
    for past in back.pasts:
        for data in past.versions(anchor.path):
            lines = list(telling(back.files.of(data).lines[low - 1 : high]))
            return bool(lines) and not any(now.holds(line) for line in lines)
    return False
