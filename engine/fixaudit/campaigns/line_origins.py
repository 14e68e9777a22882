"""Which line of a file's old text a line of its new text stems from."""

from __future__ import annotations

from bisect import bisect_right

from fixaudit.text.line_diff import changes, split_lines


class LineOrigins:
    """The lines of two versions of a file, the old one given first."""

    def __init__(self, before: bytes, after: bytes) -> None:
        old = split_lines(before)
        self._last = max(1, len(old))
        self._changes = changes(old, split_lines(after))
        self._starts = [change.new_start for change in self._changes]

    def of(self, line: int) -> int:
        """The 1-based old line of a 1-based new one; of a line that is new, where it was put in."""
        number = bisect_right(self._starts, line - 1) - 1
        if number < 0:
            return line
        change = self._changes[number]
        if line - 1 >= change.new_end:
            return line - change.new_end + change.old_end
        place = change.old_start + line - 1 - change.new_start
        return min(max(place, change.old_start), max(change.old_end - 1, change.old_start), self._last - 1) + 1  # fmt: skip
