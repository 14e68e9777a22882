"""Where an object comes from: the expression that makes it, and the literal that a name stands for."""

from __future__ import annotations

import ast
import re

from fixaudit.source.source import Source
from fixaudit.source.values import value_of


def origin_match(
    source: Source, expression: ast.expr, origin: re.Pattern[str]
) -> re.Match[str] | None:
    """The match of `origin` with all of the expressions that may make the object.

    An origin is written as in `Value.outside`: `sqlite3.connect().cursor()`, and `requests.get` for
    a function itself. None for objects of the project, and where a default or fallback decides.
    """
    value = value_of(source, expression)
    return None if value is None else value.matches(origin)


def assigned_literal(source: Source, expression: ast.expr) -> ast.expr:
    """The value of a name bound once in its scope to something that is no name; else itself."""
    if isinstance(expression, ast.Name):
        bindings = source.lookup(expression.id, expression)
        if len(bindings) == 1 and bindings[0].kind == "assign" and bindings[0].value is not None:
            target = getattr(bindings[0].statement, "targets", [bindings[0].node])
            if any(entry is bindings[0].node for entry in target):
                return bindings[0].value
    return expression
