"""The path parameters of a route: what limits them, what the body makes of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import Function, Route, assigned_literal, default_of, own_nodes
from fixaudit_codemods.web._routes import PATH_PARAMETER, last_name, parameters

_LIMITS = ("pattern", "regex", "max_length", "min_length", "strict", "gt", "ge", "lt", "le")
_PATH = frozenset({"fastapi.Path", "fastapi.params.Path", "fastapi.param_functions.Path"})
_RESOLVING = frozenset(
    {"resolve", "is_relative_to", "relative_to", "commonpath", "realpath", "basename", "parents"}
)
_FILES = frozenset({"open", "FileResponse", "joinpath", "rmtree", "unlink", "remove", "send_file"})


@dataclass(frozen=True, slots=True)
class Open:
    """A path parameter that takes any text. `call` is the `Path(…)` that it has already."""

    argument: ast.arg
    call: ast.Call | None = None

    @property
    def name(self) -> str:
        return self.argument.arg


@dataclass(frozen=True, slots=True)
class Closed:
    """A path parameter that needs no pattern, in words."""

    reason: str


def path_parameters(
    source: Source, function: Function, routes: list[Route]
) -> Iterator[Open | Closed]:
    """What each parameter of the paths is; those that the function does not take are none."""
    named = {hit[1]: hit[2] for route in routes for hit in PATH_PARAMETER.finditer(route.path)}
    for argument in parameters(function):
        if argument.arg in named:
            converter = named[argument.arg]
            yield _classified(source, function, argument, converter)


def _classified(
    source: Source, function: Function, argument: ast.arg, converter: str | None
) -> Open | Closed:
    name = argument.arg
    if converter == "path":
        return Closed(f"`{name}` takes several segments: no pattern of one fits it")
    if converter is not None and converter != "str":
        return Closed(f"`{name}` is converted by the path: `{converter}`")
    annotation, metadata = _annotation(source, argument)
    if not _is_str(source, annotation):
        return Closed(f"`{name}` is no bare `str`")
    default = default_of(function, name)
    found: ast.Call | None = None
    for entry in [*metadata, *([default] if default is not None else [])]:
        if not isinstance(entry, ast.Call) or source.qualified_name(entry.func) not in _PATH:
            if entry is default:
                continue
            said = last_name(entry.func) if isinstance(entry, ast.Call) else ast.unparse(entry)
            return Closed(f"`{name}` is limited by `{said}`")
        limit = next((word.arg for word in entry.keywords if word.arg in _LIMITS), None)
        if limit is not None:
            return Closed(f"`{name}` is limited by `{limit}`")
        if any(word.arg is None for word in entry.keywords):
            return Closed(f"`**` may bring a pattern for `{name}`")
        found = entry
    return Open(argument, found)


def _annotation(source: Source, argument: ast.arg) -> tuple[ast.expr | None, list[ast.expr]]:
    """The type of a parameter, and what `Annotated` says besides."""
    annotation = argument.annotation
    if annotation is None:
        return None, []
    written = assigned_literal(source, annotation)
    if isinstance(written, ast.Subscript) and isinstance(written.slice, ast.Tuple):
        if last_name(written.value) == "Annotated":
            return written.slice.elts[0], list(written.slice.elts[1:])
    return annotation, []


def _is_str(source: Source, annotation: ast.expr | None) -> bool:
    return annotation is not None and source.qualified_name(annotation) in ("str", "builtins.str")


# ------------------------------------------------------------------- what the body makes of it


def file_name_of(source: Source, function: Function, name: str) -> ast.AST | None:
    """Where the text becomes a part of a file's name, and nothing looks at where that leads."""
    nodes = list(own_nodes(function))
    if any(isinstance(node, ast.Attribute) and node.attr in _RESOLVING for node in nodes):
        return None
    for node in nodes:
        if isinstance(node, ast.Call):
            values = [*node.args, *(word.value for word in node.keywords)]
            full = source.qualified_name(node.func) or ""
            is_file = last_name(node.func) in _FILES or full in ("os.path.join", "pathlib.Path")
            if is_file and any(_holds(entry, name) for entry in values):
                return node
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _holds(node.right, name):  # fmt: skip
            return node
    return None


def _holds(node: ast.expr, name: str) -> bool:
    """True where the text itself is part of the value: not what a call makes of it."""
    match node:
        case ast.Name():
            return node.id == name
        case ast.JoinedStr(values=values):
            return any(isinstance(v, ast.FormattedValue) and _holds(v.value, name) for v in values)
        case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
            return _holds(left, name) or _holds(right, name)
    return False
