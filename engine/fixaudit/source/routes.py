"""Routes of FastAPI, Starlette, Flask and Quart: known by what their router is, not by its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.values.known_objects import Framework, router_framework
from fixaudit.source.memo import memoized
from fixaudit.source.source import Function, Source
from fixaudit.source.values import value_of

METHODS = frozenset(
    {"get", "post", "put", "delete", "patch", "head", "options", "trace", "route", "api_route"}
)
REGISTERING = {"Route": 1, "add_api_route": 1, "add_route": 1, "add_url_rule": 2}
_STATUS = re.compile(r"(?:HTTP_)?(\d{3})(?:_.*)?")


@dataclass(frozen=True, slots=True)
class Route:
    """A function that answers requests. `framework` is None where its router is not known."""

    function: Function
    framework: Framework | None
    call: ast.Call | None
    shown: str

    @property
    def path(self) -> str:
        """The path as written; empty where it is no constant."""
        first = self.call.args[0] if self.call is not None and self.call.args else None
        named = self.keyword("path")
        value = first if first is not None else named
        return value.value if _is_text(value) else ""  # type: ignore[union-attr]

    def keyword(self, name: str) -> ast.expr | None:
        words = self.call.keywords if self.call is not None else []
        return next((word.value for word in words if word.arg == name), None)


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


def route_of(source: Source, function: Function) -> Route | None:
    """The route that a function is; None for other functions, and for mocks named `patch`."""
    unknown: Route | None = None
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
            continue
        if decorator.func.attr not in METHODS:
            continue
        receiver = decorator.func.value
        shown = ast.unparse(decorator.func)
        framework = framework_of(source, receiver)
        if framework is not None:
            return Route(function, framework, decorator, shown)
        if _looks_like_path(decorator) and not _is_other_library(source, receiver):
            unknown = Route(function, None, decorator, shown)
    return unknown or _registered(source, function)


def _looks_like_path(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return _is_text(first) and str(first.value).startswith("/")  # type: ignore[union-attr]


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_other_library(source: Source, receiver: ast.expr) -> bool:
    """`mock.patch`, `responses.get` and the like answer requests of tests."""
    named = (source.qualified_name(receiver) or "").partition(".")[0]
    return named in {
        "unittest",
        "mock",
        "pytest",
        "responses",
        "respx",
        "requests_mock",
        "httpretty",
    }


def framework_of(source: Source, receiver: ast.expr) -> Framework | None:
    """The framework of a router or application, by the class it is made of or annotated with."""
    value = value_of(source, receiver)
    if value is None or value.assumed:
        return None
    found = {_by_bases(cls) for cls in value.members}
    found |= {_by_origin(origin) for origin in value.outside}
    return found.pop() if len(found) == 1 else None


def _by_origin(origin: str) -> Framework | None:
    made = origin.removesuffix("()")
    return None if made == origin else router_framework(made)


def _by_bases(cls: ClassFacts) -> Framework | None:
    known = (router_framework(base) for base in cls.written_bases())
    return next((framework for framework in known if framework is not None), None)


# ------------------------------------------------------------------- without decorators


def _registered(source: Source, function: Function) -> Route | None:
    """`Route("/x", f)`, `router.add_api_route("/x", f)`, `app.add_url_rule("/x", view_func=f)`."""
    for call, endpoint in _registrations(source).get(function.name, ()):
        bindings = source.lookup(endpoint.id, endpoint)
        if len(bindings) != 1 or bindings[0].node is not function:
            continue
        framework: Framework | None
        if isinstance(call.func, ast.Attribute) and call.func.attr in REGISTERING:
            framework = framework_of(source, call.func.value)
        else:
            is_route = source.qualified_name(call.func) == "starlette.routing.Route"
            framework = "starlette" if is_route else None
        if framework is not None:
            return Route(function, framework, call, ast.unparse(call.func))
    return None


@memoized
def _registrations(source: Source) -> dict[str, list[tuple[ast.Call, ast.Name]]]:
    found: dict[str, list[tuple[ast.Call, ast.Name]]] = {}
    for call, endpoint in _registering_calls(source):
        found.setdefault(endpoint.id, []).append((call, endpoint))
    return found


def _registering_calls(source: Source) -> Iterator[tuple[ast.Call, ast.Name]]:
    for call in source.nodes(ast.Call):
        name = (
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        )
        position = REGISTERING.get(name)
        if position is None:
            continue
        named = [w.value for w in call.keywords if w.arg in ("endpoint", "view_func", "route")]
        for value in [*call.args[position : position + 1], *named]:
            if isinstance(value, ast.Name):
                yield call, value


def http_status(node: ast.expr | None) -> int | None:
    """200 of `200`, `"200 OK"`, `status.HTTP_200_OK` and `HTTPStatus.OK.value`; None if unknown."""
    if isinstance(node, ast.Attribute) and node.attr == "value":
        node = node.value
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return int(node.value)
    text = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    if _is_text(node):
        text = str(node.value)[:3]  # type: ignore[union-attr]
    match = _STATUS.fullmatch(text or "")
    if match is not None:
        return int(match[1])
    named = HTTPStatus.__members__.get(text or "")
    return None if named is None else named.value


# ------------------------------------------------------------------- handlers of exceptions


def handled_exceptions(source: Source, function: Function) -> tuple[ast.expr, ...] | None:
    """What an application's exception handler handles: classes or statuses, as written.

    `@app.exception_handler(Error)`, Flask's `@app.errorhandler(404)`, and
    `app.add_exception_handler(Error, function)` of this file. None for other functions.
    """
    for decorator in function.decorator_list:
        func = decorator.func if isinstance(decorator, ast.Call) else None
        if isinstance(decorator, ast.Call) and isinstance(func, ast.Attribute):
            if func.attr in ("exception_handler", "errorhandler", "app_errorhandler"):
                return tuple(decorator.args)
    return tuple(_added_handlers(source).get(function, ())) or None


@memoized
def _added_handlers(source: Source) -> dict[ast.AST, list[ast.expr]]:
    """What `app.add_exception_handler(Error, function)` says of the functions of this file."""
    found: dict[ast.AST, list[ast.expr]] = {}
    for call in source.nodes(ast.Call):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        is_adding = call.func.attr in ("add_exception_handler", "register_error_handler")
        if is_adding and len(call.args) > 1 and isinstance(call.args[1], ast.Name):
            bindings = source.lookup(call.args[1].id, call.args[1])
            if len(bindings) == 1:
                found.setdefault(bindings[0].node, []).append(call.args[0])
    return found
