"""The change of one file: the bytes read, the bytes wanted, the edits between them."""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixaudit.model.outcome import LocatedFinding

Owner = tuple[str, str]
"""Who needs an edit: `(finding id, codemod name)`."""


@dataclass(frozen=True, slots=True)
class LedgerEdit:
    """Replace `before[start:end]` of a file's original bytes by `text`.

    `text` is put in the file's encoding, unless it is bytes already. `also` names further findings
    that need the edit, such as an import that several sites share: the edit stays as long as one of
    its `owners` stands.
    """

    finding_id: str
    codemod: str
    start: int
    end: int
    text: str | bytes
    also: tuple[Owner, ...] = ()

    @classmethod
    def serving(
        cls, owners: Sequence[Owner], start: int, end: int, text: str | bytes
    ) -> LedgerEdit:
        """An edit by all who need it; `owners` must name at least one."""
        return cls(*owners[0], start, end, text, tuple(owners[1:]))

    @property
    def owners(self) -> tuple[Owner, ...]:
        """Every `(finding id, codemod)` that needs this edit, the first one first."""
        return ((self.finding_id, self.codemod), *self.also)


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file to rewrite.

    `path` is absolute and may be a symlink; `relative` is its name below the project root, with
    `/`. `edits` are byte spans in `before`; where applying them does not give `after` exactly
    (formatting, several passes), the file is undone and resumed whole, never in part. `bound` are its
    applied sites that go or stay together with others.
    """

    path: Path
    relative: str
    before: bytes
    after: bytes
    edits: tuple[LedgerEdit, ...] = ()
    bound: tuple[LocatedFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """An edit with its replacement already encoded: bytes for bytes."""

    start: int
    end: int
    content: bytes


def digest(content: bytes) -> str:
    """The hash by which a file's content is compared."""
    return hashlib.sha256(content).hexdigest()


def splice(before: bytes, pieces: Iterable[Piece]) -> bytes | None:
    """`before` with every piece put in, or None where pieces overlap or leave the file.

    Pieces at one place keep the order they are given in.
    """
    parts: list[bytes] = []
    at = 0
    for piece in sorted(pieces, key=lambda piece: (piece.start, piece.end)):
        if not at <= piece.start <= piece.end <= len(before):
            return None
        parts += [before[at : piece.start], piece.content]
        at = piece.end
    return b"".join([*parts, before[at:]])


def encoded_pieces(before: bytes, edits: Sequence[LedgerEdit]) -> tuple[Piece, ...] | None:
    """The edits in the encoding `before` declares, or None where it cannot hold their text."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(before).readline)
        encoding = encoding.removesuffix("-sig")  # else every single piece would get a BOM
        return tuple(Piece(edit.start, edit.end, _encoded(edit.text, encoding)) for edit in edits)
    except (SyntaxError, LookupError, UnicodeError):
        return None


def _encoded(text: str | bytes, encoding: str) -> bytes:
    return text if isinstance(text, bytes) else text.encode(encoding)
