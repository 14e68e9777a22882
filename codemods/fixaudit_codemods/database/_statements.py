"""Statements of SQLAlchemy that write: of which class, and what they give for a column."""

from __future__ import annotations

import ast

from fixaudit import Source
from fixaudit.authoring import assigned_literal
from fixaudit_codemods.database._models import sql_name


def is_statement(source: Source, func: ast.expr, cls: str) -> bool:
    """True for `update(Cls)…values` and `insert(Cls)…values`, also through a name."""
    node = func
    while isinstance(node, (ast.Attribute, ast.Call, ast.Name)):
        if isinstance(node, ast.Name):
            assigned = assigned_literal(source, node)
            if assigned is node:
                return False
            node = assigned
        elif isinstance(node, ast.Attribute):
            node = node.value
        elif sql_name(source, node) in ("update", "insert"):
            given = node.args[0] if node.args else None
            return isinstance(given, ast.Name) and given.id == cls
        else:
            node = node.func
    return False


def given_for(call: ast.Call, name: str) -> list[ast.expr]:
    """What `values(…)` is given for a column, by its keyword or in a dict."""
    found = [word.value for word in call.keywords if word.arg == name]
    for argument in call.args:
        if isinstance(argument, ast.Dict):
            pairs = zip(argument.keys, argument.values, strict=True)
            found += [value for key, value in pairs if getattr(key, "value", None) == name]
    return found
