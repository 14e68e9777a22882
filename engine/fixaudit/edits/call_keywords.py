"""Keywords of calls: which one is there, and how another is added in the layout that is there."""

from __future__ import annotations

import ast
import re

from fixaudit.edits import statements
from fixaudit.model.finding import Edit
from fixaudit.source.source import Source


def keyword(call: ast.Call, name: str) -> ast.keyword | None:
    """The keyword of that name, if it is written in the call."""
    return next((entry for entry in call.keywords if entry.arg == name), None)


def unpacks(call: ast.Call) -> bool:
    """True where `*args` or `**kwargs` may bring more than is written."""
    starred = any(isinstance(entry, ast.Starred) for entry in call.args)
    return starred or any(entry.arg is None for entry in call.keywords)


def add_keywords(source: Source, call: ast.Call, *texts: str) -> Edit:
    """Keywords (`timeout=10`) behind the last argument, on lines of their own where it has one."""
    ends = [statements.outer_parentheses(source, entry).end for entry in call.args]
    ends += [statements.outer_parentheses(source, entry.value).end for entry in call.keywords]
    if not ends:
        end = source.span(call).end - 1
        before = source.body[:end].rstrip()
        start = end if source.body[end - 1 : end] == b"(" else len(before)
        return (
            source.edit(end, end, ", ".join(texts)) if start == end else _fill(source, end, texts)
        )
    end = max(ends)
    line = source.positions.line(end)
    rest = source.body[end : source.positions.line_end(line)].lstrip()
    if line > call.lineno and re.match(rb",\s*(#|$)", rest):
        below = source.positions.line_end(line)
        own = "".join(f"{_indent(source, call, end)}{text},\n" for text in texts)
        return source.edit(below, below, own)
    return source.edit(end, end, "".join(f", {text}" for text in texts))


def _indent(source: Source, call: ast.Call, end: int) -> str:
    """The white space before the argument that ends at `end`: it may have begun lines above."""
    values = [*call.args, *(entry.value for entry in call.keywords)]
    last = max(values, key=lambda entry: source.span(entry).end)
    owner = next((entry for entry in call.keywords if entry.value is last), last)
    text = source.line_text(owner.lineno)
    return text[: len(text) - len(text.lstrip(" \t\f"))]


def _fill(source: Source, end: int, texts: tuple[str, ...]) -> Edit:
    """Into empty parentheses that span lines or hold a comment: before the closing one."""
    line = source.line_text(source.positions.line(end))
    indent = line[: len(line) - len(line.lstrip(" \t\f"))]
    start = end - len(indent)
    step = "\t" if indent.endswith("\t") else "    "
    own = "".join(f"{indent}{step}{text},\n" for text in texts)
    return source.edit(start, start, own)
