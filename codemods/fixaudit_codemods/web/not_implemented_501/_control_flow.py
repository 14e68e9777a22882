"""The ways through a route: which returns say "not implemented", what is done before, who catches."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixaudit import Source
from fixaudit.authoring import Function, clipped, http_status, never_passes_end, own_nodes
from fixaudit_codemods.web.not_implemented_501._response_body import (
    Answer,
    Partly,
    answer_of,
    is_error,
    names_in,
)

LOGGING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "bind", "trace", "success"})  # fmt: skip
READING = re.compile(
    r"_*(a?get|find|fetch|load|read|list|count|exists?|query|select|scalars?|first|one|one_or_none|all|filter|filter_by|where|order_by|limit|options"
    r"|require|check|verify|validate|authenticate|authori[sz]e|ensure|assert|is|has|can|must|lookup|resolve|parse|decode|len|str|int|bool|float|dict|isinstance|uuid|hasattr|getattr|strip|lower|split|startswith|format|items|keys|values|execute|json|body|form|args|suppress)(_.*)?",
    re.IGNORECASE,
)
RAISING = re.compile(r"(HTTPException|abort|.*(Error|Exception|NotFound|Forbidden|Unauthorized))")
BROAD = frozenset({"Exception", "BaseException"})
HTTP = re.compile(r".*HTTPException")


@dataclass
class Outcomes:
    """What the returns of a route are.

    `partly` says what else its payload holds, `other` where it answers something else, `doubt`
    why a human must look.
    """

    saying: list[tuple[ast.Return, Answer]] = field(default_factory=list)
    partly: str | None = None
    other: str | None = None
    doubt: str | None = None
    status: int | None = None


def placeholder_of(function: Function) -> ast.stmt | None:
    """The one statement of a body that only holds a place: `pass`, `...`, `raise NotImplementedError`."""
    body = function.body
    if body and isinstance(body[0], ast.Expr) and _is_text(body[0].value):
        body = body[1:]
    if len(body) != 1:
        return None
    match body[0]:
        case ast.Pass():
            return body[0]
        case ast.Expr(value=ast.Constant(value=value)) if value is ...:
            return body[0]
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return body[0]
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
            return body[0]
    return None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def outcomes_of(source: Source, function: Function) -> Outcomes:
    found = Outcomes()
    for node in own_nodes(function):
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            found.other = f"it yields in line {node.lineno}"
        elif isinstance(node, ast.Return):
            _add(source, function, found, node)
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            _look_at_status(found, node)
    if found.saying and not never_passes_end(function.body):
        found.doubt = found.doubt or "it may reach its end without a return"
    return found


def _add(source: Source, function: Function, found: Outcomes, node: ast.Return) -> None:
    value = _followed(source, function, node.value)
    answer = None if value is None else answer_of(source, value)
    match answer:
        case Answer():
            computed = _computed_name(source, function, value)
            if computed is not None:
                found.partly = found.partly or f"it answers with `{computed}` too"
            if value is not node.value:
                found.doubt = f"the payload of line {node.lineno} is made in another statement"
            if answer.status_unknown:
                found.doubt = f"the status in line {node.lineno} is not known here"
            found.saying.append((node, answer))
            found.status = answer.status if found.status is None else found.status
        case Partly(why=why):
            found.partly = found.partly or why
            found.saying.append((node, Answer(node.value or ast.Constant(None))))
        case None if not is_error(value):
            found.other = found.other or f"line {node.lineno} returns something else"


def _followed(source: Source, function: Function, value: ast.expr | None) -> ast.expr | None:
    """The value that a local name was given, where it is given one only."""
    if not isinstance(value, ast.Name):
        return value
    bindings = source.lookup(value.id, value)
    given = bindings[0].value if len(bindings) == 1 and bindings[0].kind == "assign" else None
    if given is None or source.function(bindings[0].statement) is not function:
        return value
    return given


def _computed_name(source: Source, function: Function, value: ast.expr | None) -> str | None:
    """A local of the function in the payload: something was worked out for it."""
    if value is None:
        return None
    for name in [part for part in ast.walk(value) if isinstance(part, ast.Name)]:
        for binding in source.lookup(name.id, name):
            outside = ("parameter", "import", "comprehension")
            if binding.kind in outside or isinstance(binding.value, ast.Constant):
                continue
            if source.function(binding.statement) is function:
                return name.id
    return None


def _look_at_status(found: Outcomes, node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if isinstance(target, ast.Attribute) and target.attr == "status_code":
            status = http_status(node.value)
            if status is None:
                found.doubt = f"the status that line {node.lineno} sets is not known here"
            elif status >= 400:
                found.status = status


# ------------------------------------------------------------------- what is done before


def work_before(source: Source, function: Function, outcomes: Outcomes) -> str | None:
    """The first call that may do work, as a reason to ask a human; None where there is none."""
    answers = [node for node, _ in outcomes.saying]
    nodes = list(own_nodes(function))
    answers += [node for node in nodes if isinstance(node, ast.Return) and is_error(node.value)]
    apart = {id(part) for node in answers for part in ast.walk(node)}
    for node in nodes:
        if id(node) in apart:
            continue
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While, ast.Delete)):
            return f"it does something first, in line {node.lineno}"
        if isinstance(node, ast.Call) and not _is_harmless(source, node):
            return f"it calls `{_short(node.func)}` first: its work may be what clients are after"
    return None


def _is_harmless(source: Source, call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in LOGGING or READING.fullmatch(name) or RAISING.fullmatch(name):
        return True
    for above in source.ancestors(call):
        if isinstance(above, (ast.Raise, ast.ExceptHandler)):
            return True
        if isinstance(above, ast.If):
            return isinstance(above.body[-1], ast.Raise)
        if isinstance(above, ast.stmt) and not isinstance(above, ast.Expr):
            return False
        if isinstance(above, ast.Call) and _names_logging(above):
            return True
    return False


def _names_logging(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in LOGGING


def _short(node: ast.expr) -> str:
    text = " ".join(ast.unparse(node).split())
    return clipped(text, 50)


# ------------------------------------------------------------------- who would catch it


def swallowed_by(source: Source, statement: ast.stmt) -> Iterator[ast.ExceptHandler | str]:
    """The broad handlers that an HTTP exception raised here would end in, or a text that says
    why that cannot be told."""
    function = source.function(statement)
    child: ast.AST = statement
    for above in source.ancestors(statement):
        if above is function:
            return
        if isinstance(above, (ast.With, ast.AsyncWith)):
            if any(_suppresses(item) for item in above.items):
                yield f"the `with` in line {above.lineno} would swallow the 501"
        elif isinstance(above, (ast.Try, ast.TryStar)):
            if any(child is entry for entry in above.body):
                yield from _catching(above)
            if any(
                isinstance(node, ast.Return)
                for entry in above.finalbody
                for node in ast.walk(entry)
            ):
                yield f"the `finally` of line {above.lineno} returns"
        elif isinstance(above, ast.ExceptHandler):
            yield "only its error path says so"
        child = above


def _catching(node: ast.Try | ast.TryStar) -> Iterator[ast.ExceptHandler | str]:
    for handler in node.handlers:
        names = {name.rpartition(".")[2] for name in _caught(handler)}
        if any(HTTP.fullmatch(name) for name in names):
            if _reraises(handler):
                return
            yield f"line {handler.lineno} handles HTTP exceptions in its own way"
            return
        if not names or names & BROAD:
            if not _reraises(handler):
                yield handler
            return


def _caught(handler: ast.ExceptHandler) -> list[str]:
    if handler.type is None:
        return []
    entries = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [ast.unparse(entry) for entry in entries]


def _reraises(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    if not isinstance(last, ast.Raise) or any(
        isinstance(node, ast.Return) for entry in handler.body for node in ast.walk(entry)
    ):
        return False
    same = isinstance(last.exc, ast.Name) and last.exc.id == handler.name
    return last.exc is None or same


def _suppresses(item: ast.withitem) -> bool:
    call = item.context_expr
    func = call.func if isinstance(call, ast.Call) else call
    return "suppress" in list(names_in([func])) or getattr(func, "attr", "") == "suppress"
