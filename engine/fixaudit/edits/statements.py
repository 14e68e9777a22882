"""Edits of one expression or statement, built with LibCST so that everything else in it stays."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fixaudit.edits import cst
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Source

if TYPE_CHECKING:
    from libcst import BaseExpression, BaseSmallStatement, CSTNode, PartialParserConfig


def parse_expression(text: str, newline: str = "\n") -> BaseExpression:
    """A LibCST expression for `text`, which may span lines as if it stood in parentheses."""
    wrapped = cst.parse_expression(f"({text})", _config(newline))
    parenthesised: Any = wrapped
    result: BaseExpression = parenthesised.with_changes(
        lpar=parenthesised.lpar[1:], rpar=parenthesised.rpar[:-1]
    )
    return result


def code(node: CSTNode, newline: str = "\n") -> str:
    """The text of a LibCST node, with `newline` wherever the node holds a default one."""
    return cst.Module([], default_newline=newline).code_for_node(node)


def rewrite(
    source: Source, node: ast.expr, change: Callable[[BaseExpression], BaseExpression]
) -> Edit:
    """Replace an expression by `change` of its LibCST node: comments and layout inside it stay."""
    changed = change(parse_expression(source.segment(node), source.newline))
    span = source.span(node)
    return Edit(span, code(changed, source.newline))


def rewrite_statement(
    source: Source, node: ast.stmt, change: Callable[[BaseSmallStatement], BaseSmallStatement]
) -> Edit:
    """Replace a simple statement (`raise`, `return`, assignment, …) by `change` of its node."""
    line: Any = cst.parse_statement(source.segment(node), _config(source.newline))
    changed = change(line.body[0])
    return Edit(source.span(node), code(changed, source.newline))


def _config(newline: str) -> PartialParserConfig:
    return cst.PartialParserConfig(default_newline=newline)


# ------------------------------------------------------------------------- whole statements


def line_span(source: Source, statement: ast.stmt) -> Span:
    """The lines a statement stands on (decorators too), newline included."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(entry.lineno for entry in decorators)])
    assert statement.end_lineno is not None
    return Span(source.positions.line_start(first), source.positions.line_end(statement.end_lineno))


def stands_alone(source: Source, statement: ast.stmt) -> bool:
    """True when no other code shares the statement's lines (`a; b` and `if x: y` do share).

    One behind a backslash is not alone: its line begins further up.
    """
    span, whole = source.span(statement), line_span(source, statement)
    if _is_continued(source.body, whole.start):
        return False
    before = source.body[whole.start : span.start]
    after = source.body[span.end : whole.end].strip()
    decorated = bool(getattr(statement, "decorator_list", []))
    return (decorated or not before.strip()) and (not after or after.startswith(b"#"))


def _is_continued(body: bytes, start: int) -> bool:
    """True where the line before ends with a backslash that is not part of a comment."""
    before = body[:start].rstrip(b"\r\n") if start else b""
    if not before.endswith(b"\\"):
        return False
    line = before[max(before.rfind(b"\n"), before.rfind(b"\r")) + 1 :]
    return not line.lstrip().startswith(b"#")


def orphans(source: Source, statement: ast.stmt) -> int | None:
    """The line of a comment about a statement that would stay if its lines went; None for none.

    That is one right above it, or on a line of its own right below where nothing follows that it
    could speak of.
    """
    last = statement.end_lineno or statement.lineno
    decorators = getattr(statement, "decorator_list", [])
    first: int = min([statement.lineno, *(entry.lineno for entry in decorators)])
    if first > 1 and source.line_text(first - 1).lstrip().startswith("#"):
        return first - 1
    count = source.positions.line_count
    below = source.line_text(last + 1).strip() if last < count else ""
    after = source.line_text(last + 2).strip() if last + 1 < count else ""
    return last + 1 if below.startswith("#") and not after else None


def delete_statement(source: Source, statement: ast.stmt) -> Edit | None:
    """Remove a statement and its lines; a `pass` takes its place where the block would be empty.

    None where it shares its lines with other code, or a comment would stay behind and speak of
    something else: then there is no tidy removal.
    """
    return None if orphans(source, statement) is not None else delete_lines(source, statement)


def delete_lines(source: Source, statement: ast.stmt) -> Edit | None:
    """As `delete_statement`, whatever stands above: a comment above an import heads all below it."""
    if not stands_alone(source, statement):
        return None
    span = line_span(source, statement)
    if len(source.block(statement)) == 1:
        own = source.span(statement)
        return Edit(own, "pass", drops_comments=True)
    return Edit(span, "", drops_comments=True)


def insert_before(source: Source, statement: ast.stmt, text: str) -> Edit | None:
    """Insert whole lines (`text` without indentation or final newline) above a statement."""
    if not stands_alone(source, statement):
        return None
    start = line_span(source, statement).start
    return source.edit(start, start, indented(text, source.indent(statement)) + "\n")


def insert_after(source: Source, statement: ast.stmt, text: str) -> Edit | None:
    """Insert whole lines below a statement, at its indentation."""
    if not stands_alone(source, statement):
        return None
    end = line_span(source, statement).end
    addition = indented(text, source.indent(statement))
    if source.body[end - 1 : end] in (b"\n", b"\r"):
        return source.edit(end, end, addition + "\n")
    return source.edit(end, end, "\n" + addition)


def insert_definition(source: Source, statement: ast.stmt, text: str) -> Edit | None:
    """Insert a `def` or `class` below a statement, with the empty lines around it that Black has."""
    gap = 1 if source.indent(statement) else 2
    line = (statement.end_lineno or statement.lineno) + 1
    last, there = source.positions.line_count, 0
    while line + there <= last and not source.line_text(line + there).strip():
        there += 1
    behind = 0 if line + there > last else max(0, gap - there)
    return insert_after(source, statement, "\n" * gap + text + "\n" * behind)


def indented(text: str, indent: str) -> str:
    """Each non-empty line of `text` behind `indent`."""
    return "\n".join(indent + line if line.strip() else line for line in text.split("\n"))


def outer_parentheses(source: Source, node: ast.expr) -> Span:
    """The node's span grown over every pair of parentheses that encloses only it.

    White space and newlines between are grown over; a comment between ends the growth.
    """
    body = source.body
    span = source.span(node)
    start, end = span.start, span.end
    call = source.parent(node)
    # Lines and comments may stand before the parenthesis of a call: the tree knows where it ends.
    is_argument = isinstance(call, ast.Call) and node is not call.func
    end_of_call = source.span(call).end if is_argument and call is not None else None
    while True:
        left, right = start - 1, end
        while left >= 0 and body[left] in b" \t\f\r\n":
            left -= 1
        while right < len(body) and body[right] in b" \t\f\r\n":
            right += 1
        if left < 0 or right >= len(body) or body[left] != 0x28 or body[right] != 0x29:
            return Span(start, end)
        if right + 1 == end_of_call or _is_call_parenthesis(body, left):
            return Span(start, end)
        start, end = left, right + 1


_KEYWORDS_BEFORE_PARENTHESIS = frozenset(
    b"and or not in is if elif else while return raise yield await assert del from for with lambda "
    b"except import as print match case async global nonlocal".split()
) - {b"print", b"match", b"case"}


def _is_call_parenthesis(body: bytes, position: int) -> bool:
    before = position - 1
    while before >= 0 and body[before] in b" \t\f":
        before -= 1
    if before < 0:
        return False
    last = body[before : before + 1]
    if last in b")]}'\"":
        return True
    if not (last.isalnum() or last == b"_" or body[before] >= 0x80):
        return False
    start = before
    while start >= 0 and (
        body[start : start + 1].isalnum() or body[start] in b"_" or body[start] >= 0x80
    ):
        start -= 1
    return body[start + 1 : before + 1] not in _KEYWORDS_BEFORE_PARENTHESIS
