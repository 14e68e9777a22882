"""The change of one file, compared wherever it stands: its hunks without their line numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fixaudit.text.unified_diff import Hunk, unified

Lines = tuple[bytes, ...]
_CONTEXTS = (3, 1)  # of the patch as it is sent; and for where a neighbouring line has changed


@dataclass(frozen=True)
class FilePatch:
    """A file before and after a change."""

    path: str
    before: bytes
    after: bytes

    def hunks(self, context: int = 3) -> tuple[Hunk, ...]:
        return unified(self.path, self.before, self.after, context).hunks

    @cached_property
    def text(self) -> tuple[Lines, ...]:
        """Equal for two changes that take out and put in the same lines between the same ones."""
        return tuple(hunk.lines for hunk in self.hunks())

    @property
    def lines(self) -> int:
        """The larger of the lines put in and taken out."""
        signs = Counter(line[:1] for hunk in self.hunks(0) for line in hunk.lines)
        return max(signs[b"+"], signs[b"-"])

    def stands_in(self, text: bytes) -> bool:
        """Whether every hunk's new lines, with those around them, stand in `text`.

        What stood in the file before the change does not count, however often it did.
        """
        return text == self.after or any(self._stands_in(text, each) for each in _CONTEXTS)

    def undone_in(self, text: bytes) -> bool:
        """Whether a line that was taken out is in `text` again: more often than the change left it."""
        here, left = _stripped(text), self._left
        return any(here[line] > left[line] for line in self._taken)

    @property
    def takes_out(self) -> bool:
        """Whether any line but empty ones is taken out that is not put in elsewhere."""
        return self.undone_in(self.before)

    @cached_property
    def _left(self) -> Counter[bytes]:
        return _stripped(self.after)

    @cached_property
    def _taken(self) -> set[bytes]:
        lines = (line for hunk in self.hunks(0) for line in hunk.lines if line[:1] == b"-")
        return {line[1:].split(b"\n")[0].strip() for line in lines} - {b""}

    def _stands_in(self, text: bytes, context: int) -> bool:
        blocks = {_new_lines(hunk) for hunk in self.hunks(context)}
        here, before, after = (_split(each) for each in (text, self.before, self.after))
        return bool(blocks) and all(
            # A hunk that leaves no line, not even one around it, stands nowhere.
            block and _count(before, block) < _count(after, block) <= _count(here, block)
            for block in blocks
        )


def _new_lines(hunk: Hunk) -> Lines:
    return tuple(line[1:].split(b"\n")[0] for line in hunk.lines if line[:1] in b" +")


def _split(text: bytes) -> list[bytes]:
    return text.split(b"\n")


def _stripped(text: bytes) -> Counter[bytes]:
    return Counter(line.strip() for line in _split(text))


def _count(lines: Sequence[bytes], block: Lines) -> int:
    size = len(block)
    starts = (at for at, line in enumerate(lines) if line == block[0])
    return sum(tuple(lines[at : at + size]) == block for at in starts)
