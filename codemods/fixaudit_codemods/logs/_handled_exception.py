"""Which exception a log call's traceback shows, and whether it shows one at all."""

from __future__ import annotations

import ast
import re

from fixaudit import Source, handlers, loggers

_EXCEPTION_NAME = re.compile(
    r"^(?:e|ex|exc|err|error|exception)$|_(?:e|ex|exc|err|error|exception)$"
)


def mentions(node: ast.Call) -> set[str]:
    """The names that a log call's message and fields are made of; `exc_info` says nothing."""
    values = [*node.args, *(word.value for word in node.keywords if word.arg != "exc_info")]
    return {
        inner.id for value in values for inner in ast.walk(value) if isinstance(inner, ast.Name)
    }


def not_this_exception(
    source: Source, node: ast.Call, handler: ast.ExceptHandler | None
) -> str | None:
    """Why a log call that names some exception does not repeat the handled one.

    None for a call that names none: it is clean as it is.
    """
    names = mentions(node)
    outer = {above.name for above in source.ancestors(node) if isinstance(above, ast.ExceptHandler)}
    repeated = sorted(name for name in outer & names if name is not None)
    likely = repeated or sorted(name for name in names if _EXCEPTION_NAME.search(name))
    if not likely:
        return None
    if handler is None and outer:
        return "it runs in a function of its own, perhaps after the handler"
    if handler is None:
        return "outside of an `except` handler the message is all that is known"
    if repeated:
        return f"the traceback is that of the inner exception, `{repeated[0]}` is the outer one"
    return f"`{likely[0]}` is not the exception that this handler handles"


def no_traceback(
    source: Source,
    node: ast.Call,
    handler: ast.ExceptHandler,
    level: str,
    kind: loggers.LoggerKind,
) -> str | None:
    """Why the call may not show the traceback of the handler's exception; None where it does."""
    if handlers.in_finally(source, node, handler):
        return "in a `finally` block the traceback may be that of another exception"
    if kind == "loguru":
        assert isinstance(node.func, ast.Attribute)
        return _loguru(node.func, handler)
    given = [word.value for word in node.keywords if word.arg == "exc_info"]
    if not given:
        if level.endswith("exception"):
            return None
        return "no traceback is logged, so the message is all that is known of the exception"
    return exc_info_of(source, given[0], handler)


def exc_info_of(source: Source, value: ast.expr, handler: ast.ExceptHandler) -> str | None:
    """Why `exc_info` may not stand for the handler's exception; None where it does."""
    match value:
        case ast.Constant(value=constant):
            return None if constant else "`exc_info` turns the traceback off"
        case ast.Name(id=name) if name == handler.name:
            return None
        case ast.Call(func=func) if source.qualified_name(func) == "sys.exc_info":
            return None
        case ast.Tuple(elts=[_, ast.Name(id=name), _]) if name == handler.name:
            return None
    return "`exc_info` decides at run time whether there is a traceback, and of what"


def _loguru(func: ast.Attribute, handler: ast.ExceptHandler) -> str | None:
    shown = func.attr == "exception"
    receiver: ast.expr = func.value
    while isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Attribute):
        for word in receiver.keywords:
            if receiver.func.attr == "opt" and word.arg == "exception":
                shown = _is_true(word.value, handler)
        receiver = receiver.func.value
    return None if shown else "loguru logs no traceback here (`exc_info` means nothing to it)"


def _is_true(value: ast.expr, handler: ast.ExceptHandler) -> bool:
    if isinstance(value, ast.Constant):
        return bool(value.value)
    return isinstance(value, ast.Name) and value.id == handler.name
