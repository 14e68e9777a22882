"""What is left of a report when its findings are read: every line with a place, an id or code is noted."""

from __future__ import annotations

from collections.abc import Iterator

from fixaudit.reports.collect import Sink
from fixaudit.reports.disposition import (
    disposition_of_line,
)
from fixaudit.reports.entry import ReportEntry
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Fence, Line, Paragraph
from fixaudit.reports.titles import title_of
from fixaudit.reports.vocabulary import (
    WHY,
    part_of_report,
)


def account(document: ReportEntry, covered: list[tuple[int, int]], sink: Sink) -> None:
    """Notes every entry with a place, an id or code that none of the `covered` lines holds."""
    taken = bytearray(document.end + 2)
    for first, last in covered:
        for line in range(max(first, 0), min(max(last, first), document.end) + 1):
            taken[line] = 1
    _account(document, taken, sink)


def _account(entry: ReportEntry, taken: bytearray, sink: Sink) -> None:
    inner = {line for child in entry.below() for line in (child.line,)}
    own = [line for line in _own_lines(entry) if not taken[min(line, len(taken) - 1)]]
    own = [line for line in own if line not in inner]
    if own:
        # The words that name the place, not those of the heading far above them.
        spoken = {line.number: line.text for line in _spoken(entry)}
        if own[0] in spoken:
            sink.refuse(own[0], own[-1], spoken[own[0]], _why(entry))
        else:
            sink.refuse(entry.line or own[0], own[-1], entry.head.text or "code", _why(entry))
        for line in own:
            taken[line] = 1
    for child in entry.below():
        _account(child, taken, sink)


def _spoken(entry: ReportEntry) -> Iterator[Line]:
    for block in entry.blocks:
        if isinstance(block, Paragraph):
            yield from block.lines


def _own_lines(entry: ReportEntry) -> Iterator[int]:
    """The lines of the entry itself that name a place or hold code."""
    if entry.kind == "row":
        if locations_in(entry.rest):
            yield entry.line
        return
    if entry.kind in ("heading", "lead", "caption", "item", "line", "paragraph") and (
        locations_in(entry.head) or (entry.title.explicit and entry.title.id)
    ):
        yield entry.line
    if entry.kind == "table":
        return
    for block in entry.blocks:
        match block:
            case Fence():
                yield from (block.line, block.end)
            case Paragraph(lines):
                yield from (line.number for line in lines if locations_in(line) or _numbered(line))
            case _:
                pass


def _numbered(line: Line) -> bool:
    """True for a bold line that opens with an id."""
    if not line.pieces or not line.pieces[0].strong:
        return False
    title = title_of(line)
    return title.explicit and title.id is not None


def _why(entry: ReportEntry) -> str:
    part = part_of_report(entry.head.text) if entry.is_section else None
    part = part or entry.where.part
    if part is not None:
        return WHY[part]
    text = entry.rest.text if entry.kind == "row" else entry.head.text
    if "✅" in text or disposition_of_line(text) is not None:
        return WHY["praise"]
    if entry.kind == "item":
        return "names a file or code in passing, without a problem"
    if any(isinstance(block, Fence) for block in entry.blocks):
        return "code that belongs to no finding"
    return "names a place in passing"
