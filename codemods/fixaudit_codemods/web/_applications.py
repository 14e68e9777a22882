"""Applications of FastAPI: their names, their middlewares, where they are mounted."""

from __future__ import annotations

import ast

from fixaudit import Source
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
    block = source.block(made)
    anchor = made
    for statement in block[block.index(made) + 1 :]:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in statement.targets
        ):
            break
        value = [statement.value] if isinstance(statement, ast.Expr) else []
        for call in [*getattr(statement, "decorator_list", ()), *value]:
            func = call.func if isinstance(call, ast.Call) else None
            if isinstance(func, ast.Attribute) and func.attr in ("add_middleware", "middleware"):
                anchor = statement if last_name(func.value) == name else anchor
    return anchor if stands_alone(source, anchor) else None


def mounted_in(source: Source, name: str, node: ast.AST) -> int | None:
    """The line where an application of this file is mounted in another one."""
    bound = source.lookup(name, node)
    for call in source.named(ast.Call, frozenset({"mount"})):
        values = [*call.args, *(word.value for word in call.keywords)]
        for value in values:
            if isinstance(value, ast.Name) and value.id == name and source.lookup(name, value) == bound:  # fmt: skip
                return call.lineno
    return None
