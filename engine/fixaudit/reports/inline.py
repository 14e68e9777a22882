"""Inline tokens of Markdown to source lines made of pieces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixaudit.reports.markdown_tree import Line, Piece

if TYPE_CHECKING:
    from markdown_it.token import Token


def lines_from(tokens: list[Token], first: int) -> tuple[Line, ...]:
    """One `Line` per source line; at least one, even for an empty heading."""
    lines: list[list[Piece]] = [[]]
    strong = 0
    href: str | None = None
    for token in tokens:
        match token.type:
            case "strong_open":
                strong += 1
            case "strong_close":
                strong -= 1
            case "link_open":
                href = str(token.attrGet("href") or "")
            case "link_close":
                href = None
            case "softbreak" | "hardbreak":
                lines.append([])
            case "text" | "text_special":
                lines[-1].append(Piece(token.content, False, strong > 0, href))
            case "code_inline":
                lines[-1].append(Piece(token.content, True, strong > 0, href))
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
