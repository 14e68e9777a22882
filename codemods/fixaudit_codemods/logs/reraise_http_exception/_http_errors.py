"""HTTP errors that code raises on purpose: their status, and the class by which they are caught."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import FunctionFacts, dotted_name
from fixaudit_codemods.logs._http_exceptions import BASES, base_of, catch_of, status_of
from fixaudit_codemods.logs._traceback_logging import own_nodes

_ABORTS = frozenset({"flask.abort", "quart.abort", "werkzeug.exceptions.abort"})
_NEVER_RAISES = frozenset(
    {*sys.stdlib_module_names, "builtins", *(name.partition(".")[0] for name in BASES)}
)


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
