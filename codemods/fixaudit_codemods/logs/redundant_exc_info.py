"""`exc_info` goes out of `logger.exception(…)` in a handler: the method logs the traceback anyway.

`exception` is `error` with `exc_info=True`. Saying it again makes readers look for the difference,
and hides the calls where the argument does matter. Where nothing else uses the name that
`exc_info=e` needed, `as e` goes too.

It leaves alone: `exc_info` of another exception, or one that is decided at run time or turned off;
calls outside of a handler (callbacks, `finally`, functions for later), where the argument says which
exception is meant; Loguru, for which it is a field like any other; other levels, and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import (
    Codemod,
    Edit,
    Finding,
    ObsoleteImport,
    ReportMatch,
    Role,
    Source,
    Verdict,
    calls,
    handlers,
)
from fixaudit_codemods.logs._handled_exception import exc_info_of
from fixaudit_codemods.logs._message_cleaning import level_of, logger_hints, logger_kind

GUIDANCE = "take the argument out by hand, and decide where its comment belongs"


class RedundantExcInfo(Codemod):
    name = "redundant-exc-info"
    code = "FA203"
    triggers = (b"exc_info",)
    visits = (ast.Call,)
    default = False
    tags = frozenset({"logging", "style"})
    equivalent_codes = ("G202", "LOG014")
    report_match = ReportMatch(
        rules=("G202", "logging-redundant-exc-info"),
        keywords=(
            ("exc_info", "redundant"),
            ("exc_info", "logger.exception"),
            ("exc_info", "unnecessary"),
            ("exc_info=true", "already"),
            (
                "exc_info",
                (
                    "superfluous|needless|not needed|unneeded|twice|überflüssig*|superflu*|"
                    "redundan*"
                ),
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may look at what is logged",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        word = next((entry for entry in node.keywords if entry.arg == "exc_info"), None)
        if word is None or level_of(source, node) not in ("exception", "aexception"):
            return
        handler = source.handler(node)
        reason = _left_alone(source, node, word.value, handler)
        if reason is not None:
            yield self.leave(source, node, reason)
            return
        assert handler is not None
        dropped = calls.drop_arguments(source, node, word)
        if isinstance(dropped, calls.Refusal):
            yield self.review(source, node, "redundant, but a comment would go with it", GUIDANCE)
            return
        edits = [*dropped, *_name_edits(source, word.value, handler)]
        reason = "`exception` logs the traceback of the handled exception anyway"
        found = self.fix(source, node, reason, edits, _obsolete_imports(word.value))
        yield self.doubt(source, node, found, logger_hints(source, node), Verdict.UNSAFE)


def _left_alone(
    source: Source, node: ast.Call, value: ast.expr, handler: ast.ExceptHandler | None
) -> str | None:
    kind = logger_kind(source, node)
    if kind is None:
        return "the receiver is not known to be a logger"
    if kind == "loguru":
        return "for Loguru `exc_info` is a field like any other"
    if handler is None:
        return "outside of a handler `exc_info` says which exception is meant"
    if handlers.in_finally(source, node, handler):
        return "in a `finally` block the traceback may be that of another exception"
    reason = exc_info_of(source, value, handler)
    if reason is not None:
        return reason
    if _uses(value, handler) and handlers.rebinds_name(source, handler, node):
        return f"`{handler.name}` is given another value in the handler"
    return None


def _uses(value: ast.expr, handler: ast.ExceptHandler) -> list[ast.Name]:
    inside = set(ast.walk(value))
    return [use for use in handlers.name_uses(handler) if use in inside]


def _obsolete_imports(value: ast.expr) -> list[ObsoleteImport]:
    """`sys.exc_info()` may have been all that `sys` was imported for."""
    names = (inner for inner in ast.walk(value) if isinstance(inner, ast.Name))
    return [ObsoleteImport(name.id) for name in names] if isinstance(value, ast.Call) else []


def _name_edits(source: Source, value: ast.expr, handler: ast.ExceptHandler) -> list[Edit]:
    """Lets the name go with `exc_info=e` where that was the last use of it."""
    gone = _uses(value, handler)
    return handlers.release_name(source, handler, gone, [gone]) if gone else []
