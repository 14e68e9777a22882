"""Passages under headings that rule findings out: kept as exclusions, or listed with the reason."""

from __future__ import annotations

from fixaudit.reports.collect import Sink, Where
from fixaudit.reports.locations import locations_in, merged, symbols_in
from fixaudit.reports.markdown_tree import (
    Block,
    Fence,
    Item,
    Line,
    Listing,
    Paragraph,
    Section,
    fences_of,
    lines_of,
)
from fixaudit.reports.model import Exclusion
from fixaudit.reports.vocabulary import WHY


def refuse_blocks(section: Section, where: Where, sink: Sink) -> None:
    """Accounts for every item, line and code block directly below the heading."""
    assert where.part is not None
    loose: list[Block] = [block for block in section.blocks if not isinstance(block, Listing)]
    items = [item for block in section.blocks if isinstance(block, Listing) for item in block.items]
    if where.part == "exclusion":
        for item in items:
            exclude(item.line, item.blocks, where.section, sink)
        if not items and section.blocks:
            exclude(section.line, (*section.blocks,), where.section, sink, section.title)
        return
    if _tells_place(tuple(loose)):
        sink.refuse(section, section.title.text, WHY[where.part])
    for item in items:
        if _tells_place(item.blocks):
            sink.refuse(_head(item), _head_text(item), WHY[where.part])


def exclude(
    line: int, blocks: tuple[Block, ...], section: str, sink: Sink, title: Line | None = None
) -> None:
    """Notes what `blocks` ask to keep."""
    lines = [*([title] if title else []), *lines_of(blocks)]
    text = lines[0].text if lines else ""
    places = merged(place for each in lines for place in locations_in(each))
    symbols = tuple(dict.fromkeys(name for each in lines for name in symbols_in(each)))
    sink.exclusions.append(Exclusion(text, line, section, places, symbols))


def _tells_place(blocks: tuple[Block, ...]) -> bool:
    return any(True for _ in fences_of(blocks)) or any(map(locations_in, lines_of(blocks)))


def _head(item: Item) -> Fence | Section:
    return Fence("", "", item.line, item.end)


def _head_text(item: Item) -> str:
    first = item.blocks[0] if item.blocks else None
    return first.lines[0].text if isinstance(first, Paragraph) else ""
