"""What the names of two compared values say: a token, a signature, a key."""

from __future__ import annotations

import ast
import re

from fixaudit import Source, memoized
from fixaudit.authoring import Received, origin_match, walk

_BEHIND = r"(?:_?(?:header|cookie|hash|hex|value|field|param|str|bytes|sha\d+|\d+|from_\w+|provided|received|given|expected|b64))*"
_SECRET = re.compile(
    r"(?:^|.*_)(?:token|signature|sign|sig|secret|secret_key|digest|hexdigest|csrf|csrf_?token|xsrf|hmac"
    rf"|(?:api|access|admin|auth|master|service|webhook|internal)_?key|password|passwd|passcode){_BEHIND}",
)
STATE = re.compile(r"(?:^|.*_)state")
_PLAIN_HASH = re.compile(r"hashlib\.\w+\(\)\.(?:hex)?digest\(\)")


def secret_word(source: Source, side: ast.expr, part: Received | None) -> str | None:
    """The name that says that a side is a secret: a header's, a field's, or what the code calls it."""
    names = [part.name] if part is not None and part.name else []
    names.append("" if origin_match(source, side, _PLAIN_HASH) is not None else _written(side))
    return next((_plain(name) for name in names if _is_secret(name)), None)


def may_be_secret(source: Source, side: ast.expr) -> bool:
    """False for most comparisons, before anything is followed: no name of a secret is near."""
    if _is_secret(_written(side)):
        return True
    if not isinstance(side, ast.Name):
        return False
    values = (binding.value for binding in source.lookup(side.id, side))
    parts = (part for value in values if value is not None for part in walk(value))
    texts = (part.value for part in parts if isinstance(part, ast.Constant))
    return any(isinstance(text, str) and _is_secret(text) for text in texts)


def _is_secret(name: str) -> bool:
    plain = _plain(name)
    return (_SECRET.fullmatch(plain) or STATE.fullmatch(plain)) is not None


def _plain(name: str) -> str:
    """`x_api_key` of `X-API-Key` and of `xApiKey`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def _written(side: ast.expr) -> str:
    match side:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Subscript(value=value):
            return _written(value)
        case ast.Call(
            func=ast.Attribute(attr="get" | "getenv"), args=[ast.Constant(value=str(name)), *_]
        ):
            return name
        case ast.Call(
            func=ast.Attribute(value=value, attr="encode" | "strip" | "lower" | "get_secret_value")
        ):
            return _written(value)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name
    return ""


def compared_with_one(source: Source, node: ast.Compare) -> str | None:
    """The name of a secret that a side of this comparison is compared with elsewhere in the function."""
    found = _secrets_by_name(source)
    sides = (node.left, *node.comparators)
    keys = ((id(source.function(node)), each.id) for each in sides if isinstance(each, ast.Name))
    words = (entry for key in keys for entry in found.get(key, ()))
    return next((word for at, word in words if at != id(node)), None)


@memoized
def _secrets_by_name(source: Source) -> dict[tuple[int, str], list[tuple[int, str]]]:
    """Two comparisons at most of each name of a function with what is a secret by its name."""
    found: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for node in source.nodes(ast.Compare):
        if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
            continue
        sides = (node.left, node.comparators[0])
        for side, against in (sides, sides[::-1]):
            if isinstance(side, ast.Name) and _is_secret(_written(against)):
                entries = found.setdefault((id(source.function(node)), side.id), [])
                entries += [(id(node), _plain(_written(against)))] if len(entries) < 2 else []
    return found
