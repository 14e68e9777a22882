"""Whether a handler logs what the client is no longer told, and the log call that is added."""

from __future__ import annotations

import ast

from fixaudit import Edit, NeededModuleName, Source, access, loggers, rewriting
from fixaudit_codemods.logs._handled_exception import mentions
from fixaudit_codemods.logs._message_cleaning import level_of, logger_kind
from fixaudit_codemods.logs._traceback_logging import exclusive, logs_traceback, own_nodes

_OTHER_LIBRARIES = ("loguru", "structlog", "logbook")


def logged_in(source: Source, handler: ast.ExceptHandler, at: ast.AST) -> int | None:
    """The line of a call that logs the traceback, or the exception's text, when `at` runs too."""
    for node in own_nodes(handler.body):
        if not isinstance(node, ast.Call) or exclusive(source, node, at):
            continue
        if logs_traceback(source, node):
            return node.lineno
        is_log = level_of(source, node) is not None and logger_kind(source, node) is not None
        if is_log and handler.name in mentions(node):
            return node.lineno
    return None


def added_log(source: Source, statement: ast.stmt, message: str) -> tuple[Edit, list[NeededModuleName]] | None:  # fmt: skip
    """A log call with the traceback above the statement; None where none can be written there."""
    logger = loggers.in_scope(source, statement)
    needed: list[NeededModuleName] = []
    name = logger.expression if logger is not None else "logger"
    if logger is None:
        made = access(source, statement, "logging")
        taken = source.lookup(name, statement) or name in source.scopes.module.bindings
        if made is None or taken or _other_library(source):
            return None
        text = f"{name} = {made.text}.getLogger(__name__)"
        needed.append(NeededModuleName(name, text, made.needed_names))
    added = rewriting.insert_before(source, statement, f"{name}.exception({message})")
    return None if added is None else (added, needed)


def _other_library(source: Source) -> bool:
    """True where the module logs in another way already."""
    whole = (alias.name for node in source.nodes(ast.Import) for alias in node.names)
    parts = (node.module or "" for node in source.nodes(ast.ImportFrom))
    return any(name.partition(".")[0] in _OTHER_LIBRARIES for name in (*whole, *parts))
