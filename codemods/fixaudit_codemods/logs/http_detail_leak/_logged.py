"""Whether a handler logs what the client is no longer told, and the log call that is added."""

from __future__ import annotations

import ast

from fixaudit import Edit, Evidence, NeededModuleName, Source, access, loggers, rewriting
from fixaudit.authoring import FunctionFacts, definition_of, static_type
from fixaudit_codemods.logs._handled_exception import mentions
from fixaudit_codemods.logs._message_cleaning import level_of, logger_hints, logger_kind
from fixaudit_codemods.logs._traceback_logging import exclusive, logs_traceback, own_nodes

_OF_A_LOGGER = ("debug", "info", "warning", "error")
_KEPT = frozenset({"info", "warning", "error", "exception", "critical"})
_FOR_DEBUGGING = ("debug", "adebug", "trace")
_OTHER_LIBRARIES = ("loguru", "structlog", "logbook")


def logged_in(source: Source, handler: ast.ExceptHandler, at: ast.AST) -> int | None:
    """The line of a call that logs the traceback, or the exception's text, when `at` runs too.

    What is logged for debugging is in no log of production, and does not count.
    """
    for node in own_nodes(handler.body):
        if not isinstance(node, ast.Call) or exclusive(source, node, at):
            continue
        level = level_of(source, node)
        if level in _FOR_DEBUGGING:
            continue
        if logs_traceback(source, node):
            return node.lineno
        if handler.name not in mentions(node):
            continue
        is_log = level is not None and logger_kind(source, node) is not None
        if is_log or _logs_itself(source, node):
            return node.lineno
    return None


def above_debug(source: Source, handler: ast.ExceptHandler) -> str:
    """What is added to "nothing logs it" where a handler logs for debugging."""
    calls = (node for node in own_nodes(handler.body) if isinstance(node, ast.Call))
    return " above debug" if any(level_of(source, each) in _FOR_DEBUGGING for each in calls) else ""


def _logs_itself(source: Source, call: ast.Call) -> bool:
    """True for a function of the project that hands its argument to a logger, and a method of its own logger class."""
    found = definition_of(source, call.func)
    if not isinstance(found, FunctionFacts):
        return False
    if found.owner is not None and isinstance(call.func, ast.Attribute):
        kind = static_type(source, call.func.value)
        logger = kind.members[0] if kind is not None and len(kind.members) == 1 else None
        return found.name in _KEPT and logger is not None and all(map(logger.find_method, _OF_A_LOGGER))  # fmt: skip
    given = {argument.arg for argument in found.node.args.args}
    calls = (node for node in ast.walk(found.node) if isinstance(node, ast.Call))
    return any(
        isinstance(each.func, ast.Attribute) and each.func.attr in _KEPT and not given.isdisjoint(mentions(each))
        for each in calls
    )  # fmt: skip


def added_log(
    source: Source, statement: ast.stmt, message: str
) -> tuple[Edit, list[NeededModuleName], tuple[Evidence, ...]] | str:
    """A log call with the traceback above the statement, and what speaks for its logger where that
    is not certain to be one; in words, why none can be written there."""
    logger = loggers.in_scope(source, statement)
    needed: list[NeededModuleName] = []
    hints: tuple[Evidence, ...] = ()
    name = logger.expression if logger is not None else "logger"
    if logger is None:
        if _other_library(source):
            return "this module logs by another library"
        used = _used_by_name(source, statement)
        made = access(source, statement, "logging")
        if used is not None:
            name, hints = used
        elif source.lookup(name, statement) or name in source.scopes.module.bindings:
            return f"whether `{name}` is a logger of `logging` is not known here"
        elif made is None:
            return "`logging` means something else here"
        else:
            text = f"{name} = {made.text}.getLogger(__name__)"
            needed.append(NeededModuleName(name, text, made.needed_names))
    added = rewriting.insert_before(source, statement, f"{name}.exception({message})")
    return "its line holds other code" if added is None else (added, needed, hints)


def _used_by_name(source: Source, statement: ast.stmt) -> tuple[str, tuple[Evidence, ...]] | None:
    """What the file imports and logs through already: a logger by its name, and the hint that says so."""
    for call in source.nodes(ast.Call):
        if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
            continue
        name = call.func.value.id
        found = source.lookup(name, statement)
        if call.func.attr in _KEPT and [each.kind for each in found] == ["import"]:
            if (hints := logger_hints(source, call)) and found == source.lookup(name, call):
                return name, hints
    return None


def _other_library(source: Source) -> bool:
    """True where the module logs in another way already."""
    whole = (alias.name for node in source.nodes(ast.Import) for alias in node.names)
    parts = (node.module or "" for node in source.nodes(ast.ImportFrom))
    return any(name.partition(".")[0] in _OTHER_LIBRARIES for name in (*whole, *parts))
