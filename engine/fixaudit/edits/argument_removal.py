"""Taking one argument out of a call, with its comma, its line and its own comment."""

from __future__ import annotations

import ast

from fixaudit.edits.statements import outer_parentheses
from fixaudit.model.finding import Edit
from fixaudit.source.source import Source


def remove_keyword(source: Source, call: ast.Call, word: ast.keyword) -> Edit | None:
    """The edit that takes a keyword argument out; None where a comment stands in its way."""
    starts, ends = _starts(source, call), _ends(source, call)
    start, end = source.span(word).start, outer_parentheses(source, word.value).end
    if len(starts) == 1:
        return _only_one(source, call, start)
    lines = _own_lines(source, start, end)
    if lines is not None:
        return source.edit(*lines, "", drops_comments=True)
    before = max((item for item in ends if item <= start), default=None)
    if before is not None:
        return _without_comment(source, before, end)
    after = min(item for item in starts if item >= end)
    return _without_comment(source, start, after)


def _starts(source: Source, call: ast.Call) -> list[int]:
    return [
        *(outer_parentheses(source, item).start for item in call.args),
        *(source.span(item).start for item in call.keywords),
    ]


def _ends(source: Source, call: ast.Call) -> list[int]:
    values = [*call.args, *(item.value for item in call.keywords)]
    return [outer_parentheses(source, item).end for item in values]


def _only_one(source: Source, call: ast.Call, start: int) -> Edit | None:
    """`f(x=1)` and its layouts over several lines become `f()`."""
    opening = outer_parentheses(source, call.func).end
    opening = source.body.index(b"(", opening) + 1
    closing = source.span(call).end - 1
    return _without_comment(source, opening, closing) if opening <= start else None


def _without_comment(source: Source, start: int, end: int) -> Edit | None:
    return None if b"#" in source.body[start:end] else source.edit(start, end, "")


def _own_lines(source: Source, start: int, end: int) -> tuple[int, int] | None:
    """The lines that hold the argument, its comma and its comment, and nothing else."""
    positions = source.positions
    first, last = positions.line(start), positions.line(end)
    begin, stop = positions.line_start(first), positions.line_end(last)
    rest = source.body[end:stop].strip()
    rest = rest[1:].lstrip() if rest.startswith(b",") else rest
    alone = not source.body[begin:start].strip() and (not rest or rest.startswith(b"#"))
    return (begin, stop) if alone else None
