"""The nodes of a report: headings, bold leads, list items, table rows, lines of tools.

An entry keeps its blocks in order, to be read whole where it is a finding, and the entries made of them, to
be read one by one where it is only what encloses findings. `forms` decides which of the two it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from fixaudit.reports.field_names import Label
from fixaudit.reports.markdown_tree import (
    Block,
    Fence,
    Line,
    Paragraph,
    fences_of,
    lines_of,
)
from fixaudit.reports.model import Disposition, Location, Severity
from fixaudit.reports.titles import Title
from fixaudit.reports.tool_lines import ToolLine
from fixaudit.reports.vocabulary import Part

Kind = Literal[
    "document", "heading", "lead", "caption", "item", "table", "row", "line", "tool", "paragraph"
]


_SECTIONS = ("document", "heading", "lead", "caption")

ROW_FIELDS: tuple[Label, ...] = (
    "location", "lines", "severity", "weak-severity", "category", "rule", "symbol", "problem", "recommendation", "status",
)  # fmt: skip
"""The cells of a row in the order that they are read in."""


@dataclass(frozen=True, slots=True)
class Context:
    """What holds at one point of a report. `name` is the nearest heading in words, to name an entry
    that is only a place; `number` the number its items go on from; `near` the one file that the words of
    a heading name, for entries that name none, `about` that of the title, for those that tell lines.
    """

    part: Part | None = None
    severity: Severity | None = None
    severity_text: str = ""
    section: str = ""
    category: str = ""
    name: str = ""
    holds_issues: bool = False
    path: Location | None = None
    near: Location | None = None
    about: Location | None = None
    number: str | None = None
    disposition: Disposition | None = None
    plain_list: bool = False
    in_fields: bool = False


@dataclass(slots=True)
class ReportEntry:
    """One node. `repeated` says that its heading stands below several others alike: a part of each. `head` is its first line, `rest` what follows the title there, `end` its last line.

    `blocks` is all that stands below the head in order, but for headings, which are `sections`;
    `children` are the entries made of the blocks. `cells` are the fields of a row.
    """

    kind: Kind
    head: Line
    end: int
    title: Title
    blocks: list[Block] = field(default_factory=list)
    sections: list[ReportEntry] = field(default_factory=list)
    children: list[ReportEntry] = field(default_factory=list)
    rest: Line = field(default_factory=lambda: Line((), 0))
    number: str | None = None
    cells: dict[Label, Line] = field(default_factory=dict)
    tool: ToolLine | None = None
    labels: frozenset[Label] = frozenset()
    where: Context = field(default_factory=Context)
    finding: bool = False
    is_group: bool = False
    sure: bool = False
    among: int = 0
    repeated: bool = False
    by_tool: bool = False

    @property
    def line(self) -> int:
        return self.head.number

    @property
    def is_section(self) -> bool:
        return self.kind in _SECTIONS

    def below(self) -> Iterator[ReportEntry]:
        """The entries right below, in order."""
        yield from self.children
        yield from self.sections

    def goes_on(self) -> tuple[Line, ...]:
        """The lines of the paragraph right below the head, () where something else stands there."""
        block = self.blocks[0] if self.blocks else None
        return block.lines if isinstance(block, Paragraph) else ()

    def all_sections(self) -> Iterator[ReportEntry]:
        """The sections at any depth, in order."""
        for section in self.sections:
            yield section
            yield from section.all_sections()

    def fences(self) -> Iterator[Fence]:
        yield from fences_of(self.blocks)
        for section in self.sections:
            yield from section.fences()

    def own_lines(self) -> Iterator[Line]:
        """The lines of the paragraphs in front of the first list, table or code."""
        for block in self.blocks:
            if not isinstance(block, Paragraph):
                return
            yield from block.lines

    def lines(self) -> Iterator[Line]:
        """Every line below the head, code left out."""
        yield from lines_of(self.blocks)
        for section in self.sections:
            yield section.head
            yield from section.lines()


def box_of(line: Line) -> str | None:
    """What stands in the box a line opens with, None without one."""
    found = re.match(r"\W{0,3}\[([ xX✓✔])\]", line.text)
    return found.group(1) if found else None


def opens_bold(line: Line) -> bool:
    """True where the first words are bold; marks, numbers and boxes in front do not count."""
    pieces = [piece for piece in line.pieces if re.search(r"\w", piece.text)]
    return bool(pieces) and next(
        (piece.strong for piece in pieces if re.search(r"[^\W\d_]{2}", piece.text)), False
    )
