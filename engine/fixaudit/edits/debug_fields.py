"""Fields of f-strings that show their own text, `{expr=}`: an edit inside changes what is shown."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable

from fixaudit.edits.call_fragment import is_placed_right
from fixaudit.model.finding import Edit, Span
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

# What may stand between the expression and the end of its field, parentheses and comments included.
_SHOWS_ITSELF = re.compile(rb"(?:[\s)]|#[^\r\n]*)*=\s*[!:}]")


def changes_shown_text(source: Source, edits: Iterable[Edit]) -> bool:
    """True where one of the edits lies inside an expression whose text is shown."""
    if not source.nodes(ast.FormattedValue):
        return False
    shown = _shown(source)
    return any(_is_inside(edit.span, shown) for edit in (edits if shown else ()))


def _is_inside(span: Span, outermost: list[Span]) -> bool:
    index = bisect_right(outermost, span.start, key=lambda entry: entry.start) - 1
    return index >= 0 and span.end <= outermost[index].end


@memoized
def _shown(source: Source) -> list[Span]:
    """The outermost of the expressions that are shown, in the order of the text."""
    outermost: list[Span] = []
    for span in sorted(_fields(source), key=lambda entry: (entry.start, -entry.end)):
        if not outermost or span.end > outermost[-1].end:
            outermost.append(span)
    return outermost


def _fields(source: Source) -> list[Span]:
    """The expressions of such fields; the whole string where their place is not certain."""
    found = []
    for joined in source.nodes(ast.JoinedStr):
        before: ast.expr | None = None
        for part in joined.values:
            if isinstance(part, ast.FormattedValue) and _ends_with_equals(before):
                span = _span(source, part.value)
                if span is not None:
                    found.append(span)
            before = part
    return found


def _ends_with_equals(text: ast.expr | None) -> bool:
    """The text that is shown is a constant before the value."""
    return isinstance(text, ast.Constant) and str(text.value).rstrip().endswith("=")


def _span(source: Source, value: ast.expr) -> Span | None:
    if is_placed_right(source, value):
        span = source.span(value)
        shows = _SHOWS_ITSELF.match(source.body, span.end)
        return Span(span.start, shows.end()) if shows else None
    strings = [above for above in source.ancestors(value) if isinstance(above, ast.JoinedStr)]
    return source.span(strings[-1])
