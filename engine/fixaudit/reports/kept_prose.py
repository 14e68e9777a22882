"""A passage as text with its places masked, its sentences, and the places that stretches of it name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from fixaudit.reports.keep_words import words_for
from fixaudit.reports.locations import LINE_WORD, lines_in, locations_in, merged, symbols_in
from fixaudit.reports.markdown_tree import Line, Piece
from fixaudit.reports.model import LineRange, Location

_LOOSE = re.compile(
    rf"(?<![\w/.@~-])(?:[\w.@+-]+[\\/])*[\w@+-]{{2,}}\.[a-z]{{1,6}}(?!\w)(?:[:#]L?\d+(?:[-–,]\d+)*)?"
    rf"|(?<!\w){LINE_WORD}\s*[:#]?\s*\d+(?:\s?(?:[-–,]|to|and|und|et|y|e|и)\s?\d+)*(?!\w)",
    re.I,
)
"""What may be a place in plain words: a path, or lines alone."""
BUT = re.compile(words_for("but"), re.I)
APART = re.compile(rf"(?:{words_for('apart')})(?:\s+[^\W\ue000]+){{0,4}}?\W*\ue000+", re.I)
_STOP = re.compile(r"[.!?](?=[\s\"”’)*]*(?:\s|\Z))|[。！？]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|approx|resp|ca|bzw|z\.\s?B|d\.\s?h|p\.\s?ex|ex|no|nr|ln|l|ll|стр|см|т\.\s?е|т\.\s?д)|\b[A-Z])\Z",
    re.I,
)


class Prose:
    """The text of a passage, and the same with places and code masked: `\\ue000` for what may be a
    place, `\\ue001` for other code, `\\ue002` for what stands in brackets and ends nothing."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.pieces: list[tuple[int, int, Line, Piece]] = []
        text, masked = "", ""
        for line in lines:
            if text:  # a line break is a blank, but in scripts without blanks
                blank = "" if re.search(r"[\u2e80-\u9fff\uff00-\uffef]\Z", text) else " "
                self.pieces.append((len(text), len(text) + len(blank), line, Piece(blank)))
                text, masked = text + blank, masked + blank
            for piece in line.pieces:
                self.pieces.append((len(text), len(text) + len(piece.text), line, piece))
                text += piece.text
                mark = "\ue000" if piece.href or _is_place(piece) else "\ue001"
                masked += mark * len(piece.text) if piece.code or piece.href else piece.text
        self.text = text
        self.lines = lines
        self.masked = _LOOSE.sub(lambda found: "\ue000" * len(found.group()), masked)

    def sentences(self) -> Iterator[tuple[int, int]]:
        start = 0
        for stop in _STOP.finditer(self.masked):
            if stop.group() == "." and _ABBREVIATION.search(self.masked[: stop.start()]):
                continue
            if self.masked[start : stop.end()].strip():
                yield start, stop.end()
            start = stop.end()
        if self.masked[start:].strip():
            yield start, len(self.masked)

    def goes_on(self, at: int, end: int) -> int:
        """Where words about what was spoken of end: with their sentence, unless it turns to another place."""
        behind = self.masked[at:end]
        return at if "\ue000" in behind or BUT.match(behind.lstrip(" ,;:–—-")) else end

    def line(self, start: int, end: int) -> Line:
        """A stretch of the text as a line of its own."""
        pieces = tuple(
            replace(piece, text=piece.text[max(start - a, 0) : max(end - a, 0)])
            for a, b, _, piece in self.pieces
            if a < end and b > start
        )
        return Line(pieces, self.span(start, end)[0])

    def words(self, start: int, end: int) -> str:
        return self.text[start:end].strip(" ,;:—–").strip()

    def span(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.text[start].isspace():
            start += 1
        numbers = [line.number for a, b, line, _ in self.pieces if a < end and b > start]
        return (min(numbers), max(numbers)) if numbers else (0, 0)

    def places(
        self, stretches: Iterable[tuple[int, int]], file: Location | None
    ) -> Iterator[Location]:
        """The places that stretches of the text name; lines and names alone are of the last file."""
        for start, end in stretches:
            file = self.last_file((0, start), file)
            apart = [found.span() for found in APART.finditer(self.masked, start, end)]
            line = self.line(start, end)
            for first, last in reversed(apart):
                head, tail = self.line(start, first), self.line(last, end)
                line = Line((*head.pieces, *tail.pieces), head.number)
            found = list(locations_in(line))
            names = tuple(dict.fromkeys(symbols_in(line)))
            loose = _not_in(lines_in(line.text), found)
            if found:
                if loose and not found[-1].ranges:
                    found[-1] = replace(found[-1], ranges=loose)
                elif loose:
                    found.append(replace(found[-1], ranges=loose))
                if len(found) == 1 or not any(at.ranges for at in found):
                    found = [replace(at, symbols=at.symbols + names) for at in found]
                yield from merged(found)
            elif loose and file is not None:
                yield replace(file, ranges=loose, symbols=names, line=line.number)
            elif loose:
                yield Location("", None, loose, names, "", line.number)
            else:
                path = file.path if file is not None else None
                yield from (Location(name, path, (), (name,), "", line.number) for name in names)

    def last_file(self, stretch: tuple[int, int], file: Location | None) -> Location | None:
        named = [
            at for at in locations_in(self.line(*stretch)) if at.path and not at.path.endswith("/")
        ]
        return replace(named[-1], ranges=(), symbols=()) if named else file

    def without(self, cut: Iterable[tuple[int, int]]) -> list[Line]:
        """The lines without some stretches; those that are left without a word are left out."""
        gone = sorted(cut)
        made: dict[int, list[Piece]] = {}
        for start, end, line, piece in self.pieces:
            parts, at = [], start
            for first, last in gone:
                if first < end and last > start:
                    parts.append(self.text[at : max(first, at)])
                    at = max(at, min(last, end))
            parts.append(self.text[at:end])
            text = "".join(parts)
            if text:
                made.setdefault(line.number, []).append(replace(piece, text=text))
        kept = (Line(tuple(pieces), number) for number, pieces in made.items())
        return [line for line in kept if re.search(r"\w", line.text)]


def _is_place(piece: Piece) -> bool:
    line = Line((piece,), 0)
    return bool(locations_in(line)) or any(True for _ in symbols_in(line))


def _not_in(ranges: tuple[LineRange, ...], places: Sequence[Location]) -> tuple[LineRange, ...]:
    return tuple(r for r in ranges if not any(r in place.ranges for place in places))
