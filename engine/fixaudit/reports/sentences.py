"""The first sentence of a paragraph that goes on over several lines: the title of an entry in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from fixaudit.reports.labels import labelled
from fixaudit.reports.markdown_tree import Line, Piece

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
