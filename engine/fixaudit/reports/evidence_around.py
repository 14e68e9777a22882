"""What stands around an entry: its siblings, the entries of its level, what encloses it and what it holds.

Entries of one shape are findings together or not at all, so the shares of facts among them speak as loud as
an entry's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fixaudit.reports.entry import ReportEntry
from fixaudit.reports.evidence import Evidence, Facts, grows
from fixaudit.reports.markdown_tree import Fence, Paragraph
from fixaudit.reports.problem_words import is_report, names_problems
from fixaudit.reports.reportness import is_of_another_kind, opening_words, title_words
from fixaudit.reports.sentences import is_prose, sentence_title

SHARED = (
    "id", "lettered id", "number", "severity in title", "mark", "place in head", "lines in head",
    "place below", "lines of places below", "bold", "problem", "complaint below", "field severity",
    "field problem", "field recommendation", "field location", "field lines", "field status",
    "code below", "nothing below", "good mark", "name of a field", "plural", "known label in head",
    "code in head", "box", "state in title", "opens with work", "complaint", "approval",
)  # fmt: skip
"""Facts whose share among the entries around an entry counts."""
_ABOVE = (*SHARED, "only severity", "is heading", "is lead", "is caption", "is item", "names problems",
          "collects problems", "6-12 words", "13 words and more", "asks for work")  # fmt: skip
_STRONG = (
    "id",
    "severity in title",
    "field severity",
    "field location",
    "lines in head",
    "field problem",
)


@dataclass(slots=True)
class Node:
    """An entry with its facts. `group` is shared with its siblings, `level` with all of its kind and
    depth; `above` is the node that encloses it. `score` and `scored` (what a first scoring says) are
    filled in by `selection`."""

    entry: ReportEntry
    above: Node | None
    depth: int
    own: Facts
    below: list[Node] = field(default_factory=list)
    around: Facts = field(default_factory=dict)
    scored: Facts = field(default_factory=dict)
    score: float = 0.0

    @property
    def strong(self) -> bool:
        return any(name in self.own for name in _STRONG)


def nodes_of(document: ReportEntry, name: str) -> list[Node]:
    """Every entry that may be a finding, in reading order, with its facts and those around it; `name`
    is the report's file."""
    evidence = Evidence()
    roots = [_node(child, table, None, 0, evidence) for child, table in _below(document)]
    nodes = [node for root in roots for node in _all(root)]
    _share(nodes, dict(_document(document, name)))
    return nodes


def _document(document: ReportEntry, name: str) -> Iterator[tuple[str, float]]:
    words = title_words(document, name)
    if is_of_another_kind(document, name):
        yield "document: of another kind", 1.0
    if is_report(f"{words} {opening_words(document)}"):
        yield "document: a report", 1.0
    if names_problems(words):
        yield "document: names problems", 1.0


def _below(entry: ReportEntry) -> Iterator[tuple[ReportEntry, ReportEntry | None]]:
    """The entries right below; a table is its rows, each with its table."""
    for child in entry.below():
        if child.kind == "table":
            yield from ((row, child) for row in child.children)
        else:
            yield child, None
    yield from ((paragraph, None) for paragraph in _paragraphs(entry))


def _paragraphs(entry: ReportEntry) -> Iterator[ReportEntry]:
    """The paragraphs of an entry that holds nothing else but code, as entries of their first sentences."""
    prose = all(isinstance(block, Paragraph | Fence) for block in entry.blocks)
    if entry.kind not in ("document", "heading") or entry.sections or not prose:
        return
    read = {child.line for child in entry.children}
    for block in entry.blocks:
        if isinstance(block, Paragraph) and block.lines[0].number not in read and is_prose(block):
            first, last = block.lines[0], block.lines[-1].number
            title = sentence_title(first, block.lines[1:])
            yield ReportEntry("paragraph", first, last, title, [block], where=entry.where)


def _node(
    entry: ReportEntry,
    table: ReportEntry | None,
    above: Node | None,
    depth: int,
    evidence: Evidence,
) -> Node:
    node = Node(entry, above, depth, evidence.of(entry))
    if table is not None:
        node.own |= {f"column {kind}": 1.0 for kind in table.labels}
    node.below = [_node(child, rows, node, depth + 1, evidence) for child, rows in _below(entry)]
    return node


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.below:
        yield from _all(child)


def _share(nodes: Sequence[Node], kind: Facts) -> None:
    groups: dict[object, list[Node]] = defaultdict(list)
    levels: dict[object, list[Node]] = defaultdict(list)
    alike: dict[object, int] = defaultdict(int)
    for node in nodes:
        groups[group_of(node)].append(node)
        levels[level_of(node)].append(node)
        alike[_shape(node)] += 1
    heads = [node for node in nodes if node.entry.kind in ("heading", "lead")]
    document = _shares("document", heads, SHARED) | kind
    around = {
        key: {**_shares("siblings", group, SHARED), **_crowd("siblings", group)}
        for key, group in groups.items()
    }
    around_level = {
        key: {**_shares("level", level, SHARED), **_crowd("level", level)}
        for key, level in levels.items()
    }
    for node in nodes:
        node.around = dict(document)
        node.around |= around[group_of(node)] | around_level[level_of(node)]
        node.around |= dict(_place_in(groups[group_of(node)], node))
        node.around["alike"] = grows(alike[_shape(node)])
        node.around["depth"] = node.depth / 3
        node.around |= dict(_enclosing(node))
        if node.below:
            node.around |= _shares("inside", node.below, SHARED)
            node.around |= dict(_inside(node))


def group_of(node: Node) -> object:
    """What siblings share: list items of one list, rows of one table, sections of one heading."""
    return (id(node.above), node.entry.kind, node.entry.among)


def level_of(node: Node) -> object:
    """What all entries of one kind and depth share."""
    return (node.entry.kind, node.depth)


def _shape(node: Node) -> object:
    own = node.own
    rated = "severity in title" in own or "field severity" in own
    placed = "place in head" in own or "field location" in own
    return (node.entry.kind, "lettered id" in own, rated, placed, "field problem" in own)


def _shares(name: str, group: Sequence[Node], facts: Iterable[str]) -> Facts:
    """How large a part of a group has each fact, 0 to 1."""
    if not group:
        return {}
    counts = Counter(fact for node in group for fact in node.own)
    return {f"{name}: {fact}": counts[fact] / len(group) for fact in facts if fact in counts}


def _crowd(name: str, group: Sequence[Node]) -> Facts:
    strong = sum(node.strong for node in group)
    return {f"{name}: count": grows(len(group)), f"{name}: strong": strong / len(group)}


def _place_in(group: Sequence[Node], node: Node) -> Iterator[tuple[str, float]]:
    if len(group) == 1:
        yield "alone", 1.0
    elif group[0] is node:
        yield "first", 1.0
    elif group[-1] is node:
        yield "last", 1.0


def _enclosing(node: Node) -> Iterator[tuple[str, float]]:
    above = node.above
    if above is not None:
        yield from ((f"above: {fact}", above.own[fact]) for fact in _ABOVE if fact in above.own)
        yield "above: strong", float(above.strong)
    names = {"id": 0.0, "severity in title": 0.0, "strong": 0.0}
    while above is not None:
        for fact in ("id", "severity in title"):
            names[fact] += fact in above.own
        names["strong"] += above.strong
        above = above.above
    yield from ((f"anywhere above: {fact}", count) for fact, count in names.items() if count)


def _inside(node: Node) -> Iterator[tuple[str, float]]:
    inner = [each for child in node.below for each in _all(child)]
    yield "inside: count", grows(len(node.below))
    yield "inside: strong count", grows(sum(child.strong for child in node.below))
    yield "deep inside: strong", grows(sum(each.strong for each in inner))
    for fact in ("id", "severity in title", "is heading"):
        yield f"deep inside: {fact}", grows(sum(fact in each.own for each in inner))
