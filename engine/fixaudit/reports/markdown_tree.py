"""A Markdown report as a tree of sections, blocks and inline pieces, every line with its number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of inline text. `href` is set for a link; code, strong and struck text are flagged."""

    text: str
    code: bool = False
    strong: bool = False
    href: str | None = None
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One source line of a paragraph, heading or cell. `number` is 1-based."""

    pieces: tuple[Piece, ...]
    number: int

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces).strip()


@dataclass(frozen=True, slots=True)
class Paragraph:
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block; `line` is where its fence opens, `end` where it closes."""

    language: str
    code: str
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """A list item; `number` is what the report wrote before it, None for bullets."""

    number: str | None
    blocks: tuple[Block, ...]
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`header` and every row are tuples of cells, one `Line` each."""

    header: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break: some reports set their findings apart with it."""

    line: int


Block = Paragraph | Fence | Listing | Table | Rule


@dataclass(slots=True)
class Section:
    """A heading with what stands below it. `level` 0 is the document; `end` its last line."""

    level: int
    title: Line
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)
    end: int = 0

    @property
    def line(self) -> int:
        return self.title.number


def lines_of(blocks: tuple[Block, ...] | list[Block]) -> Iterator[Line]:
    """Every inline line in document order, nested ones included; code is left out."""
    for block in blocks:
        match block:
            case Paragraph(lines):
                yield from lines
            case Listing(items):
                for item in items:
                    yield from lines_of(item.blocks)
            case Table(header, rows):
                for row in (header, *rows):
                    yield from row
            case _:
                pass


def fences_of(blocks: tuple[Block, ...] | list[Block]) -> Iterator[Fence]:
    """Every code block in document order, nested ones included."""
    for block in blocks:
        match block:
            case Fence():
                yield block
            case Listing(items):
                for item in items:
                    yield from fences_of(item.blocks)
            case _:
                pass


def lines_from(tokens: list[Token], first: int) -> tuple[Line, ...]:
    """One `Line` per source line; at least one, even for an empty heading."""
    lines: list[list[Piece]] = [[]]
    strong = struck = 0
    href: str | None = None
    for token in tokens:
        match token.type:
            case "strong_open":
                strong += 1
            case "strong_close":
                strong -= 1
            case "s_open":
                struck += 1
            case "s_close":
                struck -= 1
            case "html_inline" if re.fullmatch(r"</?(?:b|strong)>", token.content, re.I):
                strong = max(strong + (-1 if "/" in token.content else 1), 0)
            case "link_open":
                href = str(token.attrGet("href") or "")
            case "link_close":
                href = None
            case "softbreak" | "hardbreak":
                lines.append([])
            case "text" | "text_special":
                lines[-1].append(Piece(token.content, False, strong > 0, href, struck > 0))
            case "code_inline":
                lines[-1].append(Piece(token.content, True, strong > 0, href, struck > 0))
            case "html_inline" if token.content.lower().startswith("<br"):
                lines[-1].append(Piece("; ", False, False, None))
            case _:
                pass
    return tuple(Line(tuple(p for p in row if p.text), first + n) for n, row in enumerate(lines))


def pieces_of_words(words: str, strong: bool) -> tuple[Piece, ...]:
    """Plain words with `code` marks in them, as pieces: what HTML blocks hold."""
    parts = re.split(r"(`[^`]+`)", words)
    return tuple(
        Piece(part.strip("`") if part.startswith("`") else part, part.startswith("`"), strong)
        for part in parts
        if part
    )
