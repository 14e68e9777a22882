"""Which calls of `logger.error` in a handler lose no traceback that somebody wants."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import PurePosixPath

from fixaudit import Evidence, Source, Strength, handlers, memoized
from fixaudit_codemods.logs._message_cleaning import logger_kind
from fixaudit_codemods.logs._traceback_logging import (
    is_broad,
    leaves_by,
    logged_by,
    logs_traceback,
)


@memoized
def no_loss(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> str | None:
    """Why the call by itself loses no traceback."""
    if logger_kind(source, node) is None:
        return "the receiver is not known to be a logger"
    if not is_broad(source, handler):
        assert handler.type is not None
        return (
            f"`{ast.unparse(handler.type)}` is expected here: the message may be all that is wanted"
        )
    if logs_traceback(source, node):
        return "it logs the traceback already"
    if any(word.arg == "exc_info" for word in node.keywords):
        return "`exc_info` turns the traceback off"
    strange = next(
        (str(word.arg) for word in node.keywords if _is_strange(source, node, word)), None
    )
    if strange is not None:
        return (
            f"`{strange}` is no argument of `logging`: this logger may decide on tracebacks itself"
        )
    if handlers.in_finally(source, node, handler):
        return "in a `finally` block the traceback may be that of another exception"
    return None


def not_its_task(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> str | None:
    """Why the traceback is somebody else's to write, or wanted by nobody."""
    line = logged_by(source, handler, node)
    if line is not None:
        return f"line {line} writes the traceback"
    return leaves_by(source, handler)


def command_of(source: Source, node: ast.Call) -> Evidence | None:
    """The command by which alone the call is reached: a role of the code, as a script's is one."""
    command = source.only_command(node)
    if command is None:
        return None
    text = f"{command.text}: its user wants no traceback"
    return replace(command, strength=Strength.ROLE, text=text)


def test_of(source: Source, func: ast.expr) -> str | None:
    """A test of this module that replaces the logger's method or asserts on it."""
    stem = PurePosixPath(source.path).stem
    called = ".".join(ast.unparse(func).split(".")[-2:])
    for mention in source.project.mentions(called.encode(), 2000, tests_only=True):
        words = ("assert", "patch", "Mock", "called")
        if any(word in mention.text for word in words):
            content = source.project.read(mention.path) or b""
            if stem.encode() in content:
                return f"{mention.path.name}:{mention.line}"
    return None


def _is_strange(source: Source, node: ast.Call, word: ast.keyword) -> bool:
    """An argument that only a logger class of the project's own can take."""
    known = ("msg", "args", "extra", "stack_info", "stacklevel")
    return logger_kind(source, node) == "stdlib" and word.arg not in known
