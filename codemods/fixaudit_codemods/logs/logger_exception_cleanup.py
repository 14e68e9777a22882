"""A log call that writes the traceback and the exception too: the message says it only once.

`logger.exception(…)`, and any level with `exc_info`, ends in the traceback, whose last line is the
exception itself. The same text in the message doubles it, and makes every occurrence of one fault
another message, so that alerting and grouping by message no longer work.

Out goes what is exactly the exception (`{e}`, `{e!r}`, `%s` with `e`, `.format(e)`, `+ str(e)`) with
the separator and label that led to it, and `as e` where nothing else uses it.

It leaves alone: what says more than the exception does (`e.response.text`, `describe(e)`), a log
without a traceback, calls outside of a handler or in a function that runs later, an exception that
is not the one being handled, structured fields, receivers that are not known to be loggers, and
tests. Where Loguru formats its records by a function that writes no traceback, it is unsafe. A message that would be empty or would not read on without the exception, or whose text a
test of the project looks for, is for a human.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import (
    Codemod,
    Edit,
    Finding,
    ReportMatch,
    Role,
    Source,
    Verdict,
    handlers,
    memoized,
)
from fixaudit_codemods.logs._handled_exception import mentions, no_traceback, not_this_exception
from fixaudit_codemods.logs._log_call import Removal
from fixaudit_codemods.logs._loguru_sinks import silent_sinks
from fixaudit_codemods.logs._message_cleaning import (
    Cleaning,
    cleaning_of,
    level_of,
    logger_hints,
    logger_kind,
    says_more,
)

GUIDANCE = (
    "Say in words of its own what failed; the traceback below the message names the exception."
)


class LoggerExceptionCleanup(Codemod):
    name = "logger-exception-cleanup"
    code = "FA103"
    triggers = (b"exception(", b"exc_info", b"exception=")
    # Not `sys.exc_info()`, `def exception(`, `set_exception(`, nor a message of one plain string.
    trigger_pattern = re.compile(
        rb"exc(?:_info[\"']?\s*[=:]|eption(?<![b-zA-Z0-9_]exception)(?:\s*=|(?<!def exception)\s*\("
        rb"(?!\s*(?:\"[^\"\\\r\n]*\"|'[^'\\\r\n]*')\s*,?\s*\))))"
    )
    visits = (ast.Call,)
    tags = frozenset({"core", "logging"})
    equivalent_codes = ("TRY401",)
    report_match = ReportMatch(
        rules=("TRY401",),
        keywords=(
            ("logger.exception", "redundant"),
            ("logger.exception", "explicit exception"),
            ("logging.exception", "redundant"),
            ("exception()", "double logging"),
            ("logger.exception|logging.exception", "already", "log|logs|logged"),
            ("logger.exception|logging.exception", "without the exception|without the error"),
            ("inconsistent exception logging",),
            ("logger.exception|logging.exception", "without a message|no message|without message"),
            (
                (
                    "twice|two times|double|duplicate*|repeat|redundant*|doppelt|zweimal|"
                    "deux fois|en double|dos veces"
                ),
                "log|logger|logging|protokoll*|journal*|registro*",
                (
                    "exception|error|traceback|stack trace|fehler*|ausnahme*|erreur*|excepci*|"
                    "traza*"
                ),
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may look for what it logs itself",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        level = level_of(source, node)
        if level is None or not _says_something(node, level):
            return
        handler = source.handler(node)
        if handler is None or handler.name is None or handler.name not in mentions(node):
            yield from self._elsewhere(node, source, handler, level)
            return
        reason = _left_alone(source, node, handler, level) or self.out_of_scope(source)
        if reason is not None:
            yield self.leave(source, node, reason)
            return
        cleaning = cleaning_of(source, node, handler.name)
        if cleaning is None:
            yield self.leave(source, node, says_more(source, node, handler.name))
        elif cleaning.removal is None:
            yield self.review(source, node, cleaning.reason, GUIDANCE)
        else:
            name_edit, reason = _name_edit(source, node, handler, cleaning)
            fix = self.fix(source, node, reason, [*cleaning.removal.edits, *name_edit])
            doubts = [*logger_hints(source, node), *silent_sinks(source, node)]
            found = self.doubt(source, node, fix, doubts, Verdict.UNSAFE)
            yield self.doubt(source, node, found, cleaning.doubts, guidance=GUIDANCE)

    def _elsewhere(
        self, node: ast.Call, source: Source, handler: ast.ExceptHandler | None, level: str
    ) -> Iterator[Finding]:
        """Calls that look alike: no handler, another exception, or not this one's name."""
        if not _has_traceback_word(node, level):
            return
        if logger_kind(source, node) is None:
            yield self.leave(source, node, "the receiver is not known to be a logger")
            return
        if (reason := not_this_exception(source, node, handler)) is not None:
            yield self.leave(source, node, reason)


# ------------------------------------------------------------------------------ the call


def _has_traceback_word(node: ast.Call, level: str) -> bool:
    return level.endswith("exception") or any(word.arg == "exc_info" for word in node.keywords)


def _says_something(node: ast.Call, level: str) -> bool:
    """False for the clean case, a constant message and nothing else."""
    if level.endswith("exception") and not node.args and not node.keywords:
        return True
    values = [*node.args, *(word.value for word in node.keywords)]
    return any(not isinstance(value, ast.Constant) for value in values)


def _left_alone(
    source: Source, node: ast.Call, handler: ast.ExceptHandler, level: str
) -> str | None:
    kind = logger_kind(source, node)
    if kind is None:
        return "the receiver is not known to be a logger"
    if (reason := no_traceback(source, node, handler, level, kind)) is not None:
        return reason
    if handlers.rebinds_name(source, handler, node):
        return f"`{handler.name}` is given another value in the handler"
    return None


# ------------------------------------------------------------------------------ `as e`


def _name_edit(
    source: Source, node: ast.Call, handler: ast.ExceptHandler, cleaning: Cleaning
) -> tuple[list[Edit], str]:
    """The edit of the handler's header: ` as e` goes with its last use.

    Where several calls of a handler lose the exception, the first and the last hold the header,
    so that the last one is judged again when the others are done.
    """
    assert cleaning.removal is not None
    left = len(handlers.name_uses(handler)) - cleaning.removal.mentions
    if left == 0:
        dropped = handlers.drop_name(source, handler)
        if dropped is None:
            return [], cleaning.reason
        return [dropped], f"{cleaning.reason}, and nothing else uses it"
    calls = _cleaned_calls(source, handler)
    mentions = sum(removal.mentions for _, removal in calls)
    ends = [call for call, _ in (calls[:1] + calls[-1:])]
    if mentions == left + cleaning.removal.mentions and any(node is call for call in ends):
        held = handlers.hold_name(source, handler)
        return ([held] if held else []), cleaning.reason
    return [], cleaning.reason


@memoized
def _cleaned_calls(source: Source, handler: ast.ExceptHandler) -> list[tuple[ast.Call, Removal]]:
    return list(_each_cleaned(source, handler))


def _each_cleaned(source: Source, handler: ast.ExceptHandler) -> Iterator[tuple[ast.Call, Removal]]:
    assert handler.name is not None
    calls = dict.fromkeys(_log_call(source, use) for use in handlers.name_uses(handler))
    for call in calls:
        if call is None or source.handler(call) is not handler:
            continue
        if _left_alone(source, call, handler, str(level_of(source, call))) is None:
            cleaning = cleaning_of(source, call, handler.name)
            if cleaning is not None and cleaning.removal is not None and not cleaning.doubts:
                yield call, cleaning.removal


def _log_call(source: Source, use: ast.Name) -> ast.Call | None:
    for above in source.ancestors(use):
        if isinstance(above, ast.Call) and level_of(source, above):
            return above
    return None
