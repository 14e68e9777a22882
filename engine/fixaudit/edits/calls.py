"""Edits of a call's arguments that keep the layout around them."""

from __future__ import annotations

import ast

from fixaudit.edits.statements import outer_parentheses
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Source


def argument_spans(source: Source, call: ast.Call) -> list[Span]:
    """The spans of a call's arguments as written, in source order, with their own parentheses."""
    spans = [outer_parentheses(source, entry) for entry in call.args]
    spans += [keyword_span(source, entry) for entry in call.keywords]
    return sorted(spans)


def keyword_span(source: Source, keyword: ast.keyword) -> Span:
    """`name=value`, with the parentheses around the value."""
    start = source.span(keyword).start
    return Span(start, outer_parentheses(source, keyword.value).end)


def drop_keyword(source: Source, call: ast.Call, keyword: ast.keyword) -> Edit | None:
    """Takes a keyword argument out, with the comma that ties it to its neighbour.

    A keyword that has its lines to itself goes with them. None where a comment would go too.
    """
    spans = argument_spans(source, call)
    own = keyword_span(source, keyword)
    gone = _with_comma(source, spans, own)
    lost = b"#" in source.body[gone.start : gone.end] or _commented(source, own)
    return None if lost else Edit(gone, "")


def _with_comma(source: Source, spans: list[Span], own: Span) -> Span:
    index = spans.index(own)
    if index > 0:
        before = Span(spans[index - 1].end, own.end)
        return _own_lines(source, before, own) or before
    if len(spans) > 1:
        return Span(own.start, spans[1].start)
    rest = source.body[own.end :]
    end = own.end + len(rest) - len(rest.lstrip())
    return Span(own.start, end + 1 if source.body[end : end + 1] == b"," else own.end)


def _first_line(source: Source, own: Span) -> int:
    return source.positions.line_start(source.positions.line(own.start))


def _last_line(source: Source, own: Span) -> int:
    return source.positions.line_end(source.positions.line(own.end))


def _commented(source: Source, own: Span) -> bool:
    """True for a comment that speaks of this argument: behind it, or on the line above."""
    first = _first_line(source, own)
    if source.body[first : own.start].strip():
        return False
    above = source.body[:first].rstrip(b"\r\n").rpartition(b"\n")[2].strip()
    return above.startswith(b"#") or b"#" in source.body[own.end : _last_line(source, own)]


def _own_lines(source: Source, before: Span, own: Span) -> Span | None:
    """The lines of an argument that shares them with nothing but its comma.

    Without a comma of its own it takes that of its neighbour, unless a comment stands behind that.
    """
    first, last = _first_line(source, own), _last_line(source, own)
    rest = source.body[own.end : last].strip()
    separate = b"#" in source.body[before.start : own.start] and not rest
    if source.body[first : own.start].strip() or not (rest == b"," or separate):
        return None
    return Span(first, last)
