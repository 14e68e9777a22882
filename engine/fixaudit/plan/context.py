"""Where a finding is to be repaired, and which places it only cites beside them; what a report is about."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from fixaudit.plan.codebase import Tree
from fixaudit.plan.model import Anchor, Flaw
from fixaudit.reports.model import Report, ReportFinding

_FOLDER = re.compile(r"(?<![\w./-])(?:[\w.-]+/)+(?![\w*])")


def in_context(
    finding: ReportFinding,
    anchors: Sequence[Anchor],
    functions: Sequence[str],
    stands_in: Callable[[str], bool],
) -> tuple[Anchor, ...]:
    """The anchors, with those marked as context at which nothing is to be done: a file as a whole
    beside places with lines, or places whose function the advice does not name where it names that
    of others. A place is none that has the flaw, or code that the finding objects to anywhere, or
    that the advice names by its file.
    """
    if len(anchors) < 2:
        return tuple(anchors)
    advice = finding.recommendation
    aimed = [_aimed(anchor, functions[n], advice) for n, anchor in enumerate(anchors)]
    whole = [_is_whole(anchor) for anchor in anchors]
    beside = [
        anchor.flaw is not Flaw.HERE
        and not anchor.sites
        and not (anchor.path and stands_in(anchor.path))
        and ((whole[n] and not all(whole)) or (any(aimed) and not aimed[n]))
        for n, anchor in enumerate(anchors)
    ]
    if all(beside):
        return tuple(anchors)
    return tuple(
        replace(anchor, context=True) if beside[n] else anchor for n, anchor in enumerate(anchors)
    )


def scoped(tree: Tree, report: Report) -> Tree:
    """The tree with the folders that the report's first lines name as those its paths may count from."""
    folders = {match[0] for match in _FOLDER.finditer(report.head)}
    known = {path.rpartition("/")[0] + "/" for path in tree.files if "/" in path}
    tops = {
        f"{'/'.join(parts[:n])}/"
        for k in known
        for parts in [k.split("/")]
        for n in range(1, len(parts))
    }
    found = []
    for folder in folders:
        own = [top for top in tops if top == folder or folder.endswith(f"/{top}")]
        found += [max(own, key=len)] if own else []
    if not found:
        return tree
    seen = copy.copy(tree)  # what was read of the files is shared
    seen.bases = (*tree.bases, *sorted(found, key=len, reverse=True))
    return seen


def _aimed(anchor: Anchor, function: str, advice: str) -> bool:
    """True for a place whose function or file the advice names."""
    symbols = anchor.location.symbols if anchor.location else ()
    names = [function] if function else [*symbols]
    return any(_word(name, advice) for name in (*names, (anchor.path or "").rpartition("/")[2]))


def _word(name: str, text: str) -> bool:
    name = name if name.endswith(".py") else name.rpartition(".")[2]
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _is_whole(anchor: Anchor) -> bool:
    location = anchor.location
    return anchor.cited is None and not (location and location.symbols) and not anchor.quoted
