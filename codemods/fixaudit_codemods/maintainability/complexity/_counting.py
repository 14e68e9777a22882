"""The cyclomatic complexity of a function, as ruff counts it (C901)."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def complexity_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The number of ways through a function: 1, and one for each decision in it and in nested ones."""
    return 1 + of_statements(function.body)


def of_statements(body: Iterable[ast.stmt]) -> int:
    """The decisions in some statements."""
    return sum(map(of_statement, body))


def of_statement(statement: ast.stmt) -> int:
    """The decisions in one statement: its own and those of all below it."""
    own = 0
    match statement:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            own = 1
        case ast.Try(handlers=handlers, orelse=orelse):
            own = len(handlers) + bool(orelse)
        case ast.Match(cases=cases):
            last = cases[-1]
            is_default = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
            own = len(cases) - (is_default and last.guard is None)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            own = 1
    return own + sum(of_statements(block) for block in blocks_of(statement))


def blocks_of(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks that a statement holds: body, `else`, handlers, cases."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list) and block:
            yield block
    for name in ("handlers", "cases"):
        for part in getattr(statement, name, ()):
            yield part.body
