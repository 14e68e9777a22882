"""What a broad handler makes of an HTTP error that it catches by accident."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from fixaudit import Evidence, Source, loggers
from fixaudit.authoring import clipped
from fixaudit_codemods.logs._http_exceptions import catch_of, status_of, status_value
from fixaudit_codemods.logs._message_cleaning import LEVELS
from fixaudit_codemods.logs._traceback_logging import own_nodes
from fixaudit_codemods.logs.reraise_http_exception._wording import only_words

_LOOKS = frozenset({"status_code", "detail", "code", "status", "response"})
_HARMLESS = frozenset(
    {"str", "repr", "type", "len", "print", "format", "isinstance", "getattr", "hasattr", "dict"}
    | {"list", "format_exc", "print_exc", "jsonify", "HTTPException", "JSONResponse", "Response"}
    | {"PlainTextResponse", "ORJSONResponse", "HTMLResponse", "make_response", "json_response"}
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of the error. `status` is what the client gets; None for "it is not told".

    `kept` says why nothing is lost, `doubt` why a human must look first; `hints` are loggers that
    only their names say are some.
    """

    status: int | None = None
    kept: str | None = None
    doubt: str | None = None
    hints: tuple[Evidence, ...] = ()


def fate_of(source: Source, handler: ast.ExceptHandler) -> Fate:
    """The fate of an HTTP error in a broad handler."""
    looked = _looks_at(source, handler)
    if looked is not None:
        return Fate(kept=f"the handler tells HTTP errors apart itself, in line {looked}")
    for statement in handler.body:
        if isinstance(statement, ast.Raise) and _is_same(statement, handler):
            return Fate(kept="the handler raises again what it caught")
    for node in own_nodes(handler.body):
        if isinstance(node, ast.Raise) and _is_same(node, handler):
            return Fate(doubt="the handler raises it again in some cases only")
    extra = _does_more(source, handler)
    if extra is not None:
        return Fate(doubt=f"the handler also does `{extra}`, which an HTTP error would then skip")
    hints = [hint for node in own_nodes(handler.body) for hint in _by_name(source, node)]
    return replace(_end(source, handler), hints=tuple(hints))


def _by_name(source: Source, node: ast.AST) -> tuple[Evidence, ...]:
    """The hint that a log call of the handler is one by its receiver's name only."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ()
    receiver = node.func.value
    if node.func.attr not in LEVELS or loggers.kind_of(source, receiver) is not None:
        return ()
    return (source.hint(node, f"`{ast.unparse(receiver)}` is a logger by its name only"),)


def _is_same(node: ast.Raise, handler: ast.ExceptHandler) -> bool:
    return node.exc is None or (isinstance(node.exc, ast.Name) and node.exc.id == handler.name)


def _looks_at(source: Source, handler: ast.ExceptHandler) -> int | None:
    """The line that asks the exception for its kind or its status."""
    for node in own_nodes(handler.body):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in _LOOKS
            and _is_name(node.value, handler)
        ):
            return node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            asks = node.func.id in ("isinstance", "getattr", "hasattr")
            if asks and node.args and _is_name(node.args[0], handler):
                return node.lineno
    return None


def _is_name(node: ast.expr, handler: ast.ExceptHandler) -> bool:
    return isinstance(node, ast.Name) and node.id == handler.name


def _does_more(source: Source, handler: ast.ExceptHandler) -> str | None:
    """What a handler does besides logging and answering: a rollback, a metric, a release."""
    for node in own_nodes(handler.body):
        if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.Delete, ast.AugAssign)):
            return _short(node)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and not _is_local(node):
            return _short(node)
        if isinstance(node, ast.Call) and not _is_harmless(source, node):
            return _short(node)
    return None


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).partition("\n")[0]
    return clipped(text, 50)


def _is_local(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return all(isinstance(target, ast.Name) for target in targets)


def _is_harmless(source: Source, call: ast.Call) -> bool:
    """Log calls, and what makes a message or an answer."""
    if isinstance(call.func, ast.Attribute):
        receiver = call.func.value
        is_logger = loggers.kind_of(source, receiver) is not None
        if call.func.attr in LEVELS and (is_logger or "log" in ast.unparse(receiver).lower()):
            return True
        if call.func.attr in ("format", "strip", "join", "isoformat", "now", "utcnow", "uuid4"):
            return True
        name = call.func.attr
    else:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
    return (
        name in _HARMLESS
        or name.endswith(("Exception", "Error"))
        or catch_of(source, call.func) is not None
        or only_words(source, call)
    )


def _end(source: Source, handler: ast.ExceptHandler) -> Fate:
    """The handler's last statement says what the client gets."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise):
        cls = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
        if cls is None or (source.qualified_name(cls) or "").startswith("builtins."):
            return Fate(status=500)
        if catch_of(source, cls) is None:
            shown = f"the handler raises `{_short(cls)}` in its place"
            return Fate(doubt=f"{shown}, which callers may look for")
        status = status_of(last.exc) if isinstance(last.exc, ast.Call) else None
        return (
            Fate(status=status)
            if status
            else Fate(doubt="the handler's status is not written here")
        )
    status = _returned_status(last) if isinstance(last, ast.Return) else None
    if status is not None and status >= 400:
        return Fate(status=status)
    return Fate(doubt="the handler swallows it, so that the client is told of no error")


def _returned_status(last: ast.Return) -> int | None:
    if isinstance(last.value, ast.Tuple) and len(last.value.elts) > 1:
        return status_value(last.value.elts[1])
    if isinstance(last.value, ast.Call):
        words = last.value.keywords
        named = [word.value for word in words if word.arg in ("status_code", "status")]
        return status_value(named[0]) if named else None
    return None
