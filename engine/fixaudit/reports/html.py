"""An HTML report as the tree that Markdown gives, through Beautiful Soup; lines are those of the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from fixaudit.errors import ReportError
from fixaudit.reports.html_cards import cards_of, rank_of, take_heading
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
)
from fixaudit.reports.vocabulary import label_kind

if TYPE_CHECKING:
    from bs4.element import PageElement, Tag

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset((
    *_HEADINGS, "p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "ul", "ol", "dl", "dt", "dd", "li",
    "table", "pre", "blockquote", "details", "summary", "hr", "figure", "body", "html", "form", "tbody", "thead", "tr",
))  # fmt: skip
_CARD = 7
"""The level of a card's heading: below all others."""
_SKIPPED = frozenset(("script", "style", "head", "template", "noscript", "svg", "button"))


def parse_html(name: str, text: str) -> Section:
    """The document as a section of level 0. Raises `ReportError` where Beautiful Soup is missing."""
    try:
        from bs4 import BeautifulSoup
    except ImportError as error:
        raise ReportError(
            f"{name}:1: this is HTML, which needs Beautiful Soup: pip install 'fixaudit[html]'"
        ) from error
    soup = BeautifulSoup(text, "html.parser")
    root = Section(0, Line((), 0), end=text.count("\n") + 1)
    stack = [root]
    for block in _blocks([soup], cards_of(soup, _lines)):
        if not isinstance(block, Section):
            stack[-1].blocks.append(block)
            continue
        if block.level == _CARD:
            stack[-1].children.append(block)
            continue
        block.end = root.end
        while stack[-1].level >= block.level:
            stack.pop().end = max(block.line - 1, 0)
        stack[-1].children.append(block)
        stack.append(block)
    return root


def _blocks(nodes: Iterable[PageElement], cards: Set[int]) -> list[Block | Section]:
    """The blocks of some nodes in order; words between them become paragraphs, `cards` sections."""
    from bs4.element import Comment, Tag

    made: list[Block | Section] = []
    words: list[PageElement] = []
    for node in [*nodes, None]:
        if isinstance(node, Comment):
            continue
        if node is not None and not (isinstance(node, Tag) and _holds_blocks(node)):
            words.append(node)
            continue
        lines = _lines(words)
        made += [Paragraph(lines)] if lines else []
        words = []
        if isinstance(node, Tag) and node.name not in _SKIPPED:
            made += _card(node, cards) if id(node) in cards else _block(node, cards)
    return _with_values(made)


def _card(tag: Tag, cards: Set[int]) -> list[Block | Section]:
    line, end = tag.sourceline or 0, (tag.sourceline or 0) + str(tag).count("\n")
    head = take_heading(tag, _lines, cards)
    blocks = _blocks(list(tag.children), cards)
    if head is None:
        return blocks
    inner = [block for block in blocks if isinstance(block, Section)]
    own = [block for block in blocks if not isinstance(block, Section)]
    return [Section(_CARD, head, own, inner, end=max(end, line))]


def _with_values(blocks: list[Block | Section]) -> list[Block | Section]:
    """The name of a field in an element of its own with the value after it, "File", "a.py", and a badge
    right below a heading as its severity."""
    made: list[Block | Section] = []
    for block in blocks:
        last = made[-1] if made else None
        match last, block:
            case Section(), Paragraph((line,)) if rank_of(line.text):
                pieces = (Piece("Severity: ", strong=True), *line.pieces)
                made.append(Paragraph((replace(line, pieces=pieces),)))
            case Paragraph((name,)), Paragraph((line, *rest)) if label_kind(name.text):
                pieces = (*map(_strong, name.pieces), Piece(": "), *line.pieces)
                made[-1] = Paragraph((replace(name, pieces=pieces), *rest))
            case _:
                made.append(block)
    return made


def _holds_blocks(tag: Tag) -> bool:
    return (
        tag.name in _BLOCKS | _SKIPPED
        or tag.name == "[document]"
        or tag.find(list(_BLOCKS)) is not None
    )


def _block(tag: Tag, cards: Set[int]) -> list[Block | Section]:
    line = tag.sourceline or 0
    if tag.name in _HEADINGS:
        head = take_heading(tag, _lines)
        rest = [piece for line_ in _lines([tag]) for piece in (Piece(" "), *line_.pieces)]
        pieces = (*(head.pieces if head else ()), *rest)
        return [Section(int(tag.name[1]), Line(pieces, line))] if pieces else []
    match tag.name:
        case "ul" | "ol":
            rows = tag.find_all("li", recursive=False)
            return (
                [Listing(tuple(_item(row, n, tag.name, cards) for n, row in enumerate(rows, 1)))]
                if rows
                else []
            )
        case "table":
            return _table(tag)
        case "pre":
            code = tag.get_text()
            return [Fence("", code, line, line + code.count("\n"))]
        case "hr":
            return [Rule(line)]
        case "summary" | "dt":
            lines = [replace(ln, pieces=tuple(map(_strong, ln.pieces))) for ln in _lines([tag])]
            return [Paragraph(tuple(lines))] if lines else []
    return _blocks(tag.children, cards)


def _item(row: Tag, number: int, kind: str, cards: Set[int]) -> Item:
    blocks = tuple(
        block for block in _blocks(row.children, cards) if not isinstance(block, Section)
    )
    line = row.sourceline or 0
    return Item(str(number) if kind == "ol" else None, blocks, line, line + str(row).count("\n"))


def _table(tag: Tag) -> list[Block | Section]:
    rows = [
        tuple(_cell(cell) for cell in row.find_all(["th", "td"], recursive=False))
        for row in tag.find_all("tr")
        if row.find_parent("table") is tag
    ]
    return [Table(rows[0], tuple(rows[1:]))] if len(rows) > 1 else []


def _cell(cell: Tag) -> Line:
    lines = _lines([cell])
    pieces = tuple(piece for line in lines for piece in (*line.pieces, Piece(" ")))[:-1]
    return Line(pieces, cell.sourceline or 0)


def _lines(nodes: Iterable[PageElement]) -> tuple[Line, ...]:
    """The words of inline nodes, a line each; `<br>` begins a new one."""
    rows: list[tuple[int, list[Piece]]] = [(0, [])]
    for node in nodes:
        _inline(node, Piece(""), rows)
    return tuple(
        Line(tuple(pieces), line) for line, pieces in rows if any(p.text.strip() for p in pieces)
    )


def _inline(node: PageElement, style: Piece, rows: list[tuple[int, list[Piece]]]) -> None:
    from bs4.element import NavigableString, Tag

    if isinstance(node, Tag):
        if node.name == "br":
            rows.append((rows[-1][0], []))
        inner = Piece(
            "",
            style.code or node.name in ("code", "tt", "kbd", "samp"),
            style.strong or node.name in ("b", "strong", "th"),
            str(node.get("href")) if node.name == "a" and node.get("href") else style.href,
            style.struck or node.name in ("s", "del", "strike"),
        )
        if isinstance(node.previous_sibling, Tag) and not style.code:
            _part(rows[-1][1])
        if not rows[-1][0] and node.sourceline:
            rows[-1] = (node.sourceline, rows[-1][1])
        for child in node.children:
            _inline(child, inner, rows)
    elif isinstance(node, NavigableString):
        parent = node.parent
        text = re.sub(r"\s+", " ", node)
        if not rows[-1][0] and parent is not None and parent.sourceline:
            rows[-1] = (parent.sourceline, rows[-1][1])
        if text.strip() or rows[-1][1]:
            rows[-1][1].append(Piece(text, style.code, style.strong, style.href, style.struck))


def _part(pieces: list[Piece]) -> None:
    """Ends the words of an element right in front of another one; a name of a field is one."""
    if pieces and not pieces[-1].text.endswith(" "):
        named = len(pieces) == 1 and label_kind(pieces[0].text) and pieces[0].text[-1:] not in ":："
        pieces[-1] = replace(pieces[-1], text=pieces[-1].text + (": " if named else " "))


def _strong(piece: Piece) -> Piece:
    return replace(piece, strong=True)
