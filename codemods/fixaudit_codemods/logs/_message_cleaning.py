"""What is to become of a log call's message: cleaned, kept as it is, or shown to a human."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit import Evidence, Source, loggers, memoized
from fixaudit.authoring import Style
from fixaudit_codemods.logs._log_call import (
    Removal,
    exact_among,
    is_exception,
    of_call,
    template,
    without_exception,
)
from fixaudit_codemods.logs._message_edits import Arguments, KeptError
from fixaudit_codemods.logs._tests_asserting_logs import asserting_test

LEVELS = frozenset(
    {"debug", "info", "warning", "warn", "error", "critical", "fatal", "log", "exception"}
    | {"trace", "success", "aexception", "aerror", "awarning", "ainfo", "adebug", "acritical"}
)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What is to become of one call: a removal, or the reason why a human is asked.

    `reads_with_it` is true where the message reads as it is, and only without the exception would not.
    `doubts` are hints against the removal.
    """

    removal: Removal | None
    reason: str
    reads_with_it: bool = False
    doubts: tuple[Evidence, ...] = ()


def level_of(source: Source, node: ast.Call) -> str | None:
    """The method of a call that may be a log call: `exception`, `error`, …"""
    func = node.func
    if isinstance(func, ast.Attribute):
        return func.attr if func.attr in LEVELS else None
    if isinstance(func, ast.Name) and func.id in _imported_levels(source):
        qualified = source.qualified_name(func) or ""
        return qualified.removeprefix("logging.") if qualified.startswith("logging.") else None
    return None


@memoized
def _imported_levels(source: Source) -> frozenset[str]:
    """The names under which `from logging import exception` and its like are known here."""
    return frozenset(
        alias.asname or alias.name
        for statement in source.nodes(ast.ImportFrom)
        if statement.module == "logging"
        for alias in statement.names
        if alias.name in LEVELS
    )


def logger_kind(source: Source, node: ast.Call) -> loggers.LoggerKind | None:
    """The library of the logger that is called; None where the receiver is not known to be one.

    What is likely a logger counts as one of `logging`: `logger_hints` says so.
    """
    if not isinstance(node.func, ast.Attribute):
        return "stdlib"
    kind = loggers.kind_of(source, node.func.value)
    return "stdlib" if kind is None and logger_hints(source, node) else kind


def logger_hints(source: Source, node: ast.Call) -> tuple[Evidence, ...]:
    """What speaks for a receiver that is not proved to be a logger; empty for one that is."""
    if not isinstance(node.func, ast.Attribute):
        return ()
    hint = loggers.likely(source, node.func.value)
    return () if hint is None else (hint,)


@memoized
def cleaning_of(source: Source, node: ast.Call, name: str) -> Cleaning | None:
    """None where nothing in the message is exactly the exception."""
    message, values = _message(source, node)
    if message is None:
        return None
    if is_exception(source, message, name, node):
        return Cleaning(None, f"the message is `{name}` and has no text of its own")
    text, arguments = template(source, message)
    if arguments is None:
        style = _style(source, node, values)
        arguments = of_call(style, node, values)
    elif values and exact_among(source, values, name, node):
        return Cleaning(None, "the message is formatted twice")
    return _removal(source, node, name, text, arguments)


def _removal(
    source: Source, node: ast.Call, name: str, text: ast.expr, arguments: Arguments
) -> Cleaning | None:
    given = [value for _, value in arguments.values]
    exact = exact_among(source, _flat(given), name, node)
    if not exact and not _mentioned_in_text(text, name):
        return None
    try:
        removal = without_exception(source, node, name, text, arguments)
    except KeptError as reason:
        kept = f"`{name}` repeats the traceback, but {reason}"
        return Cleaning(None, kept, reads_with_it=asserting_test(source, text) is None)
    if not removal.mentions:
        return None
    test = asserting_test(source, text)
    if test is not None and not test.is_hint:
        return Cleaning(None, test.text)
    doubts = () if test is None else (test,)
    return Cleaning(removal, f"the traceback already ends in `{name}`", doubts=doubts)


def _flat(values: list[ast.expr]) -> list[ast.expr]:
    """The values, and those of a mapping given for named placeholders."""
    named = [entry for value in values if isinstance(value, ast.Dict) for entry in value.values]
    return [*values, *named]


def _mentioned_in_text(text: ast.expr, name: str) -> bool:
    if isinstance(text, ast.BinOp) and isinstance(text.op, ast.Add):
        return _mentioned_in_text(text.left, name) or _mentioned_in_text(text.right, name)
    exact = isinstance(text, (ast.JoinedStr, ast.Call))
    return exact and any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(text))


def _message(source: Source, node: ast.Call) -> tuple[ast.expr | None, list[ast.expr]]:
    first = 1 if level_of(source, node) == "log" else 0
    if len(node.args) > first:
        return node.args[first], node.args[first + 1 :]
    named = [word.value for word in node.keywords if word.arg in ("msg", "event")]
    return (named[0] if named else None), []


def _style(source: Source, node: ast.Call, values: list[ast.expr]) -> Style:
    if not values:
        return Style.NONE
    return Style.BRACE if logger_kind(source, node) == "loguru" else Style.PERCENT


def says_more(source: Source, node: ast.Call, name: str) -> str:
    message, values = _message(source, node)
    parts = [*([message] if message is not None else []), *values]
    for part in parts:
        for inner in ast.walk(part):
            if isinstance(inner, ast.Name) and inner.id == name:
                return _what_it_says(source, inner)
    return f"`{name}` is a structured field of its own here, not part of the message"


def _what_it_says(source: Source, name: ast.Name) -> str:
    value = _around(source, name)
    if is_exception(source, value, name.id, name):
        return f"`{name.id}` stands in a larger expression, not in the message itself"
    return f"`{ast.unparse(value)}` says more than the exception itself"


def _around(source: Source, name: ast.Name) -> ast.expr:
    """The value of the message that a name is part of: one placeholder or argument."""
    shown: ast.expr = name
    for above in source.ancestors(name):
        if not isinstance(above, (ast.Attribute, ast.Subscript, ast.Call)):
            break
        if isinstance(above, ast.Call) and (level_of(source, above) or _fills(above)):
            break
        shown = above
    return shown


def _fills(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "format"
