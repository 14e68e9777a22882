"""Whether an expression is text or bytes, and whether it may be None instead."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import Literal

from fixaudit.semantics.values.infer import Inference
from fixaudit.semantics.values.narrowing import shown_at
from fixaudit.source.memo import memoized
from fixaudit.source.rows import column, row_class
from fixaudit.source.source import Source
from fixaudit.source.values import value_of
from fixaudit.syntax.namespace import Binding, is_absence

_MAX_DEPTH = 8
# By the documentation of Python, of Starlette and Werkzeug, and of pydantic.
_TO_SAME = r"(?:\.(?:strip|lstrip|rstrip|lower|upper|casefold|removeprefix|removesuffix|replace|title|swapcase|zfill|join|ljust|rjust|capitalize)\(\))*"
_STR = re.compile(
    r"(?:builtins\.(?:str|repr|format|hex|oct|bin|input)\(\)"
    r"|builtins\.bytes\(\)\.(?:decode|hex)\(\)"
    r"|(?:builtins\.str\(\)\.)?(?:hashlib\.\w+|hmac\.(?:new|HMAC))\(\)\.hexdigest\(\)"
    r"|hashlib\.\w+\(\)\.digest\(\)\.hex\(\)|secrets\.token_(?:hex|urlsafe)\(\)"
    r"|uuid\.(?:uuid[1345]|UUID)\(\)\.hex|urllib\.parse\.(?:unquote|quote|unquote_plus|quote_plus|urlencode)\(\)"
    r"|(?:base64\.\w+|binascii\.hexlify)\(\)\.decode\(\)|pydantic(?:\.types)?\.SecretStr\(\)\.get_secret_value\(\)"
    r"|fastapi\.security(?:\.\w+)*\.HTTP(?:AuthorizationCredentials\(\)\.(?:credentials|scheme)|BasicCredentials\(\)\.(?:username|password))"
    rf"){_TO_SAME}"
)
_BYTES = re.compile(
    r"builtins\.(?:bytes|bytearray)\(\)|builtins\.str\(\)(?:\.\w+\(\))*\.encode\(\)"
    r"|(?:hashlib\.\w+|hmac\.(?:new|HMAC))\(\)\.digest\(\)|hmac\.digest\(\)|secrets\.token_bytes\(\)"
    r"|os\.urandom\(\)|base64\.\w+\(\)|(?:fastapi|starlette)(?:\.\w+)*\.Request\(\)\.body\(\)"
    r"|pydantic(?:\.types)?\.SecretBytes\(\)\.get_secret_value\(\)|hashlib\.\w+\(\)\.hexdigest\(\)\.encode\(\)"
    r"|hmac\.new\(\)\.hexdigest\(\)\.encode\(\)"
)
# Mappings of text: what `[…]` gives is text, what `.get(…)` gives may be None besides.
_MAPPING = (
    r"os\.environ|(?:fastapi|starlette)(?:\.\w+)*\.(?:Request|WebSocket)\(\)\.(?:headers|cookies|query_params)"
    r"|(?:flask|quart)\.request\.(?:headers|cookies|args|form)"
    r"|django(?:\.\w+)*\.HttpRequest\(\)\.(?:headers|COOKIES|GET|POST)|aiohttp\.web(?:\.\w+)*\.Request\(\)\.(?:headers|cookies|query)"
)
_HOLDS_TEXT = re.compile(_MAPPING)
_LOOKED_UP = re.compile(rf"os\.getenv\(\)|(?:{_MAPPING})\.get\(\)")
_PIECES = frozenset({"split", "rsplit", "partition", "rpartition", "splitlines"})


@dataclass(frozen=True, slots=True)
class TextKind:
    """Text or bytes; with `optional` it may also be None."""

    kind: Literal["str", "bytes"]
    optional: bool = False


@memoized
def text_kind(source: Source, expression: ast.expr) -> TextKind | None:
    """Whether the expression's value is `str` or `bytes`, where it stands; None in any doubt.

    Literals, f-strings, slices and pieces of text, what annotations declare (they are trusted), and
    what the standard library and requests of known frameworks give. Defaults and fallbacks that
    callers need not follow are no proof.
    """
    return _kind(source, expression, _MAX_DEPTH)


def _kind(source: Source, node: ast.expr, depth: int) -> TextKind | None:
    if depth == 0:
        return None
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return TextKind("str")
        case ast.Constant(value=bytes()):
            return TextKind("bytes")
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _agreed([_kind(source, left, depth - 1), _kind(source, right, depth - 1)])
        case ast.BinOp(left=left, op=ast.Mod()):
            return _kind(source, left, depth - 1)
        case ast.IfExp(body=body, orelse=orelse):
            return _agreed([_kind(source, body, depth - 1), _kind(source, orelse, depth - 1)])
        case ast.BoolOp(op=ast.Or(), values=values):
            parts = [_kind(source, value, depth - 1) for value in values]
            last = parts[-1]
            found = _agreed(parts)
            return replace(found, optional=last.optional) if found and last else None
        case ast.NamedExpr(value=value):
            return _kind(source, value, depth - 1)
        case ast.Subscript(value=value, slice=index):
            return _subscript(source, value, index, depth)
    return _by_value(source, node, depth)


def _subscript(source: Source, value: ast.expr, index: ast.expr, depth: int) -> TextKind | None:
    if isinstance(index, ast.Slice):
        return _kind(source, value, depth - 1)
    text = _text_of_pieces(_assigned(source, value))
    if text is not None:
        found = _kind(source, text, depth - 1)
        return None if found is None else replace(found, optional=False)  # it was split
    held = value_of(source, value)
    return TextKind("str") if held is not None and held.matches(_HOLDS_TEXT) else None


def _assigned(source: Source, node: ast.expr) -> ast.expr | None:
    """What a name is assigned where that is one thing; else the node itself."""
    bindings = source.lookup(node.id, node) if isinstance(node, ast.Name) else []
    is_one = len(bindings) == 1 and bindings[0].kind == "assign"
    return bindings[0].value if is_one else node


def _text_of_pieces(node: ast.expr | None) -> ast.expr | None:
    """`x` in `x.split(",")`, whose pieces are what `x` is."""
    func = node.func if isinstance(node, ast.Call) else None
    return func.value if isinstance(func, ast.Attribute) and func.attr in _PIECES else None


def _by_value(source: Source, node: ast.expr, depth: int) -> TextKind | None:
    if isinstance(node, ast.Name) and (found := _of_name(source, node, depth)) is not None:
        return found
    value = value_of(source, node)
    if value is not None and value.matches(_STR):
        return TextKind("str", value.optional)
    if value is not None and value.matches(_BYTES):
        return TextKind("bytes", value.optional)
    if isinstance(node, ast.Attribute):
        return _of_column(source, node)
    if not isinstance(node, ast.Call):
        return None
    if value is not None and value.matches(_LOOKED_UP):
        default = node.args[1] if len(node.args) > 1 else None
        known = _kind(source, default, depth - 1) if default is not None else None
        return TextKind("str", known is None)
    return _of_method(source, node, depth)


def _of_column(source: Source, node: ast.Attribute) -> TextKind | None:
    """`user.token`, where `user` is a row of a class that declares the column."""
    row = row_class(source, node.value)
    found = column(source, row, node.attr) if row is not None else None
    return TextKind("str", found.optional) if found is not None and found.is_text else None


def _of_method(source: Source, call: ast.Call, depth: int) -> TextKind | None:
    """`….strip()` of what is text, `.encode()` and `.decode()`."""
    if not isinstance(call.func, ast.Attribute):
        return None
    owner = _kind(source, call.func.value, depth - 1)
    if owner is None or owner.optional:
        return None
    if call.func.attr == "encode":
        return TextKind("bytes") if owner.kind == "str" else None
    if call.func.attr in ("decode", "hex"):
        return TextKind("str") if owner.kind == "bytes" else None
    return owner if re.fullmatch(_TO_SAME, f".{call.func.attr}()") else None


def _of_name(source: Source, name: ast.Name, depth: int) -> TextKind | None:
    """What all assignments of a name agree on."""
    bindings = source.lookup(name.id, name)
    if not bindings or any(binding.kind != "assign" for binding in bindings):
        return None
    solid = [binding for binding in bindings if not is_absence(binding)]
    found = _agreed([_of_binding(source, binding, depth) for binding in solid])
    if found is None:
        return None
    optional = found.optional or len(solid) < len(bindings)
    return replace(found, optional=optional and not (len(bindings) == 1 and _shown(source, name)))


def _of_binding(source: Source, binding: Binding, depth: int) -> TextKind | None:
    if binding.value is not None:
        return _kind(source, binding.value, depth - 1)
    value = getattr(binding.statement, "value", None)
    is_unpacked = isinstance(source.parent(binding.node), (ast.Tuple, ast.List))
    text = _text_of_pieces(value) if is_unpacked else None
    return _kind(source, text, depth - 1) if text is not None else None


def _shown(source: Source, name: ast.Name) -> bool:
    """True where a test before the name has shown that it is not None."""
    view = Inference(source.project, source.project.facts_of_source(source)).view
    return any(True for _ in shown_at(view, name, name.id))


def _agreed(parts: list[TextKind | None]) -> TextKind | None:
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts) or len({part.kind for part in known}) > 1:
        return None
    return TextKind(known[0].kind, any(part.optional for part in known))
