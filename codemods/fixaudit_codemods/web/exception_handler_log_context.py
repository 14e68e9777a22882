"""An error that an application's exception handler logs gets the request's path and method as `extra`.

Behind `@app.exception_handler(AppError)` one handler logs the errors of all routes: without the path and
the method nobody sees which one failed. The method is read from the request's scope, because a handler
of `HTTPException` is also called for a websocket, which has none. The message stays as it is; where no
formatter of the project shows extras, the reason says so.

It is off: what belongs into a log is the project's choice. It leaves alone: loggers other than those of
`logging`, messages that name the request's URL, keys that a filter of the project sets, and tests. An
`extra` that comes from elsewhere is for a human: it may hold the keys already.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import (
    Codemod,
    Edit,
    Evidence,
    Finding,
    Reach,
    ReportMatch,
    Role,
    Source,
    loggers,
    memoized,
)
from fixaudit.authoring import (
    Function,
    Refusal,
    add_keywords,
    assigned_literal,
    handled_exceptions,
    keyword,
    runs_before,
    unpacks,
    walk,
)

_LEVELS = frozenset({"warning", "warn", "error", "exception", "critical", "fatal"})
_LOGGING = _LEVELS | {"info", "debug", "log", "print"}
_REQUEST = re.compile(r"(?:fastapi|starlette)(?:\.\w+)*\.Request\(\)")
_FIRST = 4
"""How many log calls of a function are looked at for one that has said it: the first ones run first."""
_KEYS = {"request_path": "{}.url.path", "request_method": '{}.scope.get("method")'}
_SHOWING = (b"pythonjsonlogger", b"JsonFormatter", b"JSONFormatter", b"record.__dict__", b"request_path", b"ecs_logging", b"ProcessorFormatter")  # fmt: skip
GUIDANCE = (
    'Add `"request_path": request.url.path` and `"request_method": request.scope.get("method")` where the '
    "extras are put together. A filter that sets them on every record from a context variable serves all "
    "loggers of a request, but needs a middleware that sets the variable."
)


class ExceptionHandlerLogContext(Codemod):
    name = "exception-handler-log-context"
    code = "FA209"
    triggers = (b"exception_handler",)
    visits = (ast.Call,)
    names = _LEVELS
    default = False
    tags = frozenset({"logging", "web"})
    right_already = ("says which request failed", "^a filter sets")
    report_match = ReportMatch(
        keywords=(
            ("request context", "log*|error*"),
            ("request_path|request path|request.url.path", "log*|extra"),
            ("request_id|request id|correlation id", "error log*|logger.error|log context|exception handler*"),
            ("exception handler*|error handler*", "log*", "context|path|method|extra"),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "nobody reads the log of a test",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        func = node.func
        if not isinstance(func, ast.Attribute) or func.attr not in _LEVELS:
            return
        function = source.function(node)
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        if handled_exceptions(source, function) is None:
            return
        kind = loggers.kind_of(source, func.value)
        if kind is None:
            return
        request = _request_of(source, function)
        if request is None:
            return
        left = f"it is a logger of {kind}" if kind != "stdlib" else _said(source, node, request)
        if left is not None:
            yield self.leave(source, node, left)
        else:
            yield self._extended(source, node, request)

    def _extended(self, source: Source, node: ast.Call, request: str) -> Finding:
        reason = "it does not say which request failed"
        extra = keyword(node, "extra")
        if extra is None and unpacks(node):
            return self.review(source, node, f"{reason}, unless what is unpacked does", GUIDANCE)
        if extra is None:
            added = add_keywords(
                source, node, f"extra={{{', '.join(_pairs(request, list(_KEYS)))}}}"
            )
            if isinstance(added, Refusal):
                return self.review(source, node, f"{reason}; {added.reason}", GUIDANCE)
            return self.fix(source, node, reason + _shown(source), added)
        held = extra.value
        if not isinstance(held, ast.Dict) or None in held.keys:
            return self.review(source, node, f"{reason}, unless `extra` holds it", GUIDANCE)
        there = {key.value for key in held.keys if isinstance(key, ast.Constant)}
        missing = [key for key in _KEYS if key not in there]
        filtered = _filtered(source, missing)
        if not missing or filtered is not None:
            return self.leave(source, node, filtered or "it says which request failed already")
        edits = [_merged(source, held, _pairs(request, missing))]
        return self.fix(source, node, reason + _shown(source), edits)


# ------------------------------------------------------------------------------ what is there


def _request_of(source: Source, function: Function) -> str | None:
    """The name of the parameter that is annotated as the request."""
    for argument in (*function.args.posonlyargs, *function.args.args):
        if argument.annotation is None:
            continue
        name = source.qualified_name(argument.annotation) or ""
        bound = source.scopes.scope_of(function.body[0]).bindings.get(argument.arg, [])
        if _REQUEST.fullmatch(f"{name}()") and len(bound) == 1:
            return argument.arg
    return None


def _said(source: Source, node: ast.Call, request: str) -> str | Evidence | None:
    """Why nothing is missing: this call, one that has run before it, or a filter says it."""
    told = _names_it(source, node, request)
    if told is not None:
        return f"it says which request failed: `{told}`"
    function = source.function(node)
    statement = source.statement(node)
    for call in _log_calls(source).get(function, [])[:_FIRST]:
        before = source.statement(call)
        if call is node or before is statement or not runs_before(source, before, node):
            continue
        if _names_it(source, call, request) is not None or _gets_it_too(source, call):
            text = f"line {call.lineno} says which request failed"
            return source.proof(call, text, Reach.FUNCTION)
    return _filtered(source, list(_KEYS))


@memoized
def _log_calls(source: Source) -> dict[ast.AST | None, list[ast.Call]]:
    """The calls that log or print, by the function that they stand in."""
    found: dict[ast.AST | None, list[ast.Call]] = {}
    for call in source.nodes(ast.Call):
        if isinstance(call, ast.Call):
            if getattr(call.func, "attr", getattr(call.func, "id", "")) in _LOGGING:
                found.setdefault(source.function(call), []).append(call)
    return found


def _gets_it_too(source: Source, call: ast.Call) -> bool:
    """True for a call that gets the request itself."""
    is_level = isinstance(call.func, ast.Attribute) and call.func.attr in _LEVELS
    return is_level and isinstance(call.func, ast.Attribute) and loggers.kind_of(source, call.func.value) == "stdlib"  # fmt: skip


def _names_it(source: Source, call: ast.Call, request: str) -> str | None:
    """`request.url` in a call's message, or among its extras under a name of their own."""
    for given in (*call.args, *(word.value for word in call.keywords)):
        held = assigned_literal(source, given)
        shown = [held]
        if isinstance(held, ast.Dict):
            pairs = zip(held.keys, held.values, strict=True)
            shown = [v for k, v in pairs if not (isinstance(k, ast.Constant) and k.value in _KEYS)]
        for part in (part for value in shown for part in walk(value)):
            if isinstance(part, ast.Attribute) and part.attr in ("url", "path"):
                if isinstance(part.value, ast.Name) and part.value.id == request:
                    return ast.unparse(part)
    return None


def _filtered(source: Source, keys: list[str]) -> Evidence | None:
    """A filter or record factory of the project that sets one of the keys."""
    for key in keys:
        for mention in source.project.mentions(f"record.{key}".encode(), 4):
            if re.search(rf"record\.{key}\s*=[^=]", mention.text) and not mention.is_test:
                text = f"a filter sets `{key}` on every record"
                return source.proof_at(mention.path, mention.line, text, Reach.DISTRIBUTION)
    return None


def _shown(source: Source) -> str:
    """What a reader must know where no formatter shows extras."""
    for needle in _SHOWING:
        if any(not mention.is_test for mention in source.project.mentions(needle, 3)):
            return ""
    return (
        "; no formatter of the project shows extras yet: `%(request_path)s` in its format, or one that "
        "writes JSON, does"
    )


# ------------------------------------------------------------------------------ the edit


def _pairs(request: str, keys: list[str]) -> list[str]:
    return [f'"{key}": {_KEYS[key].format(request)}' for key in keys]


def _merged(source: Source, held: ast.Dict, pairs: list[str]) -> Edit:
    """The pairs before the first one, each on a line of its own where that has one."""
    if not held.keys:
        return source.replace(held, f"{{{', '.join(pairs)}}}")
    first = held.keys[0]
    assert first is not None
    before = source.line_text(first.lineno)[: first.col_offset]
    if before.strip():
        start = source.span(first).start
        return source.edit(start, start, "".join(f"{pair}, " for pair in pairs))
    start = source.positions.line_start(first.lineno)
    return source.edit(start, start, "".join(f"{before}{pair},\n" for pair in pairs))
