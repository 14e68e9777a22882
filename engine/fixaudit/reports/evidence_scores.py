"""What a first scoring of a report's entries says of each of them: by its own score, and by those of its
siblings, of what encloses it and of what it holds.

An entry that is in doubt alone is not in doubt among siblings that are not: facts for a second scoring.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fixaudit.reports.evidence import Facts
from fixaudit.reports.evidence_around import Node, group_of, level_of

_UNIT = 3.0
"""A score of this much is one unit of its fact."""


@dataclass(frozen=True, slots=True)
class _Likelihood:
    """Entries of one kind as the first scoring sees them; each number but `score` is 0 to 1."""

    likely: float
    chosen: float
    least: float
    most: float
    score: float


def tell_scores(nodes: Sequence[Node], findings: Sequence[Node]) -> None:
    """Puts into `scored` of every node what their scores say; `findings` are those that were chosen."""
    found = {id(node) for node in findings}
    likely = {id(node): _likely(node.score) for node in nodes}

    def grouped(key: Callable[[Node], object]) -> dict[object, _Likelihood]:
        members: dict[object, list[Node]] = defaultdict(list)
        for node in nodes:
            members[key(node)].append(node)
        return {name: _likelihood(group, likely, found) for name, group in members.items()}

    siblings, levels, forms = grouped(group_of), grouped(level_of), grouped(form_of)
    document = dict(_document(likely, findings))
    kinds = Counter(node.entry.kind for node in findings)
    for node in nodes:
        group = siblings[group_of(node)]
        node.scored = dict(document)
        node.scored["scores: own"] = node.score / _UNIT
        node.scored["scores: likely"] = likely[id(node)]
        node.scored["scores: chosen"] = float(id(node) in found)
        node.scored["scores: of the chosen kind"] = kinds[node.entry.kind] / max(len(findings), 1)
        node.scored |= _of("siblings", group)
        node.scored["scores: above siblings"] = (node.score - group.score) / _UNIT
        node.scored |= _of("level", levels[level_of(node)])
        node.scored |= _of("form", forms[form_of(node)])
    _tell_enclosing(nodes, likely, found, siblings)
    _tell_inside(nodes, likely, found)
    _tell_neighbours(nodes, likely)


def form_of(node: Node) -> object:
    """What entries of one form share."""
    own = node.own
    return (node.entry.kind, node.depth, "lettered id" in own, "severity in title" in own)


def _likely(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _likelihood(nodes: Sequence[Node], likely: dict[int, float], found: set[int]) -> _Likelihood:
    each = [likely[id(node)] for node in nodes]
    return _Likelihood(
        math.fsum(each) / len(each),
        sum(id(node) in found for node in nodes) / len(each),
        min(each),
        max(each),
        math.fsum(node.score for node in nodes) / len(each),
    )


def _of(name: str, group: _Likelihood) -> Facts:
    return {
        f"scores: {name} likely": group.likely,
        f"scores: {name} chosen": group.chosen,
        f"scores: {name} least": group.least,
        f"scores: {name} most": group.most,
    }


def _document(likely: dict[int, float], findings: Sequence[Node]) -> Iterable[tuple[str, float]]:
    yield "scores: findings in all", math.sqrt(min(len(findings), 40)) / 3
    yield "scores: none in all", float(not findings)
    yield "scores: best in all", max(likely.values(), default=0.0)


def _tell_enclosing(
    nodes: Sequence[Node],
    likely: dict[int, float],
    found: set[int],
    siblings: dict[object, _Likelihood],
) -> None:
    """Nodes come in reading order: what encloses one has been told before."""
    most: dict[int, float] = {}
    inside: dict[int, bool] = {}
    for node in nodes:
        above = node.above
        if above is None:
            most[id(node)], inside[id(node)] = 0.0, False
            continue
        most[id(node)] = max(most[id(above)], likely[id(above)])
        inside[id(node)] = inside[id(above)] or id(above) in found
        node.scored |= {
            "scores: above own": above.score / _UNIT,
            "scores: above likely": likely[id(above)],
            "scores: above chosen": float(id(above) in found),
            "scores: above with siblings": siblings[group_of(above)].likely,
            "scores: anywhere above": most[id(node)],
            "scores: in a chosen one": float(inside[id(node)]),
        }


def _tell_inside(nodes: Sequence[Node], likely: dict[int, float], found: set[int]) -> None:
    count: dict[int, int] = {}
    most: dict[int, float] = {}
    for node in reversed(nodes):
        below = node.below
        count[id(node)] = sum(count[id(each)] + (id(each) in found) for each in below)
        most[id(node)] = max((max(most[id(e)], likely[id(e)]) for e in below), default=0.0)
        if below:
            group = _likelihood(below, likely, found)
            node.scored |= _of("inside", group)
            node.scored["scores: above inside"] = likely[id(node)] - group.likely
            worth = math.fsum(max(each.score, 0.0) for each in below)
            node.scored["scores: worth inside"] = min(worth, 20.0) / 5
            node.scored["scores: deep inside"] = most[id(node)]
            node.scored["scores: chosen inside"] = math.sqrt(min(count[id(node)], 20)) / 2


def _tell_neighbours(nodes: Sequence[Node], likely: dict[int, float]) -> None:
    before: dict[object, Node] = {}
    for node in nodes:
        last = before.get(group_of(node))
        if last is not None:
            node.scored["scores: before"] = likely[id(last)]
            last.scored["scores: behind"] = likely[id(node)]
        before[group_of(node)] = node
