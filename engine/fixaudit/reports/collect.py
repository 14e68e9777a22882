"""What a walk through a report collects: candidates, and passages that rule findings out."""

from __future__ import annotations

from dataclasses import dataclass, field

from fixaudit.reports.finding_body import Body
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
from fixaudit.reports.model import Exclusion, Location, NotTaken, Severity
from fixaudit.reports.titles import Title
from fixaudit.reports.vocabulary import WHY, Part


@dataclass(frozen=True, slots=True)
class Where:
    """Where in the report the walk is: what the headings above say."""

    part: Part | None = None
    severity: Severity | None = None
    severity_text: str = ""
    section: str = ""
    category: str = ""
    holds_issues: bool = False
    path: Location | None = None
    number: str | None = None


@dataclass(slots=True)
class Candidate:
    """A passage that is a finding or repeats one. `text` is its first line as it reads."""

    title: Title
    text: str
    line: int
    end: int
    body: Body
    where: Where
    checked: bool | None = None
    whole_section: bool = False
    by_tool: bool = False

    @property
    def has_place(self) -> bool:
        return bool(self.title.locations or self.body.locations())

    @property
    def has_code(self) -> bool:
        return bool(self.body.snippets)


@dataclass(slots=True)
class Sink:
    candidates: list[Candidate] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)

    def refuse(self, line: Line | Section | Fence, text: str, why: str) -> None:
        self.not_taken.append(NotTaken(_number(line), " ".join(text.split())[:160], why))


def _number(of: Line | Section | Fence) -> int:
    return of.number if isinstance(of, Line) else of.line


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
