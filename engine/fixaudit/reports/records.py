"""Findings without headings: bold lead lines and `**Issue:**` records become small sections."""

from __future__ import annotations

import re

from fixaudit.reports.labels import labelled, own_labels
from fixaudit.reports.markdown_tree import Block, Line, Listing, Paragraph, Rule, Section
from fixaudit.reports.titles import lead_of, title_of
from fixaudit.reports.vocabulary import label_kind

RECORD_LEVEL = 7


def split_records(section: Section) -> None:
    """Moves what follows a lead line into child sections of level 7, in place.

    A lead line is a paragraph that is bold from start to end (a place or a dash may follow) with
    a number, severity or place in it; or the `Issue:` label of a record with a place or severity.
    """
    groups: list[tuple[Line, list[Block]]] = []
    kept: list[Block] = []
    for at, block in enumerate(section.blocks):
        head = _head_of(block, section.blocks[at : at + 4])
        if head is not None:
            title, rest = head
            groups.append((title, rest))
        elif groups and not isinstance(block, Rule):
            groups[-1][1].append(block)
        elif not groups:
            kept.append(block)
    if not groups:
        return
    section.blocks[:] = kept
    ends = [title.number - 1 for title, _ in groups[1:]]
    last = min([child.line - 1 for child in section.children] or [section.end])
    made = [
        Section(RECORD_LEVEL, title, blocks, [], end)
        for (title, blocks), end in zip(groups, [*ends, last], strict=True)
    ]
    section.children[:0] = made


def lead_count(section: Section) -> int:
    """How many lead lines stand directly below the heading."""
    blocks = section.blocks
    return sum(_head_of(block, blocks[at : at + 4]) is not None for at, block in enumerate(blocks))


def _head_of(block: Block, following: list[Block]) -> tuple[Line, list[Block]] | None:
    """The title line and the remaining blocks of a lead, None for any other block."""
    if isinstance(block, Listing):
        return _record_list(block)
    if not isinstance(block, Paragraph):
        return None
    first = block.lines[0]
    label = labelled(first)
    if label is not None and label.kind == "title" and label.rest.text:
        kinds = {found.kind for found in own_labels(following)}
        return (label.rest, _rest(block)) if kinds & {"location", "severity", "lines"} else None
    title = title_of(first)
    numbered = title.explicit and title.id is not None
    if (label is not None and not numbered) or not first.pieces or not _opens_bold(first):
        return None
    lead, rest = lead_of(first)
    stands_out = title.id or title.severity or title.explicit or title.locations
    if not stands_out or (label_kind(lead.text) and not numbered):
        return None
    if rest.text and not title.locations and not title.severity:
        return None
    return first, _rest(block)


def _opens_bold(line: Line) -> bool:
    front = "".join(p.text for p in line.pieces[: _first_strong(line)])
    return any(p.strong for p in line.pieces) and not re.search(r"[a-z]{3}", front)


def _first_strong(line: Line) -> int:
    return next((i for i, piece in enumerate(line.pieces) if piece.strong), len(line.pieces))


def _rest(block: Paragraph) -> list[Block]:
    return [Paragraph(block.lines[1:])] if len(block.lines) > 1 else []


def _record_list(block: Listing) -> tuple[Line, list[Block]] | None:
    """`- **Issue:** x`, `- **File:** y`: a list that is one record."""
    first = block.items[0].blocks[0] if block.items and block.items[0].blocks else None
    if not isinstance(first, Paragraph):
        return None
    label = labelled(first.lines[0])
    kinds = [found.kind for found in own_labels([block])]
    if label is None or label.kind != "title" or kinds.count("title") > 1:
        return None
    if not {"location", "severity", "lines"} & set(kinds):
        return None
    return label.rest, [Listing(block.items[1:])]
