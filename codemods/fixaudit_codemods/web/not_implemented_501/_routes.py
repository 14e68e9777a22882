"""Routes of FastAPI, Starlette, Flask and Quart: known by what their router is, not by its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fixaudit import Source
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts, VariableFacts, dotted_name
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.source.memo import remembered
from fixaudit.source.static_type import definition_of
from fixaudit.syntax.namespace import Binding

Framework = Literal["fastapi", "starlette", "flask", "quart"]
Function = ast.FunctionDef | ast.AsyncFunctionDef

METHODS = frozenset(
    {"get", "post", "put", "delete", "patch", "head", "options", "trace", "route", "api_route"}
)
ROUTERS: dict[str, Framework] = {
    "fastapi.FastAPI": "fastapi",
    "fastapi.APIRouter": "fastapi",
    "fastapi.applications.FastAPI": "fastapi",
    "fastapi.routing.APIRouter": "fastapi",
    "starlette.applications.Starlette": "starlette",
    "starlette.routing.Router": "starlette",
    "flask.Flask": "flask",
    "flask.Blueprint": "flask",
    "flask.blueprints.Blueprint": "flask",
    "flask.app.Flask": "flask",
    "quart.Quart": "quart",
    "quart.Blueprint": "quart",
}
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
    if isinstance(receiver, ast.Name):
        bindings = source.lookup(receiver.id, receiver)
        if bindings and not any(binding.kind == "import" for binding in bindings):
            found = {_by_binding(source, item) for item in bindings if not _is_nothing(item)}
            return found.pop() if len(found) == 1 else None
    elif _is_self_attribute(receiver):
        return _by_self(source, receiver)
    return _across_files(source, receiver)


def _is_nothing(binding: Binding) -> bool:
    value = binding.value
    return isinstance(value, ast.Constant) and value.value is None


def _by_binding(source: Source, binding: Binding) -> Framework | None:
    for part in _parts(binding.annotation):
        found = _by_class(source, part)
        if found is not None:
            return found
    return None if binding.value is None else _by_call(source, binding.value)


def _parts(annotation: ast.expr | None) -> Iterator[ast.expr]:
    """The classes in `App`, `"App"`, `App | None`, `Optional[App]` and `Annotated[App, …]`."""
    match annotation:
        case ast.Name() | ast.Attribute():
            yield annotation
        case ast.BinOp(left=left, right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.Subscript(slice=ast.Tuple(elts=[first, *_])):
            yield from _parts(first)
        case ast.Subscript(slice=inner):
            yield from _parts(inner)


def _by_call(source: Source, value: ast.expr) -> Framework | None:
    if not isinstance(value, ast.Call):
        return None
    found = _by_class(source, value.func)
    if found is not None:
        return found
    maker = definition_of(source, value.func)
    return _by_result(source, maker) if isinstance(maker, FunctionFacts) else None


def _by_result(source: Source, maker: FunctionFacts) -> Framework | None:
    """What a factory of the project is annotated to return."""
    for part in _parts(maker.returns):
        found = _in_module(source, maker.module, part)
        if found is not None:
            return found
    return None


def _in_module(source: Source, module: ModuleFacts, cls: ast.expr) -> Framework | None:
    written = dotted_name(cls)
    if written is None:
        return None
    known = known_router(module.qualify(written))
    if known is not None:
        return known
    found = source.project.resolve(module, written)
    return _by_bases(found) if isinstance(found, ClassFacts) else None


def known_router(name: str | None) -> Framework | None:
    """The framework of a class outside of the project, by its full name."""
    root, _, last = (name or "").rpartition(".")
    if name in ROUTERS or not root:
        return ROUTERS.get(name or "")
    package = root.partition(".")[0]
    if last.endswith(("APIRouter", "FastAPI")) and package != "ninja":
        return "fastapi"
    is_flask = package.startswith("flask") or package == "apiflask"
    return "flask" if is_flask and last.endswith(("Blueprint", "Flask", "OpenAPI")) else None


def _by_class(source: Source, cls: ast.expr) -> Framework | None:
    found = definition_of(source, cls)
    if isinstance(found, ClassFacts):
        return _by_bases(found)
    if found is not None:
        return None
    return known_router(source.qualified_name(cls))


def _by_bases(cls: ClassFacts) -> Framework | None:
    for entry in cls.mro().own:
        for base in entry.bases:
            known = known_router(entry.module.qualify(dotted_name(base) or ""))
            if known is not None:
                return known
    return None


def _is_self_attribute(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def _by_self(source: Source, receiver: ast.expr) -> Framework | None:
    assert isinstance(receiver, ast.Attribute)
    cls = source.class_of(receiver)
    values = [
        node.value
        for node in (ast.walk(cls) if cls is not None else ())
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if _is_self_attribute(target) and target.attr == receiver.attr  # type: ignore[attr-defined]
    ]
    found = {None if value is None else _by_call(source, value) for value in values}
    return found.pop() if len(found) == 1 else None


def _across_files(source: Source, receiver: ast.expr) -> Framework | None:
    """A router made in another module of the project and imported here."""
    found = definition_of(source, receiver)
    if not isinstance(found, VariableFacts):
        return None
    for part in _parts(found.annotation):
        known = _in_module(source, found.module, part)
        if known is not None:
            return known
    value = found.value
    if not isinstance(value, ast.Call):
        return None
    made = _in_module(source, found.module, value.func)
    written = dotted_name(value.func)
    maker = None if made or written is None else source.project.resolve(found.module, written)
    return _by_result(source, maker) if isinstance(maker, FunctionFacts) else made


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


@remembered
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


def status_of(node: ast.expr | None) -> int | None:
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
    return _NAMED_STATUS.get(text or "")


_NAMED_STATUS = {
    "OK": 200,
    "CREATED": 201,
    "ACCEPTED": 202,
    "NO_CONTENT": 204,
    "NOT_IMPLEMENTED": 501,
    "NOT_FOUND": 404,
    "BAD_REQUEST": 400,
    "SERVICE_UNAVAILABLE": 503,
    "METHOD_NOT_ALLOWED": 405,
    "INTERNAL_SERVER_ERROR": 500,
}
