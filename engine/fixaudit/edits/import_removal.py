"""Names that an import statement no longer needs to bring."""

from __future__ import annotations

import ast

from fixaudit.edits.statements import delete_lines, line_span
from fixaudit.model.finding import Edit
from fixaudit.source.source import Source


def without_names(source: Source, statement: ast.stmt, aliases: list[ast.alias]) -> Edit | None:
    """The edit by which an import statement loses some of its names, or all of it goes.

    None where a comment or a line would be lost or end up behind another name.
    """
    assert isinstance(statement, (ast.Import, ast.ImportFrom))
    if len(aliases) == len(statement.names):
        if "#" in source.slice(line_span(source, statement)):
            return None
        return delete_lines(source, statement)
    if len(aliases) != 1:
        return _without(source, statement, aliases)
    if statement.lineno != statement.end_lineno and "#" in source.line_text(aliases[0].lineno):
        return None  # the comment behind the name would end up behind another one
    position = statement.names.index(aliases[0])
    if position + 1 < len(statement.names):
        start, end = source.span(aliases[0]).start, source.span(statement.names[position + 1]).start
    else:
        start, end = source.span(statement.names[position - 1]).end, source.span(aliases[0]).end
    if b"#" in source.body[start:end]:
        return None
    return source.edit(start, end, "")


def _without(
    source: Source, statement: ast.Import | ast.ImportFrom, aliases: list[ast.alias]
) -> Edit | None:
    """The statement without several of its names; None where it has lines or comments to keep."""
    start, end = source.span(statement.names[0]).start, source.span(statement.names[-1]).end
    if statement.lineno != statement.end_lineno or b"\n" in source.body[start:end]:
        return None
    kept = [source.segment(alias) for alias in statement.names if alias not in aliases]
    return source.edit(start, end, ", ".join(kept))
