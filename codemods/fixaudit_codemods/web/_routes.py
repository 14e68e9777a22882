"""Routes of FastAPI, and what their paths and functions take."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import METHODS, Function, Route, framework_of

FASTAPI_TRIGGERS = (b"fastapi", b"FastAPI", b"@router.", b"@app.", b"@api.")
"""What a file with routes of FastAPI holds: its import, or a router by one of the usual names."""

PATH_PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")
"""A parameter of a path, `{name}` or `{name:converter}`."""


def fastapi_routes(source: Source, function: Function) -> list[Route]:
    """The routes of FastAPI that the decorators of a function make of it; empty for none."""
    found = []
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
            continue
        if decorator.func.attr not in METHODS:
            continue
        if framework_of(source, decorator.func.value) == "fastapi":
            found.append(Route(function, "fastapi", decorator, ast.unparse(decorator.func)))
    return found


def last_name(node: ast.expr) -> str:
    """`c` of `a.b.c`; empty for what is no name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def parameters(function: Function) -> list[ast.arg]:
    """All that a function can be given by name."""
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
