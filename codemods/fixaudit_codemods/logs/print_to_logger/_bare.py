"""A print that has no words of its own: what its message says of the values, or of what failed."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from fixaudit import Source
from fixaudit.authoring import Function, own_nodes
from fixaudit_codemods.logs.print_to_logger._message import HOLE, is_text, visible

# These say no more than that a message follows.
_MESSAGES = re.compile(
    r"^_?(?:msg|message|text|txt|line|lines|out|output|info|log|warning|warn|notice|banner|string|s)$",
    re.IGNORECASE,
)
_SPELLED = re.compile(r"[^\W\d][\w.]*(?:[\[(][\w., ]*[\])][\w.]*)*")
# What these make reads as a message by itself.
_MAKES_TEXT = re.compile(r"format|exc$|text|dumps|render|describe|summary|report", re.IGNORECASE)
_LONGEST = 40
_LOGS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})


def has_words(arguments: Sequence[ast.expr]) -> bool:
    """True where the text of a message says something besides its values."""
    return any(
        char.isalpha() for argument in arguments for char in visible(argument) if char != HOLE
    )


def labels(source: Source, arguments: Sequence[ast.expr]) -> list[str] | None:
    """How each of several values is called; None where one of them has no short name, or needs none."""
    found = [_label(source, argument) for argument in arguments]
    named = [label for label in found if label is not None]
    return named if named and len(named) == len(found) else None


def _label(source: Source, value: ast.expr) -> str | None:
    if not isinstance(value, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
        return None
    if is_text(source, value) or _makes_text(value):
        return None
    handler = source.handler(value)
    if handler is not None and is_exception(value, handler.name):
        return "error"
    text = ast.unparse(value)
    text = re.sub(r"\b(?:self|cls)\._*", "", text).removesuffix("()")
    if len(text) > _LONGEST or _SPELLED.fullmatch(text) is None:
        return None
    return None if _MESSAGES.match(text) else text


def _makes_text(value: ast.expr) -> bool:
    called = value.func if isinstance(value, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return _MAKES_TEXT.search(name) is not None


def failure(source: Source, call: ast.Call) -> str | None:
    """What a message says that shows nothing but the exception, or the traceback, of its handler.

    The function's name is the word for what failed. None outside of a function, and beside another
    message of the same handler, which says it already.
    """
    handler, function = source.handler(call), source.function(call)
    if handler is None or not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    if len(call.args) != 1 or _speaks_besides(handler, call):
        return None
    shown = call.args[0]
    if not (is_exception(shown, handler.name) or is_traceback(source, shown)):
        return None
    return f"Error in {_words_for(source, function)}"


def _words_for(source: Source, function: Function) -> str:
    owner = source.parent(function)
    if function.name.startswith("__") and isinstance(owner, ast.ClassDef):
        return f"{owner.name}.{function.name}"
    return function.name


def is_exception(shown: ast.expr, name: str | None) -> bool:
    """True for exactly `e`, `str(e)`, `repr(e)` and `e.__str__()`."""
    match shown:
        case ast.Name(id=known):
            return known == name
        case ast.Call(func=ast.Name(id="str" | "repr"), args=[ast.Name(id=known)], keywords=[]):
            return known == name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=known), attr="__str__"), args=[]):
            return known == name
    return False


def is_traceback(source: Source, shown: ast.expr) -> bool:
    """True for `traceback.format_exc()`."""
    if not isinstance(shown, ast.Call):
        return False
    return source.qualified_name(shown.func) == "traceback.format_exc" and not shown.args


def _speaks_besides(handler: ast.ExceptHandler, call: ast.Call) -> bool:
    """True where the handler prints or logs something else as well."""
    for node in own_nodes(handler):
        if isinstance(node, ast.Call) and node is not call:
            func = node.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name == "print" or name in _LOGS or name == "print_exc":
                return True
    return False
