"""Lines moved below a new header, such as a `with` or an `if`: each a step deeper."""

from __future__ import annotations

from fixaudit.model.finding import Edit
from fixaudit.source.source import Source
from fixaudit.text.string_lines import lines_in_strings


def move_below(source: Source, first: int, last: int, header: str, by: str) -> list[Edit]:
    """Puts `header` (whole lines with their indentation, `\\n` between, none at the end) above the
    lines `first` to `last` (1-based), and each of these behind `by`.

    Lines that begin inside of a string stay: their white space is part of its value. Empty lines stay
    empty. The lines must be whole statements.
    """
    inside = lines_in_strings(source.text)
    start = source.positions.line_start(first)
    deeper = "" if first in inside or not source.line_text(first).strip() else by
    edits = [source.edit(start, start, f"{header}\n{deeper}")]
    for line in range(first + 1, last + 1):
        if line not in inside and source.line_text(line).strip():
            start = source.positions.line_start(line)
            edits.append(source.edit(start, start, by))
    return edits
