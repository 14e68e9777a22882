"""Entries that are findings, or may repeat one, read as candidates."""

from __future__ import annotations

import re
from dataclasses import replace

from fixaudit.reports.collect import Candidate
from fixaudit.reports.disposition import (
    disposition_of_line,
    disposition_of_title,
    disposition_of_value,
)
from fixaudit.reports.entry import ROW_FIELDS, Context, ReportEntry, box_of
from fixaudit.reports.finding_body import Body
from fixaudit.reports.forms import stands_apart
from fixaudit.reports.kept_entries import without_kept
from fixaudit.reports.labels import Labelled, labelled, stamp_on
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Line
from fixaudit.reports.model import Disposition, Location
from fixaudit.reports.titles import Title
from fixaudit.reports.tool_words import tool_severity


def of_section(entry: ReportEntry) -> Candidate:
    whole = entry
    entry, kept = without_kept(entry)
    body = Body(rated=entry.where.severity is not None, kept=kept)
    body.cited.extend(entry.title.locations)
    body.note(entry.head)
    if entry.rest.text:
        body.add_line(entry.rest)
    body.add_blocks(entry.blocks)
    apart = list(filter(stands_apart, entry.sections))
    for section in entry.sections:
        if section not in apart:
            body.add_section(section)
    if apart:
        whole.end = entry.end = apart[0].line - 1
    if entry.where.path is not None and (entry.title.ranges or not body.locations()):
        _under_path(body, entry.title, entry.where.path)
    made = _made(entry, body, whole_section=entry.kind == "heading")
    made.by_tool = entry.by_tool
    if made.by_tool:
        body.problem.insert(0, entry.head.text)  # all that it says is its title
    return made


def of_item(item: ReportEntry) -> Candidate:
    item, kept = without_kept(item)
    where, head, title = item.where, item.head, item.title
    if item.number and title.id == item.number and where.number:
        title = replace(title, id=f"{where.number}.{item.number}")
    advised = where.part in ("recommendation", "roadmap")
    body = Body(mode="recommendation" if advised else None, kept=kept)
    body.cited.extend(title.locations)
    lead = Line(head.pieces[: len(head.pieces) - len(item.rest.pieces)], head.number)
    body.note(lead if item.rest.pieces else head)
    label = labelled(head)
    if label is not None and label.kind in ("location", "problem", "code", "recommendation"):
        body.add_line(head)
    elif item.rest.text:
        beside = locations_in(item.rest)
        if beside and not title.locations and re.match(
            r"\W*(?:in |at )?\W*$", item.rest.text.partition(beside[0].written)[0]
        ):  # fmt: skip
            body.cited.extend(beside)
        body.add_line(Line(item.rest.pieces, item.rest.number))
    body.add_blocks(item.blocks)
    if where.path is not None:
        _under_path(body, title, where.path)
    made = _made(item, body)
    made.title = title
    box = box_of(head)
    made.checked = (
        box.strip() != "" if box is not None else (True if _ticked(head, where) else None)
    )
    if box is not None and (item.finding or title.explicit):
        if made.checked and made.disposition in (None, where.disposition):
            made.disposition = "fixed"  # its own box is nearer than the heading
        if made.checked is False and made.disposition in ("fixed", "deferred"):
            said_here = body.disposition or disposition_of_title(head.text)[0]
            made.disposition = said_here  # so is an empty one
        made.disposition = made.disposition or "open"
    return made


def _ticked(head: Line, where: Context) -> bool:
    """A green mark in front of a step of a plan says that it is done."""
    return where.part in (
        "roadmap",
        "checklist",
        "recommendation",
    ) and head.text.lstrip().startswith(("✅", "☑", "✔"))


def of_row(row: ReportEntry, table: int) -> Candidate:
    row, kept = without_kept(row)
    body = Body(kept=kept)
    body.cited.extend(row.title.locations)
    body.note(row.head)
    for kind in ROW_FIELDS:
        cell = row.cells.get(kind)
        if cell is not None and (cell is not row.head or kind in ("category", "rule")):
            body.take(Labelled(kind, kind, cell))
            body.mode = None
    if row.where.path is not None:
        _under_path(body, row.title, row.where.path)
    made = _made(row, body)
    made.text = row.rest.text
    made.among, made.row = table, True
    if disposition_of_value(made.title.text) and len(made.title.text.split()) < 3:
        made.disposition = made.disposition or disposition_of_value(made.title.text)
        made.title = replace(made.title, text="")
    if not row.finding:
        made.by_form, made.where = False, replace(row.where, part=row.where.part or "summary")
    if made.disposition is None and "status" not in row.cells:
        made.disposition = next(
            filter(None, map(_ticked_cell, row.rest.text.split("✅")[1:])), None
        )
    return made


def _ticked_cell(words: str) -> Disposition | None:
    """ "✅ Fixed - in the last release", in whatever column it stands."""
    return disposition_of_line(words.strip() + " - ")


def of_tool(entry: ReportEntry) -> Candidate:
    entry, kept = without_kept(entry)
    body = Body(kept=kept)
    found = entry.tool
    if found is None:
        body.add_blocks(entry.blocks)
        return _made(entry, body)
    if found.place is not None:
        body.cited.append(found.place)
    body.rules.extend(found.rules)
    body.severity, body.severity_text = tool_severity(found.severity), found.severity
    made = _made(entry, body)
    made.text, made.by_tool = found.words, True
    return made


def _made(entry: ReportEntry, body: Body, whole_section: bool = False) -> Candidate:
    title, where = entry.title, entry.where
    disposition: Disposition | None = body.disposition
    said = disposition_of_title(entry.head.text)[0] or stamp_on(entry.head)
    struck = next((p.struck for p in entry.head.pieces if re.search(r"\w", p.text)), False)
    if said is None and struck:
        said = "fixed"
    disposition = disposition or said or where.disposition
    if not body.locations() and not title.locations:
        body.cited.extend(body.advised)  # what was changed, or is to be
    loose = title.ranges or any(place.ranges for place in body.passing)
    near = where.near or (where.about if loose else None)
    if near is not None and not any(place.path for place in body.locations()):
        _under_path(body, title, near)
    return Candidate(
        title, entry.head.text, entry.line, entry.end, body, where, None, whole_section,
        disposition=disposition, among=entry.among, sure=entry.sure,
    )  # fmt: skip


def _under_path(body: Body, title: Title, path: Location) -> None:
    """Below a heading that is a file, an entry cites lines only."""
    loose = [place for place in body.passing if place.path is None]
    ranges = tuple(r for place in loose for r in place.ranges)
    ranges = (*title.ranges, *(r for r in ranges if r in body.again)) if title.ranges else ranges
    body.passing = [place for place in body.passing if place.path is not None]
    if not any(place.path for place in body.cited):
        body.cited.append(replace(path, ranges=ranges or path.ranges))
