"""Which entries of a report are its findings: the weight of the evidence, and no finding inside another.

A linear model: each fact of an entry and of what stands around it adds its weight, and the entries that
together weigh most, none of which encloses another, are the findings.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from fixaudit.reports.entry import ReportEntry, opens_bold
from fixaudit.reports.evidence_around import Node, nodes_of
from fixaudit.reports.evidence_scores import tell_scores
from fixaudit.reports.problem_words import without_tag
from fixaudit.reports.sentences import sentence_title
from fixaudit.reports.vocabulary import HARD

KINDS = {
    "heading": 0,
    "lead": 0,
    "caption": 0,
    "item": 1,
    "row": 2,
    "line": 3,
    "tool": 3,
    "paragraph": 3,
}
"""Weights differ by what an entry is: a section, a list item, a table row, a line."""
LINES = ("line", "tool")
PLAUSIBLE = 0.85
"""What part of the best sum of scores the findings by the rules must have to be left as they are."""
MARGIN = 6.0
"""How much better another reading must be at least: a few lines are little evidence."""


@dataclass(frozen=True, slots=True)
class Weights:
    """`of` has the weight of a fact for each of the four kinds; `start` what an entry begins with."""

    of: dict[str, tuple[float, ...]]
    start: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of the first scoring, and those of the second."""

    first: Weights
    second: Weights


@cache
def model() -> Model:
    """The fitted weights; read once."""
    text = (files("fixaudit.reports") / "evidence_weights.json").read_text("utf-8")
    raw = json.loads(text)
    return Model(*(_weights(raw[name]) for name in ("first", "second")))


def _weights(raw: dict[str, Any]) -> Weights:
    return Weights({name: tuple(row) for name, row in raw["weights"].items()}, tuple(raw["start"]))


def reconsider(document: ReportEntry, name: str) -> bool:
    """Marks other entries as findings than the rules for forms did, where the evidence speaks against
    those; says whether it did. `name` is the report's file.
    """
    nodes = nodes_of(document, name)
    known = marked(nodes)
    if any(node.entry.by_tool for node in known):
        return False
    weigh(nodes, model())
    best = chosen(nodes)
    least = min(PLAUSIBLE * worth(best), worth(best) - MARGIN)
    if not best or worth(known) >= least:
        return False
    for node in nodes:
        node.entry.finding = node.entry.is_group = False
    for node in best:
        _take(node.entry, node.above.entry if node.above else document)
    return True


def marked(nodes: Sequence[Node]) -> list[Node]:
    """The nodes that the rules took for findings, none inside another."""
    found: list[Node] = []
    waiting = [node for node in reversed(nodes) if node.above is None]
    while waiting:
        node = waiting.pop()
        if node.entry.finding:
            found.append(node)
        else:
            waiting.extend(reversed(node.below))
    return found


def worth(nodes: Sequence[Node]) -> float:
    """How much speaks for these nodes being the findings."""
    return math.fsum(node.score for node in nodes if node.entry.kind not in LINES)


def _take(entry: ReportEntry, above: ReportEntry) -> None:
    entry.finding = entry.sure = True
    if entry.where.part in HARD and entry.where.part != "exclusion":
        entry.where = replace(entry.where, part=None)
    if entry.kind == "paragraph":
        above.children.append(entry)
    elif entry.kind == "item" and not entry.rest.text and not opens_bold(entry.head):
        below = entry.goes_on()
        whole = " ".join(line.text for line in (entry.head, *below))
        if _SENTENCES.search(whole) or without_tag(whole) != whole:
            text = sentence_title(entry.head, below).text
            entry.title = replace(entry.title, text=text or entry.title.text)


_SENTENCES = re.compile(r"[.!?。]\s+\S")


def weigh(nodes: Sequence[Node], model: Model) -> None:
    """Gives every node its score: above 0, more speaks for a finding than against one.

    The second scoring knows what the first one says of an entry's siblings and of what it holds.
    """
    score(nodes, model.first)
    tell_scores(nodes, chosen(nodes))
    score(nodes, model.second)


def score(nodes: Sequence[Node], table: Weights) -> None:
    """The score of every node by one table of weights."""
    for node in nodes:
        kind = KINDS[node.entry.kind]
        told = (table.of[fact][kind] * value for fact, value in facts_of(node) if fact in table.of)
        node.score = table.start[kind] + math.fsum(told)


def facts_of(node: Node) -> Iterable[tuple[str, float]]:
    """All that is known of a node."""
    yield from node.own.items()
    yield from node.around.items()
    yield from node.scored.items()


def chosen(nodes: Sequence[Node]) -> list[Node]:
    """The nodes of the largest sum of scores of which none encloses another; none below 0.

    Lines that open with a place are findings by themselves, but not against the section that quotes them.
    """
    best: dict[int, float] = {}
    for node in reversed(nodes):
        inner = sum(best[id(child)] for child in node.below)
        best[id(node)] = 0.0 if node.entry.kind in LINES else max(node.score, inner, 0.0)
    found: list[Node] = []
    waiting = [node for node in reversed(nodes) if node.above is None]
    while waiting:
        node = waiting.pop()
        inner = sum(best[id(child)] for child in node.below)
        given = node.entry.kind in LINES and node.entry.where.part is None
        if given or (node.score > 0 and node.score >= inner):
            found.append(node)
        else:
            waiting.extend(reversed(node.below))
    return found
