"""Paragraphs in plain words: whether one tells something, and its first sentence, the title of an entry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from fixaudit.reports.labels import labelled
from fixaudit.reports.markdown_tree import Line, Paragraph, Piece
from fixaudit.reports.problem_words import without_tag
from fixaudit.reports.titles import Title, title_of
from fixaudit.reports.vocabulary import label_kind

_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\betc)(?<!\bapprox)(?<=[\w)\]`\"'»”])[.!?。](?=\s|\Z)|[。！？]"
)
_SHORT = 12
"""Characters up to which a full stop ends no sentence: "1. x", "No."."""


def first_sentence(head: Line, below: Iterable[Line]) -> Line:
    """`head` and what the lines `below` add to it, up to the end of its first sentence."""
    pieces = list(head.pieces)
    for line in below:
        if (
            labelled(line) is not None
            or line.text.startswith(("http:", "https:"))
            or _END.search("".join(piece.text for piece in pieces))
        ):
            break
        pieces += [Piece(" "), *line.pieces]
    made: list[Piece] = []
    length = 0
    for piece in pieces:
        opens = re.match(r"[.!?](?=\s)", piece.text) if made else None
        end = None if piece.code else opens or _END.search(piece.text)
        if end and length + end.start() > _SHORT:
            made.append(replace(piece, text=piece.text[: end.start() + 1].rstrip(" .")))
            break
        made.append(piece)
        length += len(piece.text)
    return Line(tuple(made), head.number)


def sentence_title(head: Line, below: Iterable[Line]) -> Title:
    """The title of an entry in plain words: its first sentence, without a tag such as `[BUG]`."""
    title = title_of(first_sentence(head, below))
    return replace(title, text=without_tag(title.text))


def is_prose(block: Paragraph) -> bool:
    """True for five words and more that are no label and announce nothing."""
    text = block.text
    return len(text.split()) > 4 and label_kind(text) is None and not text.endswith(":")
