"""How a changed text stems from the text as read: pieces, through any number of passes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fixaudit.text.encoding import Decoded

Owner = tuple[str, str]
"""Who needs a change: `(fingerprint, codemod)` of a finding."""


@dataclass(frozen=True, slots=True)
class MappedEdit:
    """Replace bytes `start` to `end` of the text as read by `text`; `owners` are who needs it."""

    start: int
    end: int
    text: bytes
    owners: tuple[Owner, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the current text: original bytes (`text` None), or what replaced them."""

    start: int
    end: int
    text: bytes | None = None
    owners: tuple[Owner, ...] = ()

    @property
    def size(self) -> int:
        return self.end - self.start if self.text is None else len(self.text)


class SourceMap:
    """The current text as pieces of the first one; `add` carries out a round of disjoint edits."""

    def __init__(self, size: int) -> None:
        self._pieces = [_Piece(0, size)]
        self._starts: list[int] = [0]

    def add(self, edits: Iterable[MappedEdit]) -> None:
        """Apply edits whose offsets count in the current text; they must not overlap."""
        ordered = sorted(edits, key=lambda entry: (entry.start, entry.end))
        cuts = sorted({offset for edit in ordered for offset in (edit.start, edit.end)})
        pieces = _cut(self._pieces, cuts)
        result: list[_Piece] = []
        index = position = 0
        for edit in ordered:
            while index < len(pieces) and position + pieces[index].size <= edit.start:
                result.append(pieces[index])
                position += pieces[index].size
                index += 1
            first = index
            while index < len(pieces) and position < edit.end:
                position += pieces[index].size
                index += 1
            result.append(_replacement(edit, pieces[first:index], result))
        self._pieces = [*result, *pieces[index:]]
        self._starts = _starts(self._pieces)

    def edits(self) -> tuple[MappedEdit, ...]:
        """All changes as disjoint edits of the first text, in order."""
        found: list[MappedEdit] = []
        for piece in self._pieces:
            if piece.text is None:
                continue
            last = found[-1] if found else None
            if last is not None and last.end == piece.start and _one_place(last, piece):
                owners = tuple(dict.fromkeys((*last.owners, *piece.owners)))
                found[-1] = MappedEdit(last.start, piece.end, last.text + piece.text, owners)
            else:
                found.append(MappedEdit(piece.start, piece.end, piece.text, piece.owners))
        return tuple(found)

    def owners(self, start: int, end: int) -> tuple[Owner, ...]:
        """Who needs what is new in a range of the current text, or was removed at its edges."""
        found: dict[Owner, None] = {}
        for at, piece in zip(self._starts, self._pieces, strict=True):
            edge = not piece.size or start == end
            inside = at <= end and start <= at + piece.size
            if (
                piece.text is not None
                and inside
                and (edge or (at < end and start < at + piece.size))
            ):
                found |= dict.fromkeys(piece.owners)
        return tuple(found)

    def before(self, offset: int) -> tuple[int, int]:
        """The range of the first text that `offset` of the current one comes from.

        A single point where nothing touched it; the replaced range where it lies in new text.
        """
        index = max(0, bisect_right(self._starts, offset) - 1)
        piece = self._pieces[index]
        if piece.text is not None:
            return piece.start, piece.end
        point = piece.start + offset - self._starts[index]
        return point, point


def _starts(pieces: Iterable[_Piece]) -> list[int]:
    starts, position = [], 0
    for piece in pieces:
        starts.append(position)
        position += piece.size
    return starts


def _one_place(last: MappedEdit, piece: _Piece) -> bool:
    # Insertions at one point have no order of their own as edits, so they become one.
    return last.start == last.end or piece.start == piece.end


def _cut(pieces: Iterable[_Piece], cuts: Sequence[int]) -> list[_Piece]:
    """The pieces, cut in two wherever a cut falls inside one."""
    result: list[_Piece] = []
    position = number = 0
    for piece in pieces:
        end = position + piece.size
        while number < len(cuts) and cuts[number] <= position:
            number += 1
        while number < len(cuts) and cuts[number] < end:
            left, piece = _halves(piece, cuts[number] - position)
            result.append(left)
            position = cuts[number]
            number += 1
        result.append(piece)
        position = end
    return result


def _halves(piece: _Piece, size: int) -> tuple[_Piece, _Piece]:
    if piece.text is None:
        middle = piece.start + size
        return _Piece(piece.start, middle), _Piece(middle, piece.end)
    left = _Piece(piece.start, piece.end, piece.text[:size], piece.owners)
    return left, _Piece(piece.end, piece.end, piece.text[size:], piece.owners)


def _replacement(edit: MappedEdit, covered: Sequence[_Piece], before: Sequence[_Piece]) -> _Piece:
    """The piece for an edit that swallows whole pieces; an insertion swallows none."""
    if covered:
        start, end = covered[0].start, covered[-1].end
    else:
        start = end = before[-1].end if before else 0
    owners = [*edit.owners, *(claim for piece in covered for claim in piece.owners)]
    return _Piece(start, end, edit.text, tuple(dict.fromkeys(owners)))


def line_edits(before: bytes, after: bytes, owners: tuple[Owner, ...]) -> list[MappedEdit]:
    """The differing runs of lines between two texts as edits of the first."""
    from difflib import SequenceMatcher

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        MappedEdit(starts[i1], starts[i2], b"".join(new[j1:j2]), owners)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def in_file_bytes(decoded: Decoded, edits: Iterable[MappedEdit]) -> tuple[MappedEdit, ...]:
    """Edits of a file's body as edits of its own bytes (byte order mark, other encodings)."""
    shift, encoding = len(decoded.bom), decoded.encoding
    if encoding == "utf-8":
        if not shift:
            return tuple(edits)
        return tuple(replace(e, start=e.start + shift, end=e.end + shift) for e in edits)
    moved = []
    for edit in edits:
        start, end = (
            _encoded_size(decoded.body[:offset], encoding) for offset in (edit.start, edit.end)
        )
        moved.append(
            MappedEdit(start, end, edit.text.decode("utf-8").encode(encoding), edit.owners)
        )
    return tuple(moved)


def _encoded_size(body: bytes, encoding: str) -> int:
    return len(body.decode("utf-8").encode(encoding))
