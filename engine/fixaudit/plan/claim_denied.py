"""What a site that a codemod leaves alone says of a finding: that its claim is false there, or nothing.

Most reasons to leave a site are limits: what the file is for, what is not followed, who reads the
output. Those say nothing of the flaw. Only reasons that the codemod declares as `right_already` do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.evidence import Strength
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.codebase import touches
from fixaudit.plan.matching import is_pinned, is_wide
from fixaudit.plan.model import Anchor, Pair, Weight, shows_flaw
from fixaudit.reports.model import ReportFinding

_VALUE = re.compile(r"`([^`]+)`|(?<![\w.])(\d+(?:\.\d+)?)")


def denied(
    finding: ReportFinding,
    anchor: Anchor,
    pairs: Sequence[Pair],
    codemods: Mapping[str, Codemod],
) -> str | None:
    """Why the claim of a finding is false at a place, as told; None where nothing shows it.

    The words of the problem must speak for the codemod, all of the sites there must be right, and
    the report must not know what makes them so: who calls a timeout of 300 seconds too long is not
    told that there is one.
    """
    sure = {pair.codemod for pair in pairs if pair.acts and pair.spoken}
    if not anchor.sites or not is_pinned(anchor) or is_wide(anchor):
        return None
    titled = {pair.codemod for pair in pairs if pair.weight == Weight.TITLE}
    if titled and titled.isdisjoint(site.finding.codemod for site in anchor.sites):
        return None  # what is right there is said by the way
    reasons = []
    for site in anchor.sites:
        codemod = codemods.get(site.finding.codemod)
        if codemod is None or codemod.name not in sure or not _is_right(site, codemod):
            return None
        if _knows(finding, site.finding.reason):
            return None
        reasons.append(site.finding.reason)
    return f"the named site is right now: {'; '.join(dict.fromkeys(reasons))}"


def without_idle(anchors: Iterable[Anchor]) -> tuple[Anchor, ...]:
    """The anchors without sites that are left alone on lines that another codemod edits for the same
    finding."""
    anchors = tuple(anchors)
    open_ones = [site for found in anchors for site in found.sites if shows_flaw(site)]
    return tuple(
        replace(found, sites=tuple(s for s in found.sites if not _beside(s, open_ones)))
        for found in anchors
    )


def _beside(site: LocatedFinding, open_ones: Iterable[LocatedFinding]) -> bool:
    return not shows_flaw(site) and any(
        other.path == site.path
        and other.finding.codemod != site.finding.codemod
        and touches(other, (site.line, max(site.line, site.end_line)))
        for other in open_ones
    )


def _is_right(site: LocatedFinding, codemod: Codemod) -> bool:
    found = site.finding
    if found.verdict is not Verdict.LEAVE or found.withheld is not None:
        return False
    proved = all(entry.strength is Strength.PROOF for entry in found.evidence)
    return proved and any(re.search(words, found.reason) for words in codemod.right_already)


def _knows(finding: ReportFinding, reason: str) -> bool:
    """True where the report speaks of the value that the reason ends in, such as a number of seconds."""
    values = [
        match[1] or match[2] for match in _VALUE.finditer(re.sub(r" \(line \d+\)", "", reason))
    ]
    quoted = [s.code for s in finding.snippets if s.role != "recommended"]
    text = "\n".join((finding.title, finding.problem, *quoted))
    return bool(values) and bool(re.search(rf"(?<!\w){re.escape(values[-1])}(?!\w)", text))
