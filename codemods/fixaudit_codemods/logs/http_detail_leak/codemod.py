"""The text of an exception leaves the answers with status 500 and above; the log keeps it.

`HTTPException(500, detail=f"Import failed: {e}")` tells every client what the database, a path or a
driver said. The answer keeps its constant part, or becomes the words of its status where it had no
other; where the handler logs neither traceback nor exception, a log call with the traceback goes in
front. What clients read changes, so it is unsafe. It is on: audits call it information disclosure.

It leaves alone: answers below 500 to a named exception (`ValueError`), whose words are for the client,
exceptions that say the status themselves (`error.status_code`), and tests. For a human are those below 500 of a handler that catches everything, exceptions and HTTP errors
of classes of the project, which may be written for clients, sentences that go on behind the exception,
and answers whose text a test expects.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from http import HTTPStatus
from typing import ClassVar

from fixaudit import (
    Codemod,
    Edit,
    Evidence,
    Finding,
    NeededName,
    ObsoleteImport,
    ReportMatch,
    Role,
    Source,
    Span,
    handlers,
)
from fixaudit.authoring import ClassFacts, Style, definition_of
from fixaudit_codemods.logs._http_exceptions import catch_of
from fixaudit_codemods.logs._log_call import (
    helper_calls,
    is_exception,
    template,
    without_exception,
)
from fixaudit_codemods.logs._message_edits import Arguments, KeptError
from fixaudit_codemods.logs._tests_asserting_logs import asserting_test
from fixaudit_codemods.logs._traceback_logging import is_broad
from fixaudit_codemods.logs.http_detail_leak._answers import (
    Answer,
    answer_of,
    exception_parameter,
    may_answer,
)
from fixaudit_codemods.logs.http_detail_leak._logged import above_debug, added_log, logged_in

GUIDANCE = (
    "Log the exception with its traceback and answer with a constant text; an id of the request in both "
    "lets support find one by the other. Where the words are meant for clients, raise an exception of "
    "your own whose text you write, and answer with that alone. An exception handler of the application "
    "does it for all routes, but clients that read the text today must be told."
)

BROAD = (
    "Name the exceptions that are the client's fault (`except ValueError as e`) and answer these with the "
    "status below 500; log all others with their traceback and answer 500 with a constant text. Clients "
    "that read the text or the status today must be told."
)


class HttpDetailLeak(Codemod):
    name = "http-detail-leak"
    code = "FA213"
    triggers = (b"HTTPException", b"Response(", b"jsonify", b"abort(", b"return {", b"web.HTTP")
    visits = (ast.Raise, ast.Return, ast.Expr)
    tags = frozenset({"security", "web"})
    right_already = ("^an answer below 500 to", "are for the client$", "words for the client$")
    report_match = ReportMatch(
        rules=("CWE-209", "CWE-497", "py/stack-trace-exposure"),
        keywords=(
            ("str(e)|str(exc)|str(err)", "detail|response|client|http*|500"),
            ("exception|error|internal|stack trace|traceback", "leak*|expos*|disclos*|reveal*", "detail*|client*|response*|http*|user*|information|message*"),
            ("information disclosure|information leak*|information exposure", "error|exception|detail*|message*"),
            ("raw exception|raw error|exception text|exception message*|internal error detail*", "client*|response*|detail*|returned|user*"),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test tells nobody",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Raise | ast.Return | ast.Expr, source: Source) -> Iterator[Finding]:
        if not may_answer(node):
            return
        handler = source.handler(node)
        if handler is None and isinstance(node, ast.Return):
            yield from self._of_all(source, node)
        if handler is None or handler.name is None:
            return
        answer = answer_of(source, node)
        if answer is None or handlers.rebinds_name(source, handler, node):
            return
        told = [text for text in answer.texts if _tells(source, text, handler.name)]
        if told:
            yield self._judge(source, node, handler, answer, told)

    def _of_all(self, source: Source, node: ast.Return) -> Iterator[Finding]:
        """The application's own handler of all exceptions."""
        name = exception_parameter(source, node)
        answer = answer_of(source, node) if name is not None else None
        if answer is None or name is None or (answer.status or 0) < 500:
            return
        if any(_tells(source, text, name) for text in answer.texts):
            reason = f"the handler of all exceptions tells the client what `{name}` says"
            yield self.review(source, answer.node, reason, GUIDANCE)

    def _judge(self, source: Source, node: ast.stmt, handler: ast.ExceptHandler, answer: Answer, told: list[ast.expr]) -> Finding:  # fmt: skip
        name = handler.name
        if answer.status is not None and answer.status < 500:
            if not is_broad(source, handler):
                reason = f"an answer below 500 to `{_kind(handler)}`: its words are for the client"
                return self.leave(source, answer.node, reason)
            reason = (
                f"{answer.status} with the text of any exception: the handler catches all of them"
            )
            return self.review(source, answer.node, reason, BROAD)
        meant = _meant(source, handler, answer)
        if meant is not None:
            return self.leave(source, answer.node, meant)
        doubt = _doubt(source, handler, answer)
        if doubt is not None:
            reason = f"the client is told the text of `{name}`, but {doubt}"
            return self.review(source, answer.node, reason, GUIDANCE)
        return self._edited(source, node, handler, answer, told)

    def _edited(self, source: Source, node: ast.stmt, handler: ast.ExceptHandler, answer: Answer, told: list[ast.expr]) -> Finding:  # fmt: skip
        name = handler.name
        assert name is not None
        reason = f"the client is told what `{name}` says"
        edits: list[Edit] = []
        gone: list[ast.Name] = []
        helpers: list[str] = []
        for text in told:
            without = _without(source, text, name, answer)
            test = asserting_test(source, text)
            if isinstance(without, str) or test is not None:
                why = without if isinstance(without, str) else test.text if test else ""
                return self.review(source, answer.node, f"{reason}, but {why}", GUIDANCE)
            edits += without
            names = [part for part in ast.walk(text) if isinstance(part, ast.Name)]
            gone += [part for part in names if part.id == name]
            funcs = [call.func for call, back in helper_calls(source, text, name) if back.line]
            helpers += [part.id for part in names if any(part in ast.walk(f) for f in funcs)]
        line = logged_in(source, handler, node)
        needed: list[NeededName] = []
        hints: tuple[Evidence, ...] = ()
        if line is None:
            log = added_log(source, node, _message(source, told[0], edits, answer.status or 500))
            if isinstance(log, str):
                why = f"nothing logs it{above_debug(source, handler)}, and {log}"
                return self.review(source, answer.node, f"{reason}; {why}", GUIDANCE)
            edits, needed, hints = [log[0], *edits], [*log[1]], log[2]
        edits += handlers.release_name(source, handler, gone)
        needed = [*needed, *(ObsoleteImport(word) for word in dict.fromkeys(helpers))]
        kept = f"line {line} logs it" if line is not None else "the log has it from now on"
        kept += "".join(f"; {hint.text}" for hint in hints)
        return self.unsafe(source, answer.node, f"{reason}: {kept}", edits, needed, because=hints)


# ------------------------------------------------------------------------------ what it says


def _tells(source: Source, text: ast.expr, name: str) -> bool:
    """True where the text holds the exception itself, or the traceback."""
    if _is_traceback(source, text) or is_exception(source, text, name, text):
        return True
    shown = [text]
    if (
        isinstance(text, ast.Call)
        and isinstance(text.func, ast.Attribute)
        and text.func.attr == "format"
    ):
        shown = [text.func.value, *text.args, *(word.value for word in text.keywords)]
    elif isinstance(text, ast.Call):
        given = [*text.args, *(word.value for word in text.keywords)]
        silent = [call for call, back in helper_calls(source, text, name) if back.line == 0]
        return text not in silent and any(is_exception(source, e, name, text) for e in given)
    elif not isinstance(text, (ast.JoinedStr, ast.BinOp)):
        return False
    helpers = [found for entry in shown for found in helper_calls(source, entry, name)]
    quiet = {part for call, back in helpers if back.line == 0 for part in ast.walk(call)}
    parts = (part for entry in shown for part in ast.walk(entry))
    return any(
        isinstance(part, ast.expr) and is_exception(source, part, name, text) and part not in quiet
        and not isinstance(source.parent(part), ast.Attribute) and not _is_of_type(source, part)
        for part in parts
    )  # fmt: skip


def _is_of_type(source: Source, part: ast.expr) -> bool:
    """True in `type(e)` and `isinstance(e, …)`, which tell no text."""
    above = source.parent(part)
    return isinstance(above, ast.Call) and source.qualified_name(above.func) in ("builtins.type", "builtins.isinstance")  # fmt: skip


def _is_traceback(source: Source, text: ast.expr) -> bool:
    return isinstance(text, ast.Call) and source.qualified_name(text.func) == "traceback.format_exc"


def _kind(handler: ast.ExceptHandler) -> str:
    return ast.unparse(handler.type) if handler.type is not None else "Exception"


def _meant(source: Source, handler: ast.ExceptHandler, answer: Answer) -> str | None:
    """Why the words are written for clients: the exception says the status, or the project made both."""
    kind = handler.type
    if answer.status == 501 and isinstance(kind, (ast.Name, ast.Attribute)):
        if source.qualified_name(kind) == "builtins.NotImplementedError":
            return "501 to `NotImplementedError`: what is not supported are words for the client"
    if answer.status is not None or is_broad(source, handler):
        return None
    asked = ast.walk(answer.asked) if answer.asked is not None else ()
    if any(isinstance(part, ast.Name) and part.id == handler.name for part in asked):
        return f"`{_kind(handler)}` carries its status: its words are for the client"
    whole = isinstance(answer.node, ast.Call) and any(_is_name(part, handler.name) for part in answer.node.args)  # fmt: skip
    if answer.own and whole and _is_of_project(source, handler.type):
        made = ast.unparse(answer.node.func) if isinstance(answer.node, ast.Call) else ""
        return f"`{_kind(handler)}` and `{made}` are of the project: the words are for the client"
    return None


def _is_name(node: ast.expr, name: str | None) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_of_project(source: Source, kind: ast.expr | None) -> bool:
    return isinstance(kind, (ast.Name, ast.Attribute)) and isinstance(definition_of(source, kind), ClassFacts)  # fmt: skip


def _doubt(source: Source, handler: ast.ExceptHandler, answer: Answer) -> str | None:
    if answer.own:
        return "a class of the project makes the answer: it decides who reads it"
    if answer.status is None:
        return "the status is no constant: below 500 the words may be for the client"
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for kind in kinds:
        if isinstance(kind, (ast.Name, ast.Attribute)):
            if catch_of(source, kind) is not None:
                return "it is an HTTP error, whose words are for the client"
            if _is_of_project(source, kind):
                return f"`{ast.unparse(kind)}` is of the project: its words may be for the client"
    return None


# ------------------------------------------------------------------------------ the edit


def _without(source: Source, text: ast.expr, name: str, answer: Answer) -> list[Edit] | str:
    """The edits that leave the constant part of a text; in words, why there are none."""
    assert answer.status is not None
    whole = isinstance(text, ast.JoinedStr) and len(text.values) == 1
    if whole or is_exception(source, text, name, text) or _is_traceback(source, text):
        return [source.replace(text, f'"{_phrase(answer.status)}"')]
    helpers = helper_calls(source, text, name)
    told = [found for found in helpers if found[1].line != 0]
    if kept := [found for found in told if not (found[1].always and found[1].quiet)]:
        worded, back = kept[0]
        return back.worded(source, worded)
    if any(call is text for call, _ in told):
        return [source.replace(text, f'"{_phrase(answer.status)}"')]
    call = next((node for node in (text, answer.node) if isinstance(node, ast.Call)), None)
    inner, arguments = template(source, text)
    if arguments is None and call is not None:
        arguments = Arguments(Style.NONE, (), call, None)
    if call is None or arguments is None:
        return "its text is not written here"
    try:
        said = {ast.unparse(one) for one, _ in told}
        removal = without_exception(source, call, name, inner, arguments, said)
    except KeptError as kept:
        return str(kept)
    return (
        list(removal.edits) if removal.mentions else "the exception stands in a larger expression"
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Internal Server Error"


def _message(source: Source, text: ast.expr, edits: list[Edit], status: int) -> str:
    """What the added log says: the constant part where there is one, else the function's name."""
    span = source.span(text)
    left, at = "", span.start
    for edit in sorted(edits, key=lambda entry: entry.span.start):
        if span.start <= edit.span.start and edit.span.end <= span.end:
            left += source.slice(Span(at, edit.span.start)) + edit.text
            at = edit.span.end
    left += source.slice(Span(at, span.end))
    is_phrase = left == f'"{_phrase(status)}"'
    function = source.function(text)
    if not is_phrase and left[:1] in "\"'" and "\n" not in left:
        return left
    name = function.name if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) else ""
    return f'"{name} failed"'
