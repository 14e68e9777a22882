"""List items and loose blocks below a heading that is no finding itself."""

from __future__ import annotations

import re
from dataclasses import replace

from fixaudit.reports.collect import Candidate, Sink, Where
from fixaudit.reports.finding_body import Body
from fixaudit.reports.labels import labelled
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import (
    Block,
    Fence,
    Item,
    Line,
    Listing,
    Paragraph,
    Rule,
    Table,
    fences_of,
    lines_of,
)
from fixaudit.reports.severity import severity_of_section
from fixaudit.reports.tables import read_table
from fixaudit.reports.titles import Title, lead_of, title_of
from fixaudit.reports.tool_lines import read_tool_lines
from fixaudit.reports.vocabulary import WHY, states_a_problem

_TELLING = frozenset({"location", "lines", "problem", "code", "recommendation", "severity"})
_REFERENCE = re.compile(r"\(?(?:issue|finding|critical|high|medium|low|bug)s?\s*#?\d|\(#\d", re.I)


def read_blocks(blocks: list[Block], where: Where, sink: Sink) -> None:
    """Candidates out of the lists, tables and lines; the rest with a place or code is refused."""
    open_item: Candidate | None = None
    for block in blocks:
        match block:
            case Listing(items):
                open_item = None
                for item in items:
                    open_item = read_item(item, where, sink)
            case Table():
                read_table(block, where, sink)
            case Fence() if open_item is not None:
                open_item.body.add_blocks((block,))
                open_item.end = block.end
            case Paragraph(lines) if open_item is not None and open_item.body.snippets:
                open_item.body.add_blocks((block,))
                open_item.end = lines[-1].number
            case Fence() if where.part is None and read_tool_lines(block, where, sink):
                pass
            case Fence():
                first = block.code.strip().split("\n", 1)[0]
                sink.refuse(block, first or block.language, "code that belongs to no finding")
            case Paragraph(lines):
                open_item = None
                for line in lines:
                    _read_line(line, where, sink)
            case Rule():
                open_item = None


def _read_line(line: Line, where: Where, sink: Sink) -> None:
    places = locations_in(line)
    if not places or not any(place.ranges for place in places):
        return
    begins = line.text.lstrip("`*[( ").startswith(places[0].written)
    if begins and where.part is None:  # the lines of a linter: `app.py:3:1: E501 too long`
        body = Body()
        body.add_line(line)
        title = title_of(line)
        sink.candidates.append(Candidate(title, line.text, line.number, line.number, body, where))
    else:
        sink.refuse(line, line.text, "names a place in passing")


def read_item(item: Item, where: Where, sink: Sink) -> Candidate | None:
    """The candidate an item is; None where it only holds others, or nothing."""
    first = item.blocks[0] if item.blocks else None
    if not isinstance(first, Paragraph):
        for fence in fences_of(item.blocks):
            sink.refuse(
                fence, fence.code.strip().split("\n", 1)[0], "code that belongs to no finding"
            )
        return None
    head = first.lines[0]
    if _holds_items(item, head):
        _read_inner(item, head, where, sink)
        return None
    candidate = _candidate(item, first, where)
    if where.part is not None:
        sink.candidates.append(candidate)
        return candidate
    if _is_finding(candidate, item, where):
        sink.candidates.append(candidate)
        return candidate
    if candidate.checked is not None or _REFERENCE.search(head.text):
        candidate.where = replace(
            where, part="checklist" if candidate.checked is not None else "summary"
        )
        sink.candidates.append(candidate)
    elif candidate.has_place or candidate.has_code:
        approves = "✅" in candidate.text
        why = WHY["praise"] if approves else "names a file or code in passing, without a problem"
        sink.refuse(head, candidate.text, why)
    return candidate


def _candidate(item: Item, first: Paragraph, where: Where) -> Candidate:
    head = first.lines[0]
    lead, rest = lead_of(head)
    title = title_of(lead)
    if title.id is None and item.number:
        title = replace(title, id=f"{where.number}.{item.number}" if where.number else item.number)
    body = Body(mode="recommendation" if where.part == "recommendation" else None)
    body.cited.extend(title.locations)
    body._note(lead)
    label = labelled(head)
    if label is not None and label.kind in ("location", "problem", "code", "recommendation"):
        body.add_line(head)
    elif rest.text:
        beside = locations_in(rest)
        if (
            beside
            and not title.locations
            and re.match(r"\W*(?:in |at )?\W*$", _before(rest, beside[0].written))
        ):
            body.cited.extend(beside)
        body.add_line(Line(rest.pieces, rest.number))
    body.add_blocks((Paragraph(first.lines[1:]), *item.blocks[1:]))
    if where.path is not None:
        _under_path(body, title, where)
    box = re.match(r"\W{0,3}\[([ xX])\]", head.text)
    done = box.group(1) != " " if box else (True if _ticked(head, where) else None)
    return Candidate(title, head.text, item.line, item.end, body, where, done)


def _before(line: Line, word: str) -> str:
    return line.text.partition(word)[0]


def _ticked(head: Line, where: Where) -> bool:
    """A green mark in front of a step of a plan says that it is done."""
    return where.part in ("roadmap", "checklist") and head.text.lstrip().startswith(
        ("✅", "☑", "✔")
    )


def _under_path(body: Body, title: Title, where: Where) -> None:
    """Below a heading that is a file, an item cites lines only."""
    assert where.path is not None
    loose = [place for place in body.passing if place.path is None]
    ranges = title.ranges or tuple(r for place in loose for r in place.ranges)
    body.passing = [place for place in body.passing if place.path is not None]
    if not any(place.path for place in body.cited):
        body.cited.append(replace(where.path, ranges=ranges or where.path.ranges))


def _is_finding(candidate: Candidate, item: Item, where: Where) -> bool:
    title, body = candidate.title, candidate.body
    if "✅" in candidate.text and not re.search("❌|⚠", candidate.text):
        return False
    named = _opens_bold(item) or item.number is not None or title.explicit
    rated = bool(title.severity or body.severity or where.severity)
    if candidate.has_place:
        lines = any(place.ranges for place in (*title.locations, *body.locations()))
        told = bool(body.labels & _TELLING) or candidate.has_code
        return lines or rated or where.holds_issues or (named and told) or where.path is not None
    if candidate.has_code and named:
        return where.holds_issues or rated or states_a_problem(title.text)
    return where.holds_issues and named and (bool(body.labels & _TELLING) or _opens_bold(item))


def _opens_bold(item: Item) -> bool:
    first = item.blocks[0] if item.blocks else None
    if not isinstance(first, Paragraph):
        return False
    pieces = [p for p in first.lines[0].pieces if re.search(r"\w", p.text)]
    return bool(pieces) and pieces[0].strong


def _holds_items(item: Item, head: Line) -> bool:
    """True for `- **High**` or `- app.py:` above a list of findings."""
    inner = [block for block in item.blocks[1:] if isinstance(block, Listing)]
    if not inner:
        return False
    lead, rest = lead_of(head)
    title = title_of(lead)
    bare = re.sub(r"\(.*?\)|[\W\d]", "", lead.text)
    if title.locations and not rest.text.strip(" :"):
        return not re.search(
            "[a-z]{3}", lead.text.replace(title.locations[0].written, "")
        ) and not any(place.ranges for place in title.locations)
    severity, word = severity_of_section(lead.text)
    places = [locations_in(line) for block in inner for line in lines_of([block])]
    return severity is not None and any(places) and len(bare) < len(word) + 16


def _read_inner(item: Item, head: Line, where: Where, sink: Sink) -> None:
    lead, _ = lead_of(head)
    severity, word = severity_of_section(lead.text)
    places = locations_in(lead)
    here = replace(
        where,
        severity=severity or where.severity,
        severity_text=word if severity else where.severity_text,
        path=places[0] if places else where.path,
        holds_issues=True,
    )
    read_blocks(list(item.blocks[1:]), here, sink)


def opens_numbered(blocks: list[Block]) -> bool:
    """True where the first thing is a numbered list of bold titles, each with parts of its own."""
    first = blocks[0] if blocks else None
    if not isinstance(first, Listing):
        return False
    told = [item for item in first.items if item.number and _opens_bold(item) and item.blocks[1:]]
    return len(told) * 2 > len(first.items)


def strong_items(blocks: list[Block], first: bool) -> bool:
    """True where `blocks` hold a list of bold-titled or placed items.

    `first`: the list must be the first thing there; after code or words it lists details.
    """
    for at, block in enumerate(blocks):
        if isinstance(block, Table) and not first:
            return True
        if not isinstance(block, Listing):
            continue
        if first and at:
            return False
        heads = [i for i in block.items if i.blocks and isinstance(i.blocks[0], Paragraph)]
        bold = sum(_opens_bold(item) for item in heads)
        placed = sum(any(map(locations_in, lines_of(item.blocks))) for item in heads)
        return max(bold, 0 if first else placed) * 2 >= len(heads) > 0
    return False
