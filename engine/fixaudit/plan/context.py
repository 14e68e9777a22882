"""Where a finding is to be repaired, and which places it only cites beside them; what a report is about."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from fixaudit.plan.codebase import Tree
from fixaudit.plan.commit_words import gives_id
from fixaudit.plan.model import Anchor, Flaw, Status
from fixaudit.plan.repair_claimed import SAYS_SO
from fixaudit.reports.model import Report, ReportFinding

_KEPT = re.compile(
    r"\b(?:keep|leave|use|(?:defer|delegate)s? to(?: \([^()]*\))?) (?:the |existing |shared )*"
    r"([\w/]+\.py|[\w.]*[A-Za-z]_\w+)",
    re.IGNORECASE,
)
"""What an advice wants as it is, or used elsewhere."""
_RIGHT = re.compile(r"\b(?:works? around|workaround|unlike|correctly|properly)\b", re.IGNORECASE)
"""What a sentence says of a place that has not the flaw."""
_TOO = re.compile(r"\b(?:same|also|too|both|likewise|similar\w*|as well)\b", re.IGNORECASE)
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
    that the advice names by its file; unless the advice wants it kept or used, or the problem only
    mentions it. One in no Python file is, where a commit says of the finding that it is repaired.
    """
    if len(anchors) < 2:
        return tuple(anchors)
    advice = _KEPT.sub(" ", finding.recommendation)
    by_id = any(a.flaw is Flaw.NOT_HERE and gives_id(a.flaw_why, finding) for a in anchors)
    by_word = any(a.flaw is Flaw.NOT_HERE and SAYS_SO in a.flaw_why for a in anchors)
    out = [_is_mention(anchor, finding, by_id) for anchor in anchors]
    kept = [_is_kept(anchor, functions[n], finding) for n, anchor in enumerate(anchors)]
    aimed = [
        not out[n] and not kept[n] and _aimed(anchor, functions[n], advice)
        for n, anchor in enumerate(anchors)
    ]
    out = [told or (kept[n] and any(aimed)) for n, told in enumerate(out)]
    whole = [_is_whole(anchor) for anchor in anchors]
    lined = not all(whole[n] or out[n] for n in range(len(anchors)))

    def is_beside(n: int, anchor: Anchor) -> bool:
        if anchor.flaw is Flaw.HERE or anchor.sites:
            return False
        aside = (whole[n] and lined) or (any(aimed) and not aimed[n])
        other = by_word and anchor.status is Status.NOT_PYTHON
        return out[n] or other or (aside and not (anchor.path and stands_in(anchor.path)))

    beside = [is_beside(n, anchor) for n, anchor in enumerate(anchors)]
    if all(beside):
        return tuple(anchors)
    return tuple(
        replace(a, context=True) if aside else a for a, aside in zip(anchors, beside, strict=True)
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
    return any(_word(name, advice) for name in (*names, _file(anchor)))


def _file(anchor: Anchor) -> str:
    """The name of a place's file, as the tree or else the report has it; empty where neither knows it."""
    path = anchor.path or (anchor.location.path if anchor.location else None) or ""
    return path.rpartition("/")[2]


def _is_kept(anchor: Anchor, function: str, finding: ReportFinding) -> bool:
    """True for a place of which the advice names the function or the file as what is kept or used."""
    own = {function.rpartition(".")[2], _file(anchor)} - {""}
    names = _KEPT.findall(finding.recommendation)
    return any(re.split(r"/|\.(?!py$)", name)[-1] in own for name in names)


def _is_mention(anchor: Anchor, finding: ReportFinding, by_id: bool) -> bool:
    """True for a place that the problem only cites in brackets, in a sentence that says it is right
    there; or that adds no flaw, where a commit with the finding's id is known."""
    path = anchor.location.path if anchor.location else None
    if not path or path not in finding.problem:
        return False
    sentences = re.split(r"(?<=[.!?;])\s+|\n\s*\n", finding.problem)
    bracketed = re.compile(rf"\([^()]*{re.escape(path)}[^()]*\)")
    found = [e for e in sentences if path in e]
    return all(
        path not in bracketed.sub("", e) and (_RIGHT.search(e) or (by_id and not _TOO.search(e)))
        for e in found
    )


def _word(name: str, text: str) -> bool:
    name = name if name.endswith(".py") else name.rpartition(".")[2]
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _is_whole(anchor: Anchor) -> bool:
    location = anchor.location
    return anchor.cited is None and not (location and location.symbols) and not anchor.quoted
