"""Walks the entries of a report in reading order: findings, mentions, exclusions, what is none of them."""

from __future__ import annotations

import re
from dataclasses import replace

from fixaudit.reports.candidates import of_item, of_row, of_section, of_tool
from fixaudit.reports.collect import Sink
from fixaudit.reports.disposition import (
    disposition_of_value,
)
from fixaudit.reports.entry import ReportEntry
from fixaudit.reports.forms import holds_findings, is_sure, stands_apart
from fixaudit.reports.labels import own_labels
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import lines_of
from fixaudit.reports.model import Disposition
from fixaudit.reports.selection import reconsider
from fixaudit.reports.siblings import (
    settle_captions,
    settle_leads,
    settle_lettered_items,
    settle_plain_siblings,
    settle_tasks,
)
from fixaudit.reports.vocabulary import HARD, WHY, Part, part_of_report, plain, states_approval
from fixaudit.reports.weighing import weigh

_REFERENCE = re.compile(r"\(?(?:issue|finding|critical|high|medium|low|bug)s?\s*#?\d|\(#\d", re.I)


_KEEPS = re.compile(
    r"\W*(?:keep|do not (?:touch|change|modify)|don'?t (?:touch|change)|leave\b.*\bas)\b", re.I
)


_LEFT = frozenset({"keep", "accepted", "false-positive"})


def walk(document: ReportEntry, name: str = "") -> Sink:
    """Every candidate, exclusion and refused passage of a document, in reading order; `name` is its file's."""
    weigh(document)
    settle_lettered_items(document)
    settle_captions(document)
    settle_leads(document)
    settle_plain_siblings(document, name)
    settle_tasks(document)
    sink = Sink(by_evidence=reconsider(document, name))
    for entry in document.below():
        _visit(entry, sink)
    return sink


def _visit(entry: ReportEntry, sink: Sink) -> None:
    match entry.kind:
        case "item":
            _visit_item(entry, sink)
        case "table":
            for row in entry.children:
                if row.finding or (row.where.part not in HARD and _refers(row)):
                    sink.candidates.append(of_row(row, entry.line))
        case "line" | "tool" | "paragraph":
            if entry.finding:
                sink.candidates.append(of_tool(entry))
        case _:
            _visit_section(entry, sink)


def _visit_section(entry: ReportEntry, sink: Sink) -> None:
    sure = entry.sure or is_sure(entry)
    if entry.finding and (entry.where.part not in HARD or sure):
        if sure:
            entry.where = replace(entry.where, part=None)
        candidate = of_section(entry)
        if states_approval(entry.title.text):
            why = "says that it is good: nothing to change"
            sink.refuse(entry.line, entry.end, entry.head.text, why)
        elif candidate.disposition == "none" and not entry.labels & {"problem", "severity"}:
            sink.refuse(entry.line, entry.end, entry.head.text, WHY["praise"])
        elif candidate.disposition in _LEFT and not entry.labels & {"problem", "severity"}:
            sink.exclude_candidate(candidate)
        else:
            sink.candidates.append(candidate)
        for section in filter(stands_apart, entry.sections):
            _visit(section, sink)
    elif (part_of_report(entry.head.text) or entry.where.part) == "exclusion":
        _exclude(entry, sink)
    elif _verdict(entry) in _LEFT:
        sink.exclude_candidate(of_section(entry))
    else:
        for child in entry.below():
            _visit(child, sink)


def _verdict(entry: ReportEntry) -> Disposition | None:
    """What the status or decision field right below a heading says."""
    if "status" not in entry.labels or holds_findings(entry):
        return None
    said = [label for label in own_labels(entry.blocks) if label.kind == "status"]
    return disposition_of_value(said[0].rest.text) if said else None


def _exclude(entry: ReportEntry, sink: Sink) -> None:
    """Notes what stands below a heading that asks to keep it, item by item."""
    section = plain(entry.head.text)
    items = [child for child in entry.children if child.kind == "item"]
    for item in items:
        sink.exclude([item.head, *item.lines()], item.line, item.end, section)
    if not items and entry.blocks:
        last = entry.sections[0].line - 1 if entry.sections else entry.end
        sink.exclude([entry.head, *lines_of(entry.blocks)], entry.line, last, section)
    for child in entry.sections:
        if child.finding:  # one thing, whatever lists it has
            sink.exclude_candidate(of_section(child))
        else:
            _exclude(child, sink)


def _visit_item(item: ReportEntry, sink: Sink) -> None:
    part = item.where.part
    if part in HARD:
        if part == "exclusion":
            sink.exclude([item.head, *item.lines()], item.line, item.end, item.where.section)
        return
    if not item.finding and (item.is_group or holds_findings(item)):
        for child in item.children:
            _visit(child, sink)
        return
    if not item.head.pieces:
        return
    if part is None and item.finding and _KEEPS.match(item.head.text) and not item.title.locations:
        sink.exclude([item.head, *item.lines()], item.line, item.end, item.where.section)
        return
    candidate = of_item(item)
    if part is None and not item.finding:
        if candidate.checked is None and not _REFERENCE.search(item.head.text):
            return
        soft: Part = "checklist" if candidate.checked is not None else "summary"
        candidate.where = replace(item.where, part=soft)
    sink.candidates.append(candidate)


# --- entries as candidates


def _refers(row: ReportEntry) -> bool:
    """A row that holds an id or the path of a finding: a mention of it, with its severity and state."""
    return "id" in row.cells or bool(row.title.id) or bool(locations_in(row.rest))


# --- what is left
