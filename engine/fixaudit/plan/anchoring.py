"""Where cited places really are: the cited line is a hint, the codemods' own sites are the truth.

Three rounds over all findings of a report. What can be told by itself comes first (quoted code, a
named function, the line as it stands); then places of which only a line is known, by how far the
others in the file have moved; last by the pattern, among the sites nobody has claimed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from fixaudit.plan.anchor_by_content import Recogniser
from fixaudit.plan.anchor_by_line_shift import Distances
from fixaudit.plan.cited_place import Wanted
from fixaudit.plan.codebase import Tree
from fixaudit.plan.finding_evidence import names_of, quotes_by_place
from fixaudit.plan.model import Anchor, Status
from fixaudit.plan.proved_from import ProvedFrom
from fixaudit.reports.model import ReportFinding


def anchor(
    findings: Sequence[ReportFinding], codemods: Sequence[tuple[str, ...]], tree: Tree
) -> list[tuple[Anchor, ...]]:
    """The anchors of each finding, one for every cited line range (one where none is cited,
    none for a finding that speaks of no place and no codemod answers).

    `codemods` names those paired with each finding; `()` where none is.
    """
    wanted = [
        entry
        for number, finding in enumerate(findings)
        for entry in _wanted(number, finding, codemods[number], tree)
    ]
    first = Recogniser(tree)
    for entry in wanted:
        first.settle(entry)
    _follow_renames(wanted, first)
    rest = Distances(tree, wanted)
    by_file: dict[str, list[Wanted]] = defaultdict(list)
    for entry in wanted:
        if entry.path is not None:
            by_file[entry.path].append(entry)
    for path, entries in by_file.items():
        rest.by_lines(path, entries)
    proved = ProvedFrom(tree)
    for entry in wanted:
        if entry.anchor is None and not proved.settle(entry):
            rest.by_pattern(entry)
    result: list[list[Anchor]] = [[] for _ in findings]
    for entry in wanted:
        assert entry.anchor is not None
        if entry.location is None and not entry.codemods and not entry.anchor.found:
            continue  # it speaks of no place in the code at all
        anchor = proved.known(entry.anchor, entry.codemods)
        result[entry.finding].append(replace(anchor, moved_by=anchor.moved_by or None))
    return [tuple(anchors) for anchors in result]


def _follow_renames(wanted: Sequence[Wanted], first: Recogniser) -> None:
    """Where other places of a missing file were all recognised in one new file, its lines are there."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in wanted:
        if entry.strong and entry.path is not None and entry.location and entry.location.path:
            found[_last(entry.location.path)].add(entry.path)
    for entry in wanted:
        missing = entry.anchor is not None and entry.anchor.status is Status.NOT_FOUND
        missing = missing and not (entry.anchor and entry.anchor.left_out)
        if not missing or entry.path is not None or not (entry.location and entry.location.path):
            continue
        files = found.get(_last(entry.location.path), set())
        if len(files) == 1 and not entry.location.outside_tree:
            entry.path, entry.anchor = next(iter(files)), None
            first.in_file(entry, entry.path)


def _last(path: str) -> str:
    """The last two parts of a path: reports cite a file with more or fewer folders."""
    return "/".join(path.rsplit("/", 2)[-2:])


def _wanted(
    number: int, finding: ReportFinding, codemods: tuple[str, ...], tree: Tree
) -> Iterator[Wanted]:
    text = f"{finding.title}\n{finding.problem}\n{finding.recommendation}"
    by_place = quotes_by_place(finding, tree)
    for index, location in enumerate(finding.locations or (None,)):
        ranges = location.ranges if location else ()
        for position, cited in enumerate(ranges or (None,)):
            quotes = by_place.get((index, position), ())
            sure, likely = names_of(finding, location, quotes)
            yield Wanted(number, location, cited, codemods, sure, likely, quotes, text)
