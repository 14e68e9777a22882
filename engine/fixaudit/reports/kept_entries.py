"""Entries that are findings, read without what their words ask to keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from fixaudit.reports.entry import ReportEntry
from fixaudit.reports.field_names import Label
from fixaudit.reports.forms import stands_apart
from fixaudit.reports.kept_places import split_kept
from fixaudit.reports.markdown_tree import Block, Item, Line, Listing, Paragraph, Table
from fixaudit.reports.model import Exclusion, Location
from fixaudit.reports.titles import lead_of, title_of

_NAMES_ISSUE = re.compile(r"[(\[](?:issue|finding|bug)s?\s*#?\d[^()\[\]]*[)\]]\W*\Z", re.I)
"""The end of an item that says what is to be done about a finding: "Leave `sys.path` alone (Issue 1.5)"."""
_TOLD: tuple[Label, ...] = ("title", "problem", "recommendation")


class Sparing:
    """Takes what is to be kept out of the passages of one finding, in reading order."""

    def __init__(self, file: Location | None) -> None:
        self.file = file
        self.kept: list[Exclusion] = []

    def lines(self, lines: Sequence[Line]) -> list[Line]:
        left, kept, self.file = split_kept(lines, self.file)
        self.kept.extend(kept)
        return left

    def blocks(self, blocks: Sequence[Block]) -> list[Block]:
        made: list[Block] = []
        for block in blocks:
            match block:
                case Paragraph(lines):
                    left = self.lines(lines)
                    if left:
                        made.append(Paragraph(tuple(left)))
                case Listing(items):
                    made.append(Listing(tuple(map(self._item, items))))
                case Table(header, rows):
                    made.append(Table(header, tuple(tuple(map(self.cell, row)) for row in rows)))
                case _:
                    made.append(block)
        return made

    def cell(self, cell: Line) -> Line:
        left = self.lines([cell])
        return left[0] if left else replace(cell, pieces=())

    def _item(self, item: Item) -> Item:
        return replace(item, blocks=tuple(self.blocks(item.blocks)))


def without_kept(entry: ReportEntry) -> tuple[ReportEntry, list[Exclusion]]:
    """A finding without the clauses that speak for places, and what those keep."""
    if entry.kind == "item" and _NAMES_ISSUE.search(entry.head.text):
        return entry, []
    whole, places = entry, entry.title.locations
    path = entry.where.path
    sparing = Sparing(replace(places[-1], ranges=(), symbols=()) if places else path)
    if entry.kind in ("item", "lead"):
        entry = _opening(entry, sparing)
    elif entry.kind in ("line", "paragraph") and entry.blocks:
        entry = _paragraph(entry, sparing)
    elif entry.kind == "row":
        cells = {
            kind: sparing.cell(cell) if kind in _TOLD and cell is not entry.head else cell
            for kind, cell in entry.cells.items()
        }
        entry = _headed(replace(entry, cells=cells), sparing.cell(entry.head))
    else:
        entry = replace(entry, blocks=sparing.blocks(entry.blocks))
    sections = [_section(each, sparing) for each in entry.sections]
    return (replace(entry, sections=sections) if sparing.kept else whole), sparing.kept


def _section(entry: ReportEntry, sparing: Sparing) -> ReportEntry:
    if stands_apart(entry):  # it is read on its own
        return entry
    blocks = sparing.blocks(entry.blocks)
    return replace(
        entry, blocks=blocks, sections=[_section(each, sparing) for each in entry.sections]
    )


def _opening(entry: ReportEntry, sparing: Sparing) -> ReportEntry:
    """An item or a lead: its first line goes on in the paragraph below."""
    blocks = list(entry.blocks)
    first = blocks[0] if blocks else None
    below: tuple[Line, ...] = ()
    if isinstance(first, Paragraph) and first.lines[0].number == entry.line + 1:
        below = first.lines
    left = sparing.lines([entry.head, *below])
    head = next((line for line in left if line.number == entry.line), Line((), entry.line))
    goes_on = tuple(line for line in left if line.number != entry.line)
    others = sparing.blocks(blocks[1:] if below else blocks)
    own: list[Block] = [Paragraph(goes_on)] if goes_on else []
    return _headed(replace(entry, blocks=[*own, *others]), head)


def _paragraph(entry: ReportEntry, sparing: Sparing) -> ReportEntry:
    """A paragraph of prose, whose first sentence is its title."""
    blocks = sparing.blocks(entry.blocks)
    first = blocks[0] if blocks else None
    head = first.lines[0] if isinstance(first, Paragraph) else Line((), entry.line)
    return _headed(replace(entry, blocks=blocks), head)


def _headed(entry: ReportEntry, head: Line) -> ReportEntry:
    """The entry with what is left of its first line; its number and id are as before."""
    if head.text == entry.head.text:
        return entry
    lead, rest = lead_of(head)
    if entry.kind == "row":
        rest = replace(entry.rest, pieces=entry.rest.pieces if head.pieces else ())
    said = title_of(lead if entry.kind == "item" else head)
    title = replace(entry.title, text=said.text, locations=said.locations, ranges=said.ranges)
    return replace(entry, head=replace(head, number=entry.line), rest=rest, title=title)
