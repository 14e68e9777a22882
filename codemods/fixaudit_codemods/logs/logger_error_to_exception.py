"""`logger.error(f"… {e}")` in a broad handler becomes `logger.exception("…")`, with the traceback.

A handler for `Exception` that goes on afterwards is the last place where the traceback can be had.
`error` writes the message of the exception only, often as short as `'id'`, and where it happened is
lost. `exception` logs on the same level, with the traceback; the exception goes out of the message,
where it is doubled then, and `as e` with its last use; it stays where the message would not read
on. More is logged than before: unsafe.

It leaves alone: handlers for the errors that are expected, handlers that raise again (an HTTP error
is no such thing: the framework answers with it and logs no traceback) or end the program, calls
beside one that logs the traceback, command lines, scripts, and tests. Loops of
attempts, tests that look for the call, and messages without a text of their own are for a human.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import (
    Access,
    Codemod,
    Edit,
    Evidence,
    Finding,
    NeededName,
    ObsoleteImport,
    ReportMatch,
    Role,
    Source,
    Verdict,
    access,
    handlers,
    memoized,
)
from fixaudit_codemods.logs._error_calls import command_of, no_loss, not_its_task, test_of
from fixaudit_codemods.logs._handled_exception import mentions
from fixaudit_codemods.logs._loguru_sinks import silent_sinks
from fixaudit_codemods.logs._message_cleaning import (
    Cleaning,
    cleaning_of,
    level_of,
    logger_hints,
    logger_kind,
)
from fixaudit_codemods.logs._tests_asserting_logs import asserting_test
from fixaudit_codemods.logs._traceback_logging import (
    exclusive,
    is_broad,
    own_nodes,
    tries_again,
)

REASON = "the handler goes on, and nothing says where it failed"
GUIDANCE = "Say what failed in words of its own and call `exception`, which adds the traceback."
_LEVELS = {"error": "exception", "aerror": "aexception"}


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Why a call stays as it is: a reason, with `ask` for a human, or what a report overrides: hints,
    and the command line by which alone it is reached."""

    reason: str | Evidence = ""
    ask: bool = False
    hints: tuple[Evidence, ...] = ()
    command: Evidence | None = None


class LoggerErrorToException(Codemod):
    name = "logger-error-to-exception"
    code = "FA204"
    triggers = (b"error(",)
    visits = (ast.Call,)
    default = False
    tags = frozenset({"logging", "errors"})
    equivalent_codes = ("TRY400",)
    right_already = ("^it logs the traceback already$",)
    report_match = ReportMatch(
        rules=("TRY400", "error-instead-of-exception"),
        keywords=(
            ("logger.error", "logger.exception"),
            ("logger.error", "traceback"),
            ("logger.error", "stack trace"),
            ("traceback", "lost", "log"),
            ("error-instead-of-exception",),
            (
                "traceback|stack trace|stacktrace|stapel*|pile d'appel*|traza*",
                "log|logger|logging|protokoll*|journal*|registr*",
                "missing|lost|without|no|only|not|fehl*|ohne|nur|verloren|sans|sin|falta",
            ),
            (
                "traceback|stack trace|stacktrace",
                "preserve|discard*|not just",
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may look at what is logged",
        Role.SCRIPT: "a script talks to who started it",
        Role.EXAMPLE: "a script talks to who started it",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if level_of(source, node) not in _LEVELS:
            return
        handler = source.handler(node)
        if handler is None or (logger_kind(source, node) is None and not is_broad(source, handler)):
            return
        reason = no_loss(source, node, handler) or self.out_of_scope(source)
        doubt = _doubt(source, node, handler) if reason is None else _Doubt(reason)
        if doubt is None:
            doubt = _second(source, node, handler)
        if doubt is None:
            yield self._edited(source, node, handler)
        elif doubt.hints:
            found = self._edited(source, node, handler)
            yield self.doubt(source, node, found, doubt.hints, guidance=GUIDANCE)
        elif doubt.command:
            found = self._edited(source, node, handler)
            yield self.doubt(source, node, found, doubt.command, Verdict.LEAVE)
        elif doubt.ask:
            yield self.review(source, node, doubt.reason, GUIDANCE)
        else:
            yield self.leave(source, node, doubt.reason)

    def _edited(self, source: Source, node: ast.Call, handler: ast.ExceptHandler) -> Finding:
        renamed, needed_names = _renamed(source, node)
        edits = [*renamed, *_edits(source, node, handler)]
        reason = _reason(source, node, handler)
        found = self.unsafe(source, node, reason, edits, needed_names)
        doubts = [*logger_hints(source, node), *silent_sinks(source, node)]
        return self.doubt(source, node, found, doubts, Verdict.UNSAFE)


def _doubt(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> _Doubt | None:
    """Why a call is not to change, looked at by itself; None where it may."""
    reason = no_loss(source, node, handler) or not_its_task(source, node, handler)
    if reason is not None:
        return _Doubt(reason)
    command = command_of(source, node)
    unclear = _unclear(source, node, handler)
    if unclear is not None:
        return _Doubt(command or unclear, ask=command is None)
    if command is not None:
        return _Doubt(command=command)
    cleaning = _cleaning(source, node, handler)
    hints = (*(cleaning.doubts if cleaning is not None else ()), *_hints(source, node, handler))
    return _Doubt(hints=hints) if hints else None


def _unclear(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> str | None:
    """Why nobody but a human can write the call anew."""
    if isinstance(node.func, ast.Name) and _imported(source, node) is None:
        return "`error` is imported by its own name, and `exception` is taken"
    cleaning = _cleaning(source, node, handler)
    if cleaning is not None and cleaning.removal is None and not cleaning.reads_with_it:
        return cleaning.reason.replace("repeats", "would repeat")
    return None


def _hints(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> Iterator[Evidence]:
    """What only names say against the edit."""
    if tries_again(source, handler):
        yield source.hint(handler, "each attempt of the loop would log a traceback, as names go")
    if (test := test_of(source, node.func)) is not None:
        yield source.hint(node, f"a test looks for this call: {test}")


def _imported(source: Source, node: ast.Call) -> Access | None:
    """How `from logging import error` gets at `exception`."""
    return access(source, node, "logging", "exception")


@memoized
def _cleaning(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> Cleaning | None:
    """What is to become of the message; None where the exception is not in it."""
    name = handler.name
    if name is None or name not in mentions(node):
        return _asserted(source, node)
    if handlers.rebinds_name(source, handler, node):
        return Cleaning(None, f"`{name}` is given another value in the handler")
    if silent_sinks(source, node) and _asserted(source, node) is None:
        return Cleaning(None, f"`{name}` stays in the message", reads_with_it=True)
    return cleaning_of(source, node, name) or _asserted(source, node)


def _asserted(source: Source, node: ast.Call) -> Cleaning | None:
    test = asserting_test(source, node.args[0]) if node.args else None
    if test is None:
        return None
    if test.is_hint:
        return Cleaning(None, REASON, reads_with_it=True, doubts=(test,))
    return Cleaning(None, test.text)


# ------------------------------------------------------------------- several in one handler


def _second(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> _Doubt | None:
    """A second call that runs after another one needs no second traceback."""
    if any(node is call for call in _chosen(source, handler)):
        return None
    first = next(call for call in _chosen(source, handler) if not exclusive(source, call, node))
    return _Doubt(f"the traceback goes with line {first.lineno}")


@memoized
def _chosen(source: Source, handler: ast.ExceptHandler) -> list[ast.Call]:
    """The calls of a handler that are to log the traceback: one on each way through it."""
    chosen: list[ast.Call] = []
    for node in own_nodes(handler.body):
        if not isinstance(node, ast.Call) or level_of(source, node) not in _LEVELS:
            continue
        if source.handler(node) is handler and all(exclusive(source, node, c) for c in chosen):
            chosen += [node] if _doubt(source, node, handler) is None else []
    return chosen


# ------------------------------------------------------------------------------ the edits


def _renamed(source: Source, node: ast.Call) -> tuple[list[Edit], list[NeededName]]:
    end = source.span(node.func).end
    if isinstance(node.func, ast.Attribute):
        level = node.func.attr
        return [source.edit(end - len(level), end, _LEVELS[level])], []
    imported = _imported(source, node)
    assert imported is not None
    gone = ObsoleteImport(source.segment(node.func))
    return [source.replace(node.func, imported.text)], [*imported.needed_names, gone]


def _reason(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> str:
    cleaning = _cleaning(source, node, handler)
    if cleaning is None or cleaning.removal is not None or cleaning.doubts:
        return REASON
    return f"{REASON}; {cleaning.reason.replace('repeats', 'will repeat')}"


def _edits(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> list[Edit]:
    """Takes the exception out of the message, and `as e` with its last use."""
    cleaning = _cleaning(source, node, handler)
    if cleaning is None or cleaning.removal is None:
        return []
    calls = dict.fromkeys([*_chosen(source, handler), node])
    taken = [_taken(source, call, handler) for call in calls]
    own = _taken(source, node, handler)
    released = []
    if own:
        released = handlers.release_name(source, handler, own, [entry for entry in taken if entry])
    return [*cleaning.removal.edits, *released]


def _taken(source: Source, node: ast.Call, handler: ast.ExceptHandler) -> list[ast.Name]:
    """The uses of the name that go with the message; none where the call keeps some of them."""
    cleaning = _cleaning(source, node, handler)
    inside = set(ast.walk(node))
    uses = [use for use in handlers.name_uses(handler) if use in inside]
    removal = cleaning.removal if cleaning is not None else None
    return uses if removal is not None and removal.mentions == len(uses) else []
