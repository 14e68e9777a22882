"""A plan as text: a table with one line a finding, and a paragraph for those with more to say."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from fixaudit.text.visible import visible
from fixaudit_cli.output.formats.plan_rows import HEAD, PlanRow, PlanView, not_taken_lines
from fixaudit_cli.output.terminal import Painter

WIDTH = 80
"""Of a table that goes to no terminal."""
_TITLE, _PLACE = 2, 3
_LEAST = 16
_LABEL = 8
_STYLES = {
    "fix": ("green",),
    "unsafe": ("yellow",),
    "mixed": ("yellow",),
    "partly fixed": ("yellow",),
    "fixed": ("cyan",),
    "review": ("magenta",),
    "ambiguous": ("magenta",),
    "not-found": ("red",),
}


def table(view: PlanView, paint: Painter, width: int | None) -> str:
    """The whole text, no line of it longer than `width` columns unless a word is (None: 80)."""
    width = width or WIDTH
    rows = view.rows
    cells = [tuple(map(visible, row.cells)) for row in rows]
    widths = _widths([HEAD, *cells], width)
    lines = [paint(_line(HEAD, widths), "bold")]
    for row, texts in zip(rows, cells, strict=True):
        key = "review" if row.finding.offers else row.finding.verdict
        lines.append(paint(_line(texts, widths), *_STYLES.get(key, ("dim",))))
    for row in rows:
        lines += ["", *paragraph(row, paint, width)] if row.details else []
    remarks = [visible(line) for line in view.remarks]
    unread = any(head.not_taken for head in view.plan.reports)
    if unread and not view.verbose:
        remarks[-1] += "; -v shows them and why"
    lines += ["", *_wrapped(remarks, width)] if remarks else []
    if unread and view.verbose:
        lines.append("\nnot understood as findings:")
        lines += (f"    {visible(line)}" for line in not_taken_lines(view))
    return "\n".join(lines) + "\n"


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The widths of the columns; title and place give way, the longer one first."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    excess = sum(widths) + 2 * (len(widths) - 1) - width
    while excess > 0:
        column = _TITLE if widths[_TITLE] >= widths[_PLACE] else _PLACE
        if widths[column] <= _LEAST:
            break
        widths[column] -= 1
        excess -= 1
    return widths


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [_cell(text, widths[column], column) for column, text in enumerate(row)]
    return "  ".join(cells).rstrip()


def _cell(text: str, width: int, column: int) -> str:
    if len(text) > width:
        # A path is known by its end, a title by its beginning.
        text = f"…{text[-width + 1 :]}" if column == _PLACE else f"{text[: width - 1]}…"
    return text.ljust(width)


def paragraph(row: PlanRow, paint: Painter, width: int, *, commands: bool = True) -> Iterator[str]:
    """What there is to say of a finding, in lines of `width` columns; with or without its commands."""
    severity = f" ({row.severity})" if row.severity else ""
    yield paint(visible(f"{row.id}{severity} {row.title}"), "bold")
    for label, text in row.details:
        head = f"  {label:<{_LABEL}}"
        if label in ("run", "set"):  # to be copied: no line is broken
            lines = [visible(line) for line in text.splitlines()]
            bold = label == "run"
            shown = [paint(line, "bold") if bold else line for line in lines]
            if commands or not bold:
                yield head + f"\n{' ' * len(head)}".join(shown)
            continue
        text = visible(" ".join(text.split()))
        yield from textwrap.wrap(
            text,
            max(width, 2 * _LABEL + 20),
            initial_indent=head,
            subsequent_indent=" " * (_LABEL + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _wrapped(lines: Sequence[str], width: int) -> Iterator[str]:
    for line in lines:
        yield from textwrap.wrap(
            line, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
