"""What a request has brought: headers, cookies, query, form, body, path and credentials."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import Literal

from fixaudit.semantics.known_classes import ClassKind
from fixaudit.source.callers import default_of
from fixaudit.source.memo import memoized
from fixaudit.source.routes import route_of
from fixaudit.source.source import Function, Source
from fixaudit.source.values import value_of, value_of_binding
from fixaudit.syntax.namespace import Binding, is_absence

Part = Literal["header", "cookie", "query", "form", "body", "path", "credentials"]

_MAX_DEPTH = 6
# Requests, and the mappings and methods that they have, by the frameworks' own references.
_REQUEST = re.compile(
    r"(?:fastapi|starlette)(?:\.\w+)*\.(?:Request|WebSocket|HTTPConnection)\(\)|(?:flask|quart)\.(?:request|websocket)"
    r"|(?:django|rest_framework)(?:\.\w+)*\.(?:HttpRequest|WSGIRequest|ASGIRequest|Request)\(\)"
    r"|(?:aiohttp\.web|sanic|litestar|falcon|bottle)(?:\.\w+)*\.(?:\w*Request\(\)|request)"
)
_PARTS: dict[str, Part] = {
    "headers": "header", "META": "header", "cookies": "cookie", "COOKIES": "cookie",
    "query_params": "query", "args": "query", "GET": "query", "query": "query",
    "form": "form", "POST": "form", "values": "form", "data": "body", "json": "body",
    "body": "body", "get_json": "body", "get_data": "body", "content": "body",
    "path_params": "path", "view_args": "path", "match_info": "path", "authorization": "credentials",
}  # fmt: skip
_MARKERS: dict[str, Part] = {
    "Header": "header", "Cookie": "cookie", "Query": "query", "Form": "form", "File": "form",
    "Body": "body", "Path": "path",
}  # fmt: skip
_MARKER = re.compile(r"fastapi(?:\.\w+)*\.(Header|Cookie|Query|Form|File|Body|Path)")
_DEPENDS = re.compile(r"fastapi(?:\.\w+)*\.(?:Depends|Security)")
_SECURITY = re.compile(r"fastapi\.security(?:\.\w+)*\.\w+\(\)")
# Methods that give a piece or another spelling of the same text.
_SAME = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "encode", "decode", "removeprefix", "removesuffix", "replace", "split", "rsplit", "partition", "rpartition"})  # fmt: skip
_THROUGH = frozenset({"builtins.str", "builtins.bytes", "urllib.parse.unquote", "typing.cast"})


@dataclass(frozen=True, slots=True)
class Received:
    """The part of the request, and the header's, parameter's or field's name (empty if unknown).

    `is_proof` is false where only a parameter's name says that it is a request.
    """

    part: Part
    name: str = ""
    is_proof: bool = True


@memoized
def received(source: Source, expression: ast.expr) -> Received | None:
    """What of a request the expression's value is, where it stands; None where nothing says so.

    Followed are assignments of this file, slices and pieces of text, `… or ""`, and parameters that
    a framework fills from the request: those of routes, and those marked `Header()`, `Cookie()`, ….
    What a function computes from a request is no part of it.
    """
    return _received(source, expression, _MAX_DEPTH)


def _received(source: Source, node: ast.expr, depth: int) -> Received | None:
    if depth == 0:
        return None
    match node:
        case ast.Name():
            return _named(source, node, depth)
        case ast.Await(value=value) | ast.NamedExpr(value=value):
            return _received(source, value, depth - 1)
        case ast.BoolOp(op=ast.Or(), values=[first, *_]):
            return _received(source, first, depth - 1)
        case ast.Subscript(value=value, slice=index):
            found = _received(source, value, depth - 1)
            return _with_name(found, index)
        case ast.Call():
            return _called(source, node, depth)
        case ast.Attribute(value=value, attr=attr):
            if attr in _PARTS and (found := _of_request(source, value, _PARTS[attr])) is not None:
                return found
            owner = _received(source, value, depth - 1)
            if owner is None or owner.part not in ("body", "credentials"):
                return None
            return replace(owner, name=attr)
    return None


def _of_request(source: Source, node: ast.expr, part: Part) -> Received | None:
    value = value_of(source, node)
    if value is not None:
        return Received(part) if value.matches(_REQUEST) else None
    is_named = isinstance(node, ast.Name) and node.id in ("request", "req")
    is_own = isinstance(node, ast.Attribute) and node.attr == "request"
    return Received(part, is_proof=False) if is_named or is_own else None


def _with_name(found: Received | None, key: ast.expr | None) -> Received | None:
    if found is not None and isinstance(key, ast.Constant) and isinstance(key.value, str):
        return replace(found, name=key.value)
    return found


def _called(source: Source, call: ast.Call, depth: int) -> Received | None:
    if isinstance(call.func, ast.Attribute):
        attr, owner = call.func.attr, call.func.value
        if attr in ("get", "getlist", "getfirst", "getone", "pop"):
            found = _received(source, owner, depth - 1)
            return _with_name(found, call.args[0] if call.args else None)
        if attr in _SAME:
            return _received(source, owner, depth - 1)
        if attr in _PARTS:
            return _of_request(source, owner, _PARTS[attr])
    if call.args and source.qualified_name(call.func) in _THROUGH:
        return _received(source, call.args[-1], depth - 1)
    return None


def _named(source: Source, name: ast.Name, depth: int) -> Received | None:
    solid = [each for each in source.lookup(name.id, name) if not is_absence(each)]
    found = [_of_binding(source, each, depth) for each in solid]
    if not found or None in found:
        return None
    return found[0]


def _of_binding(source: Source, binding: Binding, depth: int) -> Received | None:
    if binding.kind == "parameter" and isinstance(binding.node, ast.arg):
        return _parameter(source, binding, binding.node)
    if binding.kind != "assign":
        return None
    value = binding.value or getattr(binding.statement, "value", None)
    return _received(source, value, depth - 1) if isinstance(value, ast.expr) else None


# ----------------------------------------------------------------------------- parameters


def _parameter(source: Source, binding: Binding, argument: ast.arg) -> Received | None:
    arguments = source.parent(argument)
    function = source.parent(arguments) if isinstance(arguments, ast.arguments) else None
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    marked = _marked(source, function, argument)
    if marked is not None:
        return marked
    route = route_of(source, function)
    if route is None or route.framework not in ("fastapi", "flask", "quart"):
        return None
    if argument.arg in re.findall(r"[{<:](\w+)[}>:]", route.path) or route.framework != "fastapi":
        return Received("path", argument.arg)
    if argument.annotation is None:
        return None
    value = value_of_binding(source, binding)
    if value is None or value.assumed:
        return None
    if value.members:
        is_model = all(cls.kind is ClassKind.PYDANTIC for cls in value.members)
        default = default_of(function, argument.arg)
        return Received("body", argument.arg) if is_model and default is None else None
    return Received("query", argument.arg) if value.outside == ("builtins.str()",) else None


def _marked(source: Source, function: Function, argument: ast.arg) -> Received | None:
    """`= Header()`, `Annotated[str, Header()]`, `= Depends(HTTPBearer())`."""
    marks = [default_of(function, argument.arg)]
    if isinstance(argument.annotation, ast.Subscript):
        inside = argument.annotation.slice
        marks += inside.elts[1:] if isinstance(inside, ast.Tuple) else []
    for mark in marks:
        if not isinstance(mark, ast.Call):
            continue
        name = source.qualified_name(mark.func) or ""
        if (found := _MARKER.fullmatch(name)) is not None:
            return Received(_MARKERS[found[1]], argument.arg)
        if _DEPENDS.fullmatch(name) and mark.args:
            value = value_of(source, mark.args[0])
            if value is not None and value.matches(_SECURITY):
                return Received("credentials", argument.arg)
    return None
