"""Places that are known by their text: quoted code that stands several times, words that the report
quotes, a name that the cited line gives a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fixaudit.model.finding import Verdict
from fixaudit.plan.cited_place import Wanted, moved, unverified
from fixaudit.plan.codebase import Tree
from fixaudit.plan.finding_evidence import corroborated, lines_quoted
from fixaudit.plan.model import Status
from fixaudit.plan.quoted_code import Quoted

_SHORT = 12
"""Characters of a quoted line that say nothing by themselves."""
_BOUND = re.compile(r"([A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)")


def at_each(tree: Tree, entry: Wanted, places: Sequence[tuple[str, Quoted]]) -> bool:
    """All places of one file that hold the quoted code, where the report cites no line and a codemod
    has a site at each of them: it is about the code, wherever it stands."""
    if entry.cited is not None or len({path for path, _ in places}) > 1:
        return False
    path, first = places[0]
    held = [
        tree.sites_in(path, entry.codemods, (place.line, place.end_line)) for _, place in places
    ]
    if not all(held):
        return False
    sites = tuple({site.fingerprint: site for found in held for site in found}.values())
    entry.strong, entry.region, entry.path = True, sites, path
    entry.settle(
        Status.BY_SNIPPET,
        f"the quoted code stands there {len(places)} times, and no line is cited",
        path=path,
        line=first.line,
        end_line=first.end_line,
        sites=sites,
    )
    return True


def by_name_bound(tree: Tree, entry: Wanted, path: str) -> None:
    """A cited line that gives a name its value, which the reason of one site alone speaks of: the
    global that a function builds, the first of two equal constants."""
    low, high = entry.cited or (0, 0)
    bound = [match[1] for line in tree.lines(path)[low - 1 : high] if (match := _BOUND.match(line))]
    if len(bound) != 1 or low < high:
        return
    sites = [
        site
        for site in tree.sites_in(path, entry.codemods)
        if f"`{bound[0]}`" in site.finding.reason and site.finding.verdict is not Verdict.LEAVE
    ]
    if len(sites) == 1:
        why = f"the cited line gives `{bound[0]}` its value, which the place in line {sites[0].line} is about"
        entry.settle(Status.EXACT, why, path=path, line=low, end_line=high, sites=tuple(sites))


def by_words_alone(tree: Tree, entry: Wanted, path: str) -> None:
    """A finding no codemod answers: only quoted words can say whether the lines are the same."""
    lines = tree.lines(path)
    details: dict[str, Any] = {"path": path}
    if entry.cited is None:
        unverified(entry, path, len(lines))
        return
    low, high = entry.cited
    here = lines[low - 1 : high]
    cited: dict[str, Any] = {**details, "line": low, "end_line": min(high, len(lines))}
    if corroborated(here, entry.text):
        entry.settle(Status.EXACT, "what the report says of it stands there", **cited)
        return
    if any(_begins(quote.code, here) for quote in entry.quotes):
        entry.settle(Status.EXACT, "a line that the report quotes begins there", **cited)
        return
    spoken = lines_quoted(lines, entry.text)
    if len(spoken) == 1:
        by = 0 if low <= spoken[0] <= high else spoken[0] - low
        why = f"a text the report quotes stands {moved(by)}"
        where = {**details, "line": spoken[0], "end_line": spoken[0]} if by else cited
        entry.settle(Status.MOVED if by else Status.EXACT, why, moved_by=by, **where)
    elif entry.quotes and low <= len(lines):
        entry.settle(Status.NOT_FOUND, "the code is not there as quoted", **details)
    else:
        unverified(entry, path, len(lines))


def _begins(code: str, lines: Sequence[str]) -> bool:
    """True where a line of quoted code, without its remark, is the beginning of one that stands there."""
    quoted = [line.partition("  #")[0].strip() for line in code.splitlines()]
    return any(
        len(start) > _SHORT and line.strip().startswith(start)
        for start in quoted
        if not start.startswith("#")
        for line in lines
    )
