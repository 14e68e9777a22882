"""What is wrong with the edits of one site, told from the statement that they stand in alone.

Where the edits of a file are unsound together, whoever looks for the ones to blame would check the
whole file for each of them. A lost comment, a text that does not parse and a name that nothing
binds show in one statement already.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from fixaudit.edits.changed_statements import text_compiles, unbound_names
from fixaudit.edits.compose import apply_edits
from fixaudit.edits.verify import lost_comment
from fixaudit.errors import SourceError
from fixaudit.model.finding import Edit, Finding, NeededImport, NeededModuleName, Span
from fixaudit.source.source import Source

# What an indented statement is put below, so that `return`, `await` and `yield` may stand in it.
_ABOVE = (b"async def _():\n", b"def _():\n")


def unsound_alone(source: Source, finding: Finding) -> str | None:
    """What is surely unsound about the edits of a finding; None where one statement does not show it.

    A codemod's defect that only the check of the whole file meets is none of this function's.
    """
    for statement in reversed(list(_holding(source, finding.edits))):
        piece = _piece(source, statement, finding.edits)
        if piece is not None:
            return _trouble(source, statement, piece, _added(finding))
    return None


def _added(finding: Finding) -> set[str]:
    """The names that come with the edits, by an import for instance."""
    names = set()
    for needed in finding.needed_names:
        match needed:
            case NeededImport(bound=name) | NeededModuleName(name=name):
                names.add(name)
    return names


@dataclass(frozen=True, slots=True)
class _LoneStatement:
    """The lines of a statement before and after; `line` is where the first stands in the file."""

    before: Source
    after: Source
    edits: tuple[Edit, ...]
    line: int


def _holding(source: Source, edits: Sequence[Edit]) -> Iterator[ast.stmt]:
    """The statements whose lines hold all edits, the outermost first."""
    first, _ = source.positions.line_column(min(edit.span.start for edit in edits))
    last, _ = source.positions.line_column(max(edit.span.end for edit in edits))
    blocks = [source.tree.body]
    while blocks:
        block = blocks.pop()
        at = bisect_right(block, first, key=_first_line) - 1
        if at >= 0 and last <= (block[at].end_lineno or 0):
            yield block[at]
            blocks = list(_blocks(block[at]))


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block:
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _first_line(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", ())
    return min((entry.lineno for entry in decorators), default=statement.lineno)


def _piece(source: Source, statement: ast.stmt, edits: Sequence[Edit]) -> _LoneStatement | None:
    """None where the lines of the statement do not compile without what stands around them."""
    line = _first_line(statement)
    start = source.positions.line_start(line)
    text = source.body[start : source.positions.line_end(statement.end_lineno or line)]
    for above in _ABOVE if text[:1] in b" \t\f" else (b"",):
        before = Source(source.path, above + text)
        if text_compiles(before.text):
            moved = tuple(_moved(edit, len(above) - start) for edit in edits)
            after = Source(source.path, apply_edits(before.body, moved))
            return _LoneStatement(before, after, moved, line - above.count(b"\n"))
    return None


def _moved(edit: Edit, by: int) -> Edit:
    span = Span(edit.span.start + by, edit.span.end + by)
    return Edit(span, edit.text, edit.drops_comments)


def _trouble(
    source: Source, statement: ast.stmt, piece: _LoneStatement, added: Collection[str]
) -> str | None:
    try:
        names = piece.after.nodes(ast.Name)
    except SourceError as error:
        line = piece.line + (error.line or 1) - 1
        return f"the result does not parse: line {line}: {error}"
    problem = lost_comment(piece.before, piece.after, piece.edits)
    if problem is not None or source.scopes.has_star_import():
        return problem
    found = unbound_names(piece.after, names)
    loose = found - unbound_names(piece.before, piece.before.nodes(ast.Name)) if found else found
    for name in sorted(loose - set(added)):
        if source.scopes.lookup(name, statement)[0] is None:
            return f"the name {name!r} would be used without being defined"
    return None
