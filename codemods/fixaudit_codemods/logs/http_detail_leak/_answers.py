"""The texts of an error answer: of an HTTP exception, a response object, a Flask tuple."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import (
    handled_exceptions,
    http_status,
    keyword,
)
from fixaudit_codemods.logs._http_exceptions import BASES, catch_of

_RESPONSE = re.compile(
    r"(?:fastapi\.responses|starlette\.responses|fastapi|litestar)\.(?:(?:OR|U)?JSON|PlainText|HTML)?Response"
)
_ABORT = frozenset({"flask.abort", "quart.abort", "werkzeug.exceptions.abort"})
_JSONIFY = frozenset({"flask.jsonify", "quart.jsonify"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what makes it, its status (None where that is no constant), and its texts.

    `own` says that a class of the project makes it, which may show its texts to nobody; `asked` is what
    says the status where that is no constant.
    """

    node: ast.expr
    status: int | None
    texts: tuple[ast.expr, ...]
    own: bool = False
    asked: ast.expr | None = None


def may_answer(statement: ast.Raise | ast.Return | ast.Expr) -> bool:
    """False for most statements, before anything is looked up."""
    if isinstance(statement, ast.Raise):
        return isinstance(statement.exc, ast.Call)
    if isinstance(statement, ast.Return):
        return isinstance(statement.value, (ast.Call, ast.Tuple))
    func = statement.value.func if isinstance(statement.value, ast.Call) else None
    return getattr(func, "attr", getattr(func, "id", "")) == "abort"


def answer_of(source: Source, statement: ast.Raise | ast.Return | ast.Expr) -> Answer | None:
    """The error answer of a statement; None for other statements."""
    match statement:
        case ast.Raise(exc=ast.Call() as call):
            return _raised(source, call)
        case ast.Return(value=ast.Call() as call):
            return _returned(source, call)
        case ast.Return(value=ast.Tuple(elts=[body, status, *_])):
            texts = tuple(_body(source, body))
            return Answer(body, http_status(status), texts) if texts else None
        case ast.Expr(value=ast.Call() as call) if source.qualified_name(call.func) in _ABORT:
            given = [*call.args[1:2], *filter(None, [_value(call, "description")])]
            return Answer(call, _status(call), _flat(given))
    return None


def _raised(source: Source, call: ast.Call) -> Answer | None:
    name = source.qualified_name(call.func)
    base = BASES.get(name or "")
    if base is not None and base[0].partition(".")[0] in ("fastapi", "starlette"):
        detail = _value(call, "detail") or (call.args[1] if len(call.args) > 1 else None)
        texts = _flat([detail] if detail is not None else [])
        return Answer(call, _status(call), texts, asked=_asked(call))
    if catch_of(source, call.func) is None:
        return None
    given = [*call.args, *(word.value for word in call.keywords)]
    status = _of_status(_value(call, "status_code"))
    return Answer(call, status, _flat(given), own=base is None, asked=_value(call, "status_code"))


def _returned(source: Source, call: ast.Call) -> Answer | None:
    name = source.qualified_name(call.func) or ""
    if not _RESPONSE.fullmatch(name):
        return None
    content = _value(call, "content") or (call.args[0] if call.args else None)
    status = _value(call, "status_code") or (call.args[1] if len(call.args) > 1 else None)
    texts = _flat([content] if content is not None else [])
    return Answer(call, _of_status(status), texts, asked=status)


def _body(source: Source, body: ast.expr) -> Iterator[ast.expr]:
    """The texts of `jsonify({…})`, `jsonify(error=…)` and of a plain dictionary."""
    if isinstance(body, ast.Dict):
        yield from _flat([body])
    elif isinstance(body, ast.Call) and source.qualified_name(body.func) in _JSONIFY:
        yield from _flat([*body.args, *(word.value for word in body.keywords)])


def _flat(values: list[ast.expr]) -> tuple[ast.expr, ...]:
    found: list[ast.expr] = []
    for value in values:
        found += _flat(list(value.values)) if isinstance(value, ast.Dict) else [value]
    return tuple(found)


def _value(call: ast.Call, name: str) -> ast.expr | None:
    word = keyword(call, name)
    return None if word is None else word.value


def _status(call: ast.Call) -> int | None:
    return _of_status(_asked(call))


def _asked(call: ast.Call) -> ast.expr | None:
    named = _value(call, "status_code") or _value(call, "code")
    return named if named is not None else next(iter(call.args), None)


def _of_status(node: ast.expr | None) -> int | None:
    """The status; of `409 if … else 422` the higher one, where both are below 500 or neither is."""
    if not isinstance(node, ast.IfExp):
        return http_status(node)
    found = [_of_status(node.body), _of_status(node.orelse)]
    known = sorted(status for status in found if status is not None)
    return known[1] if len(known) == 2 and (known[0] < 500) == (known[1] < 500) else None


def exception_parameter(source: Source, node: ast.AST) -> str | None:
    """The exception's name in the application's handler of all exceptions, around the node."""
    function = source.function(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    caught = [source.qualified_name(kind) for kind in handled_exceptions(source, function) or ()]
    if caught in (["builtins.Exception"], ["builtins.BaseException"]) and function.args.args:
        return function.args.args[-1].arg
    return None
