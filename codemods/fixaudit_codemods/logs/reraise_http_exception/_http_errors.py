"""HTTP errors that code raises on purpose: their status, and the class by which they are caught."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import ClassFacts, FunctionFacts, definition_of, dotted_name
from fixaudit_codemods.logs._traceback_logging import own_nodes

BASES: dict[str, tuple[str, str]] = {
    "fastapi.HTTPException": ("fastapi", "HTTPException"),
    "fastapi.exceptions.HTTPException": ("fastapi.exceptions", "HTTPException"),
    "starlette.exceptions.HTTPException": ("starlette.exceptions", "HTTPException"),
    "litestar.exceptions.HTTPException": ("litestar.exceptions", "HTTPException"),
    "werkzeug.exceptions.HTTPException": ("werkzeug.exceptions", "HTTPException"),
    "aiohttp.web.HTTPException": ("aiohttp.web", "HTTPException"),
    "django.http.Http404": ("django.http", "Http404"),
    "django.http.response.Http404": ("django.http", "Http404"),
}
_FAMILIES = ("werkzeug.exceptions.", "aiohttp.web.HTTP")
_ABORTS = frozenset({"flask.abort", "quart.abort", "werkzeug.exceptions.abort"})
_NEVER_RAISES = frozenset(
    {*sys.stdlib_module_names, "builtins", *(name.partition(".")[0] for name in BASES)}
)
_STATUS = re.compile(r"(?:HTTP_)?(\d{3})(?:_.*)?")


@dataclass(frozen=True, slots=True)
class HttpError:
    """A place that raises one; `catch` is the class to catch it by, as (module, name).

    `written` is that class as the place itself writes it; None where it writes another. `by` is
    the function of the project that raises it; empty for a `raise` or `abort` on the spot.
    """

    node: ast.AST
    catch: tuple[str, str]
    status: int | None
    written: ast.expr | None = None
    by: str = ""


def http_errors(source: Source, statements: list[ast.stmt]) -> Iterator[HttpError]:
    """Every place in the statements that raises one: by `raise`, `abort`, or a call one step away."""
    for node in own_nodes(statements):
        found: HttpError | None = None
        if isinstance(node, ast.Raise) and node.exc is not None:
            found = _raised(source, node)
        elif isinstance(node, ast.Call):
            found = _called(source, node)
        if found is not None:
            yield found


def catch_of(source: Source, cls: ast.expr) -> tuple[str, str] | None:
    """The base by which an HTTP error class is caught; None for other classes."""
    name = source.qualified_name(cls)
    known = base_of(name) if name is not None else None
    if known is not None:
        return known
    found = definition_of(source, cls) if isinstance(cls, (ast.Name, ast.Attribute)) else None
    if not isinstance(found, ClassFacts):
        return None
    bases = (
        entry.module.qualify(dotted_name(base) or "")
        for entry in found.mro().own
        for base in entry.bases
    )
    return next((known for base in bases if (known := base_of(base)) is not None), None)


def base_of(name: str) -> tuple[str, str] | None:
    """The class to catch a library's HTTP error by, from its dotted name."""
    if name in BASES:
        return BASES[name]
    family = next((entry for entry in _FAMILIES if name.startswith(entry)), None)
    if family is None or not name.rpartition(".")[2][:1].isupper():
        return None
    return family.rpartition(".")[0], "HTTPException"


def _raised(source: Source, node: ast.Raise) -> HttpError | None:
    call = node.exc if isinstance(node.exc, ast.Call) else None
    cls = call.func if call is not None else node.exc
    assert cls is not None
    catch = catch_of(source, cls)
    if catch is None:
        return None
    written = cls if source.qualified_name(cls) in BASES else None
    status = status_of(call) if call is not None else None
    return HttpError(node, catch, 404 if catch[1] == "Http404" else status, written)


def _called(source: Source, call: ast.Call) -> HttpError | None:
    name = source.qualified_name(call.func)
    if name in _ABORTS:
        return HttpError(call, BASES["werkzeug.exceptions.HTTPException"], status_of(call))
    # Methods of values are not followed: what they are is asked for too often to be cheap.
    if name is None or name.partition(".")[0] in _NEVER_RAISES:
        return None
    found = source.project.definition(name, source.location)
    if not isinstance(found, FunctionFacts) or not _runs(source, call, found):
        return None
    for raised in _unguarded(found.node.body):
        cls = raised.exc.func if isinstance(raised.exc, ast.Call) else raised.exc
        dotted = dotted_name(cls) if cls is not None else None
        catch = base_of(found.module.qualify(dotted)) if dotted else None
        if catch is not None:
            status = status_of(raised.exc) if isinstance(raised.exc, ast.Call) else None
            return HttpError(call, catch, status, by=ast.unparse(call.func))
    return None


def _runs(source: Source, call: ast.Call, found: FunctionFacts) -> bool:
    """True where the call itself runs the body: no coroutine left for later, and no generator."""
    return not found.is_generator and found.is_async == isinstance(source.parent(call), ast.Await)


def _unguarded(statements: list[ast.stmt]) -> Iterator[ast.Raise]:
    """The raises that no `try` of the function may catch."""
    for statement in statements:
        if isinstance(statement, ast.Raise):
            yield statement
        elif isinstance(statement, (ast.If, ast.For, ast.AsyncFor, ast.While)):
            yield from _unguarded([*statement.body, *statement.orelse])
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            yield from _unguarded(statement.body)
        elif isinstance(statement, ast.Try):
            parts = [entry for handler in statement.handlers for entry in handler.body]
            yield from _unguarded([*parts, *statement.orelse, *statement.finalbody])


def status_of(call: ast.Call) -> int | None:
    """The status a call is given, first or by name; None where it is no constant."""
    named = [word.value for word in call.keywords if word.arg in ("status_code", "status", "code")]
    value = next(iter([*named, *call.args]), None)
    return status_value(value)


def status_value(value: ast.expr | None) -> int | None:
    """404 of `404`, `status.HTTP_404_NOT_FOUND` and `HTTPStatus(404)`."""
    if isinstance(value, ast.Constant) and type(value.value) is int:
        return value.value
    if isinstance(value, ast.Attribute) and (found := _STATUS.fullmatch(value.attr)):
        return int(found[1])
    return None
