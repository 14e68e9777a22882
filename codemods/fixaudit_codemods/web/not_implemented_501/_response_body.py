"""What a route answers that is not implemented: the payload, its status and its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import walk
from fixaudit_codemods.web._routes import status_of

WORDS = re.compile(
    r"(\bnot|n['\u2019]t|\bisnt|\bnever)(\s+(yet|currently|been|yet\s+been|been\s+yet|actually|quite))*"
    r"[\s_-]+(yet[\s_-]+)?implemented\b|\bunimplemented\b|\b(has|needs|remains|have)\s+(yet\s+)?to\s+be\s+implemented\b"
    r"|\bto\s+be\s+implemented\b|\bwill\s+be\s+implemented\b|\bimplementation\s+(is\s+)?(pending|missing)\b|\bNotImplemented\b",
    re.IGNORECASE,
)
SLUG = re.compile(r"[\w-]+")
MESSAGE_KEYS = ("message", "detail", "details", "error", "msg", "description", "reason", "title", "errors", "result", "status")  # fmt: skip
HEALTHY = re.compile(r"ok|okay|healthy|up|ready|alive|available|online|running", re.IGNORECASE)
RESPONSE = re.compile(r".*Response|jsonify|make_response|dict|json_response")


@dataclass(frozen=True, slots=True)
class Answer:
    """A payload that says it is not implemented. `detail` is the expression that says so."""

    detail: ast.expr
    status: int | None = None
    status_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Partly:
    """The words are in it, but it holds more; `why` says what."""

    why: str


def mentions(node: ast.AST) -> bool:
    """True where some text in the expression says that a thing is not implemented."""
    return any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) and WORDS.search(part.value)
        for part in walk(node)
    )


def answer_of(source: Source, value: ast.expr) -> Answer | Partly | None:
    """What a returned expression says; None where it is about something else."""
    if not mentions(value):
        return None
    if is_text(value):
        return Answer(value)
    match value:
        case ast.Dict():
            return _of_pairs(_dict_pairs(value))
        case ast.Tuple(elts=[payload, status, *_]):
            return _with_status(answer_of(source, payload), status)
        case ast.Call():
            return _of_call(source, value)
        case ast.List(elts=[single]):
            return answer_of(source, single)
    return Partly("the words are only a part of what it computes")


def is_error(value: ast.expr | None) -> bool:
    """True for an answer whose own status says that it failed."""
    status: ast.expr | None = None
    if isinstance(value, ast.Tuple) and len(value.elts) > 1:
        status = value.elts[1]
    elif isinstance(value, ast.Call):
        named = [word.value for word in value.keywords if word.arg in ("status_code", "status")]
        status = next(iter(named), value.args[1] if len(value.args) > 1 else None)
    return (status_of(status) or 0) >= 400


def is_text(node: ast.expr) -> bool:
    """A string, an f-string, or several of them added or standing side by side."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return is_text(node.left) or is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _with_status(found: Answer | Partly | None, status: ast.expr) -> Answer | Partly | None:
    if not isinstance(found, Answer):
        return found
    known = status_of(status)
    return Answer(found.detail, known, known is None)


def _of_call(source: Source, call: ast.Call) -> Answer | Partly | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    words = {word.arg: word.value for word in call.keywords}
    if RESPONSE.fullmatch(name):
        status = next((words[key] for key in ("status_code", "status") if key in words), None)
        if (name == "make_response" and len(call.args) > 1) or (
            name.endswith("Response") and len(call.args) > 1 and status is None
        ):
            status = call.args[1]
        payload = words.get("content", words.get("response", call.args[0] if call.args else None))
        if payload is not None:
            found = answer_of(source, payload)
            return found if status is None else _with_status(found, status)
        if status is not None and not name.endswith("Response"):
            status = None
    elif call.args or not name[:1].isupper():
        return Partly(f"`{name or 'a call'}` decides what it answers")
    else:
        status = None
    if None in words:
        return Partly("a part of the payload is spread into it")
    pairs = [(key, value) for key, value in words.items() if key is not None]
    found = _of_pairs(pairs)
    return found if status is None else _with_status(found, status)


def _dict_pairs(node: ast.Dict) -> list[tuple[str, ast.expr]] | None:
    pairs = []
    for key, value in zip(node.keys, node.values, strict=True):
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            return None
        pairs.append((key.value, value))
    return pairs


def _of_pairs(pairs: list[tuple[str, ast.expr]] | None) -> Answer | Partly:
    if pairs is None:
        return Partly("a part of the payload is made elsewhere")
    saying = [(key, value) for key, value in pairs if mentions(value)]
    for key, value in pairs:
        if not mentions(value) and not is_placeholder(value):
            return Partly(f"it answers with `{key}` too")
    by_key = {key.lower(): value for key, value in pairs}
    inner = _nested(saying)
    if inner is not None:
        return inner
    said = {key.lower() for key, _ in saying}
    for key in MESSAGE_KEYS:
        if key in said and is_text(by_key[key]):
            return _checked(by_key, by_key[key])
    if len(pairs) == 1 and is_text(pairs[0][1]):
        return Answer(pairs[0][1])
    return Partly(f"`{saying[0][0]}` is one of the things that it answers with")


def _checked(by_key: dict[str, ast.expr], detail: ast.expr) -> Answer | Partly:
    for key, value in by_key.items():
        if isinstance(value, ast.Constant) and HEALTHY.fullmatch(str(value.value)):
            return Partly(f"its `{key}` is {value.value!r}")
    if isinstance(detail, ast.Constant) and SLUG.fullmatch(str(detail.value)):
        for key in MESSAGE_KEYS[:6]:
            longer = by_key.get(key)
            if longer is not None and is_text(longer):
                return Answer(longer)
    return Answer(detail)


def _nested(saying: list[tuple[str, ast.expr]]) -> Answer | Partly | None:
    """`{"error": {"code": …, "message": "…"}}`."""
    for key, value in saying:
        if isinstance(value, ast.Dict):
            if key.lower() not in MESSAGE_KEYS:
                return Partly(f"`{key}` is one of the things that it answers with")
            return _of_pairs(_dict_pairs(value))
    return None


def is_placeholder(value: ast.expr) -> bool:
    """Constants, arguments given back and empty containers: nothing that was worked out."""
    match value:
        case ast.Constant() | ast.Name():
            return True
        case ast.Attribute():
            return is_placeholder(value.value)
        case ast.UnaryOp(operand=operand):
            return is_placeholder(operand)
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return not items
        case ast.Dict():
            return all(is_placeholder(item) for item in value.values)
        case ast.JoinedStr():
            return all(
                is_placeholder(part.value)
                for part in value.values
                if isinstance(part, ast.FormattedValue)
            )
        case ast.Call(func=ast.Name(id="str" | "int" | "list" | "dict"), args=args):
            return all(is_placeholder(item) for item in args)
    return False


def names_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        for part in walk(node):
            if isinstance(part, ast.Name):
                yield part.id
