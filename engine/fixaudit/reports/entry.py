"""A report as a tree of entries: headings, bold leads, list items, table rows, lines of tools.

An entry keeps its blocks in order, to be read whole where it is a finding, and the entries made of them, to
be read one by one where it is only what encloses findings. `forms` decides which of the two it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from fixaudit.reports.labels import Labelled, labelled, of_table, own_labels
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import (
    Block,
    Fence,
    Item,
    Line,
    Listing,
    Paragraph,
    Piece,
    Rule,
    Section,
    Table,
    fences_of,
    lines_of,
)
from fixaudit.reports.model import Disposition, Location, Severity
from fixaudit.reports.severity import severity_in
from fixaudit.reports.titles import Title, lead_of, only_places, title_of
from fixaudit.reports.tool_lines import ToolLine, tool_lines
from fixaudit.reports.vocabulary import Label, Part, column_kind, label_kind

Kind = Literal["document", "heading", "lead", "caption", "item", "table", "row", "line", "tool"]
_IDENT = re.compile(
    r"#\d{1,3}|#?[A-Z]{1,8}(?:-[A-Z0-9]{1,8}){0,3}-?\d{1,4}[a-z]?|\d{1,2}(?:\.\d{1,2})+"
)
_SECTIONS = ("document", "heading", "lead", "caption")


@dataclass(frozen=True, slots=True)
class Context:
    """What holds at one point of a report. `name` is the nearest heading in words, to name an entry
    that is only a place; `number` the number its items go on from."""

    part: Part | None = None
    severity: Severity | None = None
    severity_text: str = ""
    section: str = ""
    category: str = ""
    name: str = ""
    holds_issues: bool = False
    path: Location | None = None
    number: str | None = None
    disposition: Disposition | None = None
    plain_list: bool = False
    in_fields: bool = False


@dataclass(slots=True)
class Entry:
    """One node. `head` is its first line, `rest` what follows the title there, `end` its last line.

    `blocks` is all that stands below the head in order, but for headings, which are `sections`;
    `children` are the entries made of the blocks. `cells` are the fields of a row.
    """

    kind: Kind
    head: Line
    end: int
    title: Title
    blocks: list[Block] = field(default_factory=list)
    sections: list[Entry] = field(default_factory=list)
    children: list[Entry] = field(default_factory=list)
    rest: Line = Line((), 0)
    number: str | None = None
    cells: dict[Label, Line] = field(default_factory=dict)
    tool: ToolLine | None = None
    labels: frozenset[Label] = frozenset()
    where: Context = field(default_factory=Context)
    finding: bool = False
    is_group: bool = False
    sure: bool = False
    among: int = 0

    @property
    def line(self) -> int:
        return self.head.number

    @property
    def is_section(self) -> bool:
        return self.kind in _SECTIONS

    def below(self) -> Iterator[Entry]:
        """The entries right below, in order."""
        yield from self.children
        yield from self.sections

    def fences(self) -> Iterator[Fence]:
        yield from fences_of(self.blocks)
        for section in self.sections:
            yield from section.fences()

    def lines(self) -> Iterator[Line]:
        """Every line below the head, code left out."""
        yield from lines_of(self.blocks)
        for section in self.sections:
            yield section.head
            yield from section.lines()


def entries_of(section: Section) -> Entry:
    """The tree of a document or of a section of it."""
    sections = [entries_of(child) for child in section.children]
    last = min([child.line - 1 for child in section.children] or [section.end])
    return Entry(
        "heading" if section.level else "document",
        section.title,
        section.end,
        title_of(section.title, heading=True),
        section.blocks,
        sections,
        _entries(section.blocks, last),
        labels=_labels(section.blocks),
    )


def _labels(blocks: list[Block]) -> frozenset[Label]:
    return frozenset(found.kind for found in own_labels(blocks) if found.kind is not None)


def _entries(blocks: list[Block], last: int, nested: bool = False) -> list[Entry]:
    """The entries of a run of blocks: a lead takes what follows it, until the next one."""
    made: list[Entry] = []
    lead: Entry | None = None
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


def _close(made: list[Entry], last: int) -> None:
    """The ends of leads, and the entries inside them."""
    for entry, following in zip(made, [*made[1:], None], strict=False):
        if entry.kind in ("lead", "caption"):
            entry.end = following.line - 1 if following else last
            entry.labels = _labels(entry.blocks)
            entry.children = _entries(entry.blocks, entry.end, nested=True)


def _ends(lead: Entry, block: Block) -> bool:
    """True where what follows a lead is no part of it."""
    if lead.kind == "caption":  # it holds the lists and tables that follow at once
        return not isinstance(block, Listing | Table | Fence)
    boxes = isinstance(block, Listing) and any(_box(item) is not None for item in block.items)
    sentence = "".join(piece.text for piece in lead.head.pieces if not piece.strong)
    return re.search(r"[^\W\d_]{3}", sentence) is not None and not lead.blocks and boxes


def _add(made: list[Entry], block: Block) -> None:
    last = made[-1] if made and made[-1].kind == "item" else None
    match block:
        case Listing():
            made.extend(entries_of_list(block))
        case Table():
            table = _table(block)
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
            made.extend(
                Entry("tool", Line((), found.line), found.end, Title(found.words), tool=found)
                for found in tool_lines(block)
            )
        case Paragraph(lines):
            made.extend(_placed_lines(lines))
        case _:
            pass


def _placed_lines(lines: tuple[Line, ...]) -> Iterator[Entry]:
    """The lines of a linter: `app.py:3:1: E501 too long`."""
    for line in lines:
        places = locations_in(line)
        begins = places and line.text.lstrip("`*[( ").startswith(places[0].written)
        if begins and any(place.ranges for place in places):
            yield Entry("line", line, line.number, title_of(line), [Paragraph((line,))])


def entries_of_list(listing: Listing) -> list[Entry]:
    """The items of a list; `among` is the line the list begins at."""
    made = list(map(entry_of_item, listing.items))
    for entry in made:
        entry.among = listing.items[0].line
    return made


def entry_of_item(item: Item) -> Entry:
    """A list item with what is nested in it."""
    first = item.blocks[0] if item.blocks else None
    head = first.lines[0] if isinstance(first, Paragraph) else Line((), item.line)
    lead, rest = lead_of(head)
    blocks: list[Block] = list(item.blocks)
    if isinstance(first, Paragraph):
        blocks[0:1] = [Paragraph(first.lines[1:])] if first.lines[1:] else []
    title = title_of(lead)
    if title.id is None and item.number:
        title = replace(title, id=item.number)
    inner = [
        entry for block in blocks if isinstance(block, Listing) for entry in entries_of_list(block)
    ]
    return Entry(
        "item", head, item.end, title, blocks, [], inner, rest, item.number, labels=_labels(blocks)
    )


def _box(item: Item) -> str | None:
    first = item.blocks[0] if item.blocks else None
    return box_of(first.lines[0]) if isinstance(first, Paragraph) else None


def box_of(line: Line) -> str | None:
    """What stands in the box a line opens with, None without one."""
    found = re.match(r"\W{0,3}\[([ xX✓✔])\]", line.text)
    return found.group(1) if found else None


def _table(table: Table) -> Entry | None:
    """A table of more than properties, with its rows."""
    if of_table(table) or not table.header:
        return None
    kinds = _columns(table)
    rows = [_row(row, kinds) for row in table.rows if any(c.text.strip(" -–—…") for c in row)]
    words = " | ".join(cell.text for cell in table.header)
    head = replace(table.header[0], pieces=tuple(p for c in table.header for p in c.pieces))
    end = rows[-1].line if rows else head.number
    return Entry(
        "table", head, end, Title(words), children=rows,
        labels=frozenset(kind for kind in kinds if kind),
    )  # fmt: skip


def _columns(table: Table) -> list[Label | None]:
    """What each column holds: by its name, else by its cells."""
    kinds = [column_kind(cell.text) for cell in table.header]
    for at in range(len(kinds)):
        cells = [row[at] for row in table.rows if at < len(row) and row[at].text.strip(" -–—…")]
        texts = {cell.text.strip(" `*[]") for cell in cells}
        if (
            len(texts) == len(cells) > 0
            and kinds[at] != "rule"
            and all(map(_IDENT.fullmatch, texts))
        ):
            kinds[at] = "id" if "id" not in kinds else kinds[at]
        elif kinds[at] in (None, "category", "status") and cells:
            kinds[at] = _kind_of_cells(table.header[at].text, cells, kinds) or kinds[at]
    if "lines" in kinds and not {"title", "severity", "weak-severity"} & {*kinds}:
        at = kinds.index("lines")
        counts = all(at >= len(r) or re.fullmatch(r"\W*[\d,]*\W*", r[at].text) for r in table.rows)
        if counts and re.search(
            r"lines|zeilen|lignes|l[ií]neas|linhas|строк\b|行数", table.header[at].text, re.I
        ):
            kinds[at] = None  # how long each file is
    if not {"title", "problem", "recommendation", "category", "rule"} & {*kinds} and (
        {"location"} < {*kinds} & {"location", "lines", "severity", "id"}
    ):
        kinds = _with_title(table, kinds)
    return kinds


_OTHER = re.compile(
    "complex|effort|difficult|confiden|likelihood|probab|aufwand|schwierig|esfuer|esfor[cç]|complej|сложн|трудо|вероятн|уверен|难度|工作量|概率|工数",
    re.I,
)
"""Columns of other scales, in the words of severities."""


def _kind_of_cells(name: str, cells: list[Line], kinds: list[Label | None]) -> Label | None:
    """A column of paths or of severities, whatever it is called."""
    placed = sum(bool(locations_in(cell)) for cell in cells)
    if "location" not in kinds and placed * 2 > len(cells):
        return "location"
    rated = not _OTHER.search(name) and all(
        len(cell.text) < 20 and severity_in(cell.text) is not None for cell in cells
    )
    plain_words = not any(re.fullmatch(r"[\d.,%/ ]+", cell.text) for cell in cells)
    return "severity" if "severity" not in kinds and rated and plain_words else None


def _with_title(table: Table, kinds: list[Label | None]) -> list[Label | None]:
    """The column with the most words is the title, where no other is named so."""
    free = [at for at, kind in enumerate(kinds) if kind is None]
    words = {
        at: sum(
            len(re.findall(r"[^\W\d_]{2,}", row[at].text)) for row in table.rows if at < len(row)
        )
        for at in free
    }
    best = max(free, key=lambda at: words[at], default=None)
    if best is not None and words[best] >= len(table.rows):
        kinds[best] = "title"
    return kinds


def _row(row: tuple[Line, ...], kinds: list[Label | None]) -> Entry:
    cells: dict[Label, Line] = {}
    for kind, cell in zip(kinds, row, strict=False):
        if kind and kind not in cells:
            cells[kind] = cell
    if len(row) > len(kinds) and "status" not in cells and "✅" in row[-2].text:
        cells["status"] = row[-2]
    named = next(
        (
            k
            for k in ("title", "problem", "category", "recommendation", "rule", "symbol")
            if k in cells
        ),
        None,
    )
    head = cells[named] if named else row[0]
    title = title_of(head)
    judged = "status" in kinds and not {"lines", "severity"} & {*kinds}
    if (
        judged
        and named == "problem"
        and len(head.text.split()) < 3
        and kinds[0] in (None, "location")
    ):
        title = replace(title, text=row[0].text)  # "| setup.cfg | missing |"
    ident = cells["id"].text.strip("# []()`*") if "id" in cells else ""
    if ident:
        title = replace(title, id=ident, explicit=True)
    pieces = tuple(piece for cell in row for piece in (*cell.pieces, Piece(" | ")))[:-1]
    return Entry("row", head, row[0].number, title, rest=Line(pieces, row[0].number), cells=cells)


def _lead(block: Block, following: list[Block]) -> Entry | None:
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
    return _made("caption", first, below) if listed and bare else None


def _made(kind: Kind, head: Line, blocks: list[Block], rest: Line | None = None) -> Entry:
    return Entry(
        kind, head, head.number, title_of(head), blocks, rest=rest or Line((), head.number)
    )


def _record_list(block: Listing) -> Entry | None:
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


def opens_bold(line: Line) -> bool:
    """True where the first words are bold; marks, numbers and boxes in front do not count."""
    pieces = [piece for piece in line.pieces if re.search(r"\w", piece.text)]
    return bool(pieces) and next(
        (piece.strong for piece in pieces if re.search(r"[^\W\d_]{2}", piece.text)), False
    )
