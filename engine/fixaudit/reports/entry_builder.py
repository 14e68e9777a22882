"""Sections and blocks to the tree of entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from fixaudit.reports.entry import Kind, ReportEntry, box_of, opens_bold
from fixaudit.reports.field_names import Label
from fixaudit.reports.labels import Labelled, labelled, own_labels
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import (
    Block,
    Fence,
    Item,
    Line,
    Listing,
    Paragraph,
    Rule,
    Section,
    Table,
)
from fixaudit.reports.sentences import first_sentence
from fixaudit.reports.severity import WORD, severity_in
from fixaudit.reports.table_rows import table_of
from fixaudit.reports.titles import Title, lead_of, only_places, title_of
from fixaudit.reports.tool_lines import tool_lines
from fixaudit.reports.vocabulary import label_kind


def entries_of(section: Section) -> ReportEntry:
    """The tree of a document or of a section of it."""
    sections = [entries_of(child) for child in section.children]
    last = min([child.line - 1 for child in section.children] or [section.end])
    title = title_of(section.title, heading=True)
    labels = _labels(_before_leads(section.blocks))
    if title.text and "title" in labels:  # it has a title: "Finding: ..." tells what is wrong
        labels = labels - {"title"} | {"problem"}
    return ReportEntry(
        "heading" if section.level else "document",
        section.title,
        section.end,
        title,
        section.blocks,
        sections,
        _entries(section.blocks, last),
        labels=labels,
    )


def _before_leads(blocks: list[Block]) -> list[Block]:
    """What a heading says itself: the fields below two leads and more are those of the leads."""
    leads = [
        at
        for at, block in enumerate(blocks)
        if (lead := _lead(block, blocks[at + 1 : at + 4])) is not None and lead.kind == "lead"
    ]
    return blocks[: leads[0]] if len(leads) > 1 else blocks


def _labels(blocks: list[Block]) -> frozenset[Label]:
    return frozenset(found.kind for found in own_labels(blocks) if found.kind is not None)


def _entries(blocks: list[Block], last: int, nested: bool = False) -> list[ReportEntry]:
    """The entries of a run of blocks: a lead takes what follows it, until the next one."""
    if not nested and _is_prose(blocks):
        return [_paragraph(block) for block in blocks if isinstance(block, Paragraph)]
    made: list[ReportEntry] = []
    lead: ReportEntry | None = None
    for at, block in enumerate(blocks):
        opened = None if nested else _lead(block, blocks[at + 1 : at + 4])
        if opened is not None:
            lead = opened
            made.append(opened)
        elif lead is not None and not _ends(lead, block):
            if not isinstance(block, Rule):
                lead.blocks.append(block)
        else:
            lead = None
            _add(made, block)
    _close(made, last)
    return made


def _close(made: list[ReportEntry], last: int) -> None:
    """The ends of leads, and the entries inside them."""
    for entry, following in zip(made, [*made[1:], None], strict=False):
        if entry.kind in ("lead", "caption"):
            entry.end = following.line - 1 if following else last
            entry.labels = _labels(entry.blocks)
            entry.children = _entries(entry.blocks, entry.end, nested=True)


def _ends(lead: ReportEntry, block: Block) -> bool:
    """True where what follows a lead is no part of it."""
    if lead.kind == "caption":  # it holds the lists and tables that follow at once
        return not isinstance(block, Listing | Table | Fence)
    boxes = isinstance(block, Listing) and any(_box(item) is not None for item in block.items)
    sentence = "".join(piece.text for piece in lead.head.pieces if not piece.strong)
    return re.search(r"[^\W\d_]{3}", sentence) is not None and not lead.blocks and boxes


def _add(made: list[ReportEntry], block: Block) -> None:
    last = made[-1] if made and made[-1].kind == "item" else None
    match block:
        case Listing():
            made.extend(entries_of_list(block))
        case Table():
            table = table_of(block)
            if table is not None:
                made.append(table)
        case Fence() if last is not None:  # code under the last item of a list, not indented
            last.blocks.append(block)
            last.end = block.end
        case Paragraph(lines) if last is not None and any(
            isinstance(b, Fence) for b in last.blocks
        ):
            last.blocks.append(block)
            last.end = lines[-1].number
        case Fence():
            made.extend(_entries_of_tool(block))
        case Paragraph(lines):
            made.extend(_placed_lines(lines))
        case _:
            pass


def _entries_of_tool(block: Fence) -> Iterator[ReportEntry]:
    records = tool_lines(block)
    for found in records:
        head, title = Line((), found.line), Title(found.words)
        entry = ReportEntry("tool", head, found.end, title, tool=found)
        entry.among = records[0].line
        yield entry


def _is_prose(blocks: list[Block]) -> bool:
    """True for two paragraphs and more, and nothing else, each of which cites lines."""
    cited = [
        any(place.ranges for line in block.lines for place in locations_in(line))
        for block in blocks
        if isinstance(block, Paragraph)
        and not opens_bold(block.lines[0])
        and not labelled(block.lines[0])
    ]
    return len(blocks) == len(cited) > 1 and all(cited)


def _paragraph(block: Paragraph) -> ReportEntry:
    """A paragraph of prose by its first sentence."""
    first, last = block.lines[0], block.lines[-1].number
    sentence = re.split(r"(?<=[.!?。])\s", first.text)[0]
    title = replace(title_of(first), text=sentence.rstrip("."))
    return ReportEntry("line", first, last, title, [block])


_RATED = re.compile(rf"\W*(?:{WORD})\s*[:–—]", re.I)
"""A line that opens with its severity: "High: password logged in `auth/log.py:9`"."""


def _placed_lines(lines: tuple[Line, ...]) -> Iterator[ReportEntry]:
    """The lines of a linter: `app.py:3:1: E501 too long`."""
    for line in lines:
        places = locations_in(line)
        begins = places and line.text.lstrip("`*[( ").startswith(places[0].written)
        opens = begins or _RATED.match(line.text)
        if opens and any(place.ranges for place in places):
            yield ReportEntry("line", line, line.number, title_of(line), [Paragraph((line,))])


def entries_of_list(listing: Listing) -> list[ReportEntry]:
    """The items of a list; `among` is the line the list begins at."""
    made = list(map(entry_of_item, listing.items))
    for entry in made:
        entry.among = listing.items[0].line
    return made


def entry_of_item(item: Item) -> ReportEntry:
    """A list item with what is nested in it."""
    first = item.blocks[0] if item.blocks else None
    head = first.lines[0] if isinstance(first, Paragraph) else Line((), item.line)
    lead, rest = lead_of(head)
    blocks: list[Block] = list(item.blocks)
    if isinstance(first, Paragraph):
        blocks[0:1] = [Paragraph(first.lines[1:])] if first.lines[1:] else []
    title = title_of(lead)
    if isinstance(first, Paragraph) and not rest.pieces and first.lines[1:]:
        title = _completed(title, head, first.lines[1:])
    if title.id is None and item.number:
        title = replace(title, id=item.number)
    inner = [
        entry for block in blocks if isinstance(block, Listing) for entry in entries_of_list(block)
    ]
    return ReportEntry(
        "item", head, item.end, title, blocks, [], inner, rest, item.number, labels=_labels(blocks)
    )


def _completed(title: Title, head: Line, below: tuple[Line, ...]) -> Title:
    """The title of an item whose first line breaks off within a sentence."""
    breaks_off = re.search(r"[\w,`\"')]\s*\Z", head.text) and labelled(head) is None
    if not breaks_off or title.text == "" or labelled(below[0]) is not None:
        return title
    goes_on = re.match(r"(?!https?:)[a-zà-ÿа-я0-9`\"'(]", below[0].text)
    if not goes_on or only_places(below[0].text, locations_in(below[0])):
        return title
    whole = title_of(first_sentence(head, below))
    return replace(title, text=whole.text)


def _box(item: Item) -> str | None:
    first = item.blocks[0] if item.blocks else None
    return box_of(first.lines[0]) if isinstance(first, Paragraph) else None


_RECORDS = -1
"""Records of one form in a document are siblings: none repeats another."""


def _lead(block: Block, following: list[Block]) -> ReportEntry | None:
    """The entry a bold line, a caption of a list or an `Issue:` record opens, None for others."""
    if isinstance(block, Listing):
        return _record_list(block)
    if not isinstance(block, Paragraph):
        return None
    first = block.lines[0]
    label = labelled(first)
    below: list[Block] = [Paragraph(block.lines[1:])] if len(block.lines) > 1 else []
    if label is not None and label.kind == "title" and label.rest.text:
        kinds = {found.kind for found in own_labels([block, *following])}
        return (
            _made("lead", label.rest, below) if kinds & {"location", "severity", "lines"} else None
        )
    if label is not None and label.kind is None and label.rest.text and _tells_place(below):
        record = _made("lead", label.rest, below)
        record.among, record.by_tool = _RECORDS, "rule" in _labels(below)
        return record
    return _lead_of_words(first, label, below, following)


def _lead_of_words(
    first: Line, label: Labelled | None, below: list[Block], following: list[Block]
) -> ReportEntry | None:
    title = title_of(first)
    numbered = title.explicit and title.id is not None
    listed = bool(following) and isinstance(following[0], Listing | Table) and not below
    if listed and label is not None and label.kind == "severity" and severity_in(label.rest.text):
        return _made("caption", first, below)
    if not opens_bold(first) or (label is not None and label.kind is not None and not numbered):
        return None
    lead, rest = lead_of(first)
    beside = title.locations and not re.search(
        r"[^\W\d_]{3}", rest.text.partition(title.locations[0].written)[0]
    )
    inside = title.locations and title.locations[0].written in lead.text
    stands_out = (
        title.id
        or title.severity
        or title.explicit
        or inside
        or (beside and only_places(rest.text, title.locations))
    )
    if label_kind(lead.text) and not numbered:
        return None
    if stands_out and (label is None or numbered or title.locations):
        if not rest.text or title.locations or title.severity:
            return _made("lead", first, below, rest)
    bare = not re.search(r"[^\W\d_]{3}", rest.text) or rest.text.endswith(":")
    quotes = bool(following) and isinstance(following[0], Fence) and not below
    return _made("caption", first, below) if (listed or quotes) and bare else None


def _tells_place(below: list[Block]) -> bool:
    """True for the fields of a record: the file, and how bad or which rule or line it is."""
    told = _labels(below)
    return "location" in told and bool(told & {"severity", "rule", "lines"})


def _made(kind: Kind, head: Line, blocks: list[Block], rest: Line | None = None) -> ReportEntry:
    return ReportEntry(
        kind, head, head.number, title_of(head), blocks, rest=rest or Line((), head.number)
    )


def _record_list(block: Listing) -> ReportEntry | None:
    """`- **Issue:** x`, `- **File:** y`: a list that is one record."""
    first = block.items[0].blocks[0] if block.items and block.items[0].blocks else None
    if not isinstance(first, Paragraph):
        return None
    label: Labelled | None = labelled(first.lines[0])
    kinds = [found.kind for found in own_labels([block])]
    if label is None or label.kind != "title" or kinds.count("title") > 1:
        return None
    if not {"location", "severity", "lines"} & set(kinds):
        return None
    return _made("lead", label.rest, [Listing(block.items[1:])])
