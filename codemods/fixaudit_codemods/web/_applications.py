"""Applications of FastAPI: their names, their middlewares, where they are mounted."""

from __future__ import annotations

import ast

from fixaudit import Source, memoized
from fixaudit.authoring import stands_alone
from fixaudit_codemods.web._routes import last_name


def application_name(source: Source, node: ast.Call) -> str | None:
    """The plain name that an application is given."""
    match source.parent(node):
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is node:
            return name
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def last_middleware(source: Source, node: ast.Call, name: str) -> ast.stmt | None:
    """The last statement of the same block that gives the application a middleware, or the first one."""
    made = source.statement(node)
    key = (id(source.block(made)), name)
    given, again = _statements(source)
    end = next((each.lineno for each in again.get(key, ()) if each.lineno > made.lineno), None)
    between = [
        each
        for each in given.get(key, ())
        if each.lineno > made.lineno and (end is None or each.lineno < end)
    ]
    anchor = max(between, key=lambda each: each.lineno, default=made)
    return anchor if stands_alone(source, anchor) else None


Statements = dict[tuple[int, str], list[ast.stmt]]


@memoized
def _statements(source: Source) -> tuple[Statements, Statements]:
    """By block and name: what gives an application a middleware, and what assigns the name."""
    given: Statements = {}
    for call in source.named(ast.Call, frozenset({"add_middleware", "middleware"})):
        statement = source.statement(call)
        own = [statement.value] if isinstance(statement, ast.Expr) else []
        if call in (*getattr(statement, "decorator_list", ()), *own):
            name = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
            given.setdefault((id(source.block(statement)), name), []).append(statement)
    again: Statements = {}
    for assignment in source.nodes(ast.Assign):
        for target in assignment.targets:
            if isinstance(target, ast.Name):
                key = (id(source.block(assignment)), target.id)
                again.setdefault(key, []).append(assignment)
    for statements in again.values():
        statements.sort(key=lambda each: each.lineno)
    return given, again


def mounted_in(source: Source, name: str, node: ast.AST) -> int | None:
    """The line where an application of this file is mounted in another one."""
    bound = source.lookup(name, node)
    for call in source.named(ast.Call, frozenset({"mount"})):
        values = [*call.args, *(word.value for word in call.keywords)]
        for value in values:
            if isinstance(value, ast.Name) and value.id == name and source.lookup(name, value) == bound:  # fmt: skip
                return call.lineno
    return None
