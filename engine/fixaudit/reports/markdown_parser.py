"""Markdown text to sections and blocks, through markdown-it-py; bounded in size, depth and time.

markdown-it-py reads 1.4 MB of a usual report in a second, 0.12 MB where every line is a list item or
a table row, and is quadratic in the brackets of one paragraph. Hence `LIMIT`, and no links in bracket-heavy paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fixaudit.errors import ReportError
from fixaudit.reports.labels import own_labels
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
    lines_from,
    pieces_of_words,
)

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LIMIT = 2 * 1024 * 1024
"""Bytes of Markdown read at most; real reports hold 5 to 500 KB, and 2 MB hold 20,000 findings."""
_PARAGRAPH_LIMIT = 128 * 1024
_BRACKETS_LIMIT = 400
_DEPTH = 60


def parse(name: str, text: str) -> Section:
    """The document as a section of level 0. `text` has `\\n` newlines and true line numbers.

    Raises `ReportError` for a paragraph or a nesting no report has.
    """
    from markdown_it import MarkdownIt

    full = (
        MarkdownIt("commonmark", {"maxNesting": _DEPTH})
        .enable(["table", "strikethrough"])
        .disable("inline")
    )
    plain = MarkdownIt("commonmark", {"maxNesting": _DEPTH}).enable(["table", "strikethrough"])
    plain.disable(["inline", "link", "image"])
    # Nothing is rendered, and links to `file:` cite places.
    full.validateLink = lambda _: True  # type: ignore[method-assign, assignment]
    tokens = full.parse(_without_front_matter(text))
    for token in tokens:
        _check(name, token)
        if token.type == "inline":
            crowded = token.content.count("[") > _BRACKETS_LIMIT
            _parse_inline(plain if crowded else full, token)
    document = _Builder(tokens, text.split("\n")).document()
    _trim(document, text.split("\n"))
    return document


def _trim(section: Section, lines: list[str]) -> None:
    """A section ends with its last words, not with the blank lines and the rule after them."""
    while section.end > section.line and not lines[section.end - 1].strip("-*_ \t"):
        section.end -= 1
    for child in section.children:
        _trim(child, lines)


def _check(name: str, token: Token) -> None:
    line = token.map[0] + 1 if token.map else 1
    if token.level >= _DEPTH - 2:
        raise ReportError(
            f"{name}:{line}: nested more than {_DEPTH // 2} levels deep; no audit report is, "
            "flatten the lists or quotes there"
        )
    if token.type == "inline" and len(token.content) > _PARAGRAPH_LIMIT:
        raise ReportError(
            f"{name}:{line}: one paragraph of {len(token.content)} characters; "
            "is this an audit report? Break it into lines or give the right file"
        )


def _parse_inline(parser: MarkdownIt, token: Token) -> None:
    token.children = []
    parser.inline.parse(token.content, parser, {}, token.children)


def _without_front_matter(text: str) -> str:
    """YAML front matter blanked out, its line count kept: it would read as a heading."""
    if not text.startswith("---\n"):
        return text
    close = text.find("\n---\n", 3)
    inside = text[4 : max(close, 4)]
    keys = all(re.match(r"[\w-]+:|[\s#-]|$", line) for line in inside.split("\n"))
    if close < 0 or not keys or len(inside) > 20_000:
        return text
    return "\n" * text.count("\n", 0, close + 5) + text[close + 5 :]


class _Builder:
    """Walks the token stream once; `at` is the next token."""

    def __init__(self, tokens: list[Token], lines: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.lines = lines
        self.last_line = len(lines)

    def document(self) -> Section:
        root = Section(0, Line((), 0), end=self.last_line)
        stack = [root]
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.type == "heading_open" and token.level == 0 and not self._is_record():
                section = Section(int(token.tag[1]), self._inline()[0], end=self.last_line)
                while stack[-1].level >= section.level:
                    stack.pop().end = section.line - 1
                stack[-1].children.append(section)
                stack.append(section)
            else:
                for block in self._block():
                    _append(stack[-1].blocks, block)
        return root

    def _is_record(self) -> bool:
        """A `---` right under `**File:** x` lines makes them a heading to Markdown, to no reader."""
        token, inline = self.tokens[self.at], self.tokens[self.at + 1]
        return token.markup in ("-", "=") and ("\n" in inline.content or inline.content[:2] == "**")

    def _inline(self) -> tuple[Line, ...]:
        """The lines of `x_open, inline, x_close`."""
        inline = self.tokens[self.at + 1]
        self.at += 3
        first = inline.map[0] + 1 if inline.map else 0
        return lines_from(inline.children or [], first)

    def _block(self) -> list[Block]:
        token = self.tokens[self.at]
        match token.type:
            case "paragraph_open":
                return [Paragraph(self._inline())]
            case "heading_open":
                setext = token.markup in ("-", "=")
                block = Paragraph(self._inline())
                return [block, Rule(token.map[1] if token.map else 0)] if setext else [block]
            case "bullet_list_open" | "ordered_list_open":
                return [self._list(token.type.replace("open", "close"))]
            case "table_open":
                return [self._table()]
            case "blockquote_open":
                return self._until("blockquote_close")
            case "fence" | "code_block":
                self.at += 1
                start, end = token.map or [0, 0]
                return [Fence(token.info.split(" ")[0].strip(), token.content, start + 1, end)]
            case "html_block":
                self.at += 1
                return _html(token.content, token.map[0] + 1 if token.map else 0)
            case "hr":
                self.at += 1
                return [Rule(token.map[0] + 1 if token.map else 0)]
        self.at += 1
        return []

    def _until(self, closing: str) -> list[Block]:
        level = self.tokens[self.at].level
        self.at += 1
        found: list[Block] = []
        while not (self.tokens[self.at].type == closing and self.tokens[self.at].level == level):
            found.extend(self._block())
        self.at += 1
        return found

    def _list(self, closing: str) -> Listing:
        level = self.tokens[self.at].level
        self.at += 1
        items: list[Item] = []
        while not (self.tokens[self.at].type == closing and self.tokens[self.at].level == level):
            opening = self.tokens[self.at]
            start, end = opening.map or [0, 0]
            blocks = tuple(self._until("list_item_close"))
            while end > start + 1 and not self.lines[end - 1].strip():
                end -= 1
            items.append(Item(opening.info or None, blocks, start + 1, end))
        self.at += 1
        return Listing(tuple(items))

    def _table(self) -> Table:
        rows: list[list[Line]] = []
        self.at += 1
        while self.tokens[self.at].type != "table_close":
            token = self.tokens[self.at]
            if token.type == "tr_open":
                rows.append([])
            if token.type in ("th_open", "td_open"):
                line = self.tokens[self.at + 1].map
                cell = self._inline()
                number = line[0] + 1 if line else 0
                rows[-1].append(cell[0] if cell else Line((), number))
                continue
            self.at += 1
        self.at += 1
        return Table(tuple(rows[0]), tuple(tuple(row) for row in rows[1:]))


def _append(blocks: list[Block], new: Block) -> None:
    """Adds a block; properties of item 10, indented as those of item 9 were, go where they belong:
    Markdown itself takes them for a list of their own."""
    last = blocks[-1] if blocks else None
    if not (isinstance(last, Listing) and isinstance(new, Listing) and last.items[-1].number):
        blocks.append(new)
        return
    labels = own_labels([new])
    if new.items[0].number or len(labels) < len(new.items) or all(x.kind is None for x in labels):
        blocks.append(new)
        return
    item = last.items[-1]
    whole = replace(item, blocks=(*item.blocks, new), end=new.items[-1].end)
    blocks[-1] = Listing((*last.items[:-1], whole))


def _html(content: str, line: int) -> list[Block]:
    """The words of an HTML block, such as the `<summary>` of a folded finding."""
    lines = []
    for offset, raw in enumerate(_COMMENT.sub(_newlines, content).split("\n")):
        words = re.sub(r"<[^<>]*>", " ", raw).strip()
        if words:
            heads = re.search(r"<(summary|h[1-6]|b|strong)\b", raw) is not None
            lines.append(Line(pieces_of_words(words, heads), line + offset))
    return [Paragraph(tuple(lines))] if lines else []


_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)


def _newlines(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")
