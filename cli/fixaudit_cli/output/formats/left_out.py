"""What a plan says once of cited places that no finding's row tells: what was not looked into, what is kept."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence

from fixaudit.plan.exclusions import told
from fixaudit.plan.model import AuditPlan


def left_out(plan: AuditPlan, again: Sequence[str]) -> list[str]:
    """How many findings cite such files and why, with the command (as `again`) that takes them in."""
    by_why: dict[str, set[tuple[str, str]]] = {}
    paths: set[str] = set()
    for entry in plan.findings:
        for anchor in entry.anchors:
            if anchor.left_out:
                key = (entry.report, entry.finding.id)
                by_why.setdefault(anchor.left_out, set()).add(key)
                paths.update(anchor.candidates)
    if not by_why:
        return []
    command = shlex.join((*again, *folders(paths)))
    return [
        f"{len(ids)} finding{' cites' if len(ids) == 1 else 's cite'} files that were not looked into:"
        f" {why}; `{command}` looks into them"
        for why, ids in by_why.items()
    ]


def folders(paths: Iterable[str]) -> list[str]:
    """The folders that hold files, one for each folder at the top; a file at the top itself."""
    by_top: dict[str, list[str]] = {}
    for path in sorted(paths):
        by_top.setdefault(path.partition("/")[0], []).append(os.path.dirname(path) or path)
    return [os.path.commonpath(found) for found in by_top.values()]


def kept_untouched(plan: AuditPlan) -> Iterator[str]:
    """The places with lines that a report asks to keep in an entry of its own, at which nothing was to
    be edited: it is told that they were understood."""
    kept = {entry.warning for entry in plan.kept}
    within = [(e.report, e.finding.line, e.finding.end_line) for e in plan.findings]
    for head in plan.reports:
        for exclusion in head.exclusions:
            words = told(exclusion, head.source)
            own = not any(r == head.source and a <= exclusion.line <= b for r, a, b in within)
            if own and words not in kept and any(at.ranges for at in exclusion.locations):
                yield f"{words}; nothing is edited there"
