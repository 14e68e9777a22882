"""What a print must not hand to a log: values whose own name or definition says that they are secret."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Evidence, Source, memoized
from fixaudit.authoring import walk

_SECRET = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)|secret|credentials?|authorization|api_?key|private_?key"
    r"|access_?key|(?:access|auth|bearer|refresh|session|api|id|bot"
    r"|github|gh|gitlab|hf|jwt|user|login|reset)_?token(?:_(?:pair|value|str|string|header))?"
    r"|token_(?:pair|value|str|string|header)|client_secret|cookie"
    r"|x_api_key)s?$|^token$",
    re.IGNORECASE,
)
# What is left of a value behind these tells nothing of it.
_HARMLESS = frozenset({"len", "bool", "type", "isinstance", "id", "hash", "any", "all", "is_set"})
# Calls whose values show what they were given: `Credentials(…)`, `URL.create(…)`, `build_dsn(…)`.
_MAKES_ONE = re.compile(r"(?:^|\.)_*[A-Z]\w*(?:\.(?:create|build|from_\w+))?$|(?:ur[il]|dsn)s?$")
_MAX_DEPTH = 3


def shown_secret(source: Source, call: ast.Call) -> Evidence | None:
    """The secret among the printed values; None where none is known."""
    for argument in call.args:
        for value in _shown(argument):
            found = _secret(source, value, 0) or _read_from(source, value)
            if found is not None:
                node, name = found
                return source.hint(node, f"`{name}` is a secret by its name")
    return None


def _read_from(source: Source, value: ast.expr) -> tuple[ast.expr, str] | None:
    """The secret that the same function reads from a mapping which is shown as a whole.

    `print(response.json())` above `return response.json()["access_token"]`; `print(text)` beside
    `url = make_url(text)` and `url.password`.
    """
    if not isinstance(value, (ast.Name, ast.Attribute, ast.Call)):
        return None
    shown = ast.dump(value)
    for key, node in _keys_read(source, source.function(value) or source.tree):
        if node.lineno != value.lineno and shown in (ast.dump(node), _taken_apart(source, node)):
            return node, key
    return None


def _taken_apart(source: Source, node: ast.expr) -> str:
    """What `url` is made of by `url = make_url(text)`, dumped; empty for anything else."""
    found = source.lookup(node.id, node) if isinstance(node, ast.Name) else []
    match [binding.value for binding in found]:
        case [ast.Call(args=[whole], keywords=[])]:
            return ast.dump(whole)
    return ""


@memoized
def _keys_read(source: Source, function: ast.AST) -> tuple[tuple[str, ast.expr], ...]:
    """The keys of secrets that a function reads, each with the mapping it is read from."""
    found: list[tuple[str, ast.expr]] = []
    for node in walk(function):
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key)), ctx=ast.Load()):
                pass
            case ast.Call(
                func=ast.Attribute(value=value, attr="get"), args=[ast.Constant(value=str(key)), *_]
            ):
                pass
            case ast.Attribute(
                value=ast.Name(id=name) as value, attr=key, ctx=ast.Load()
            ) if name not in ("self", "cls"):
                pass
            case _:
                continue
        if _names_one(key):
            found.append((key, value))
    return tuple(found)


def _shown(argument: ast.expr) -> Iterator[ast.expr]:
    """The values that a text shows."""
    if isinstance(argument, ast.JoinedStr):
        for part in argument.values:
            if isinstance(part, ast.FormattedValue):
                yield part.value
    elif isinstance(argument, ast.BinOp):
        yield from _shown(argument.left)
        yield from _shown(argument.right)
    elif isinstance(argument, ast.Tuple):
        for entry in argument.elts:
            yield from _shown(entry)
    elif not isinstance(argument, ast.Constant):
        yield argument


def _secret(source: Source, value: ast.expr, depth: int) -> tuple[ast.expr, str] | None:
    match value:
        case ast.Name(id=name):
            return (value, name) if _names_one(name) else _defined(source, value, depth)
        case ast.Attribute(attr=name) if _names_one(name):
            return value, name
        case ast.Subscript(value=ast.Name() | ast.Attribute(), slice=ast.Constant(value=str(name))):
            return (value, name) if _names_one(name) else None
        case ast.Dict(keys=keys, values=values):
            for key, entry in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and _names_one(str(key.value)):
                    if not isinstance(entry, ast.Constant):
                        return value, str(key.value)
            return None
        case ast.JoinedStr() | ast.BinOp() if depth:
            parts = (_secret(source, part, depth + 1) for part in _shown(value))
            return next((part for part in parts if part is not None), None)
        case ast.Call(func=func, args=arguments, keywords=keywords):
            if depth and _MAKES_ONE.search(ast.unparse(func)):
                for word in keywords:
                    if _names_one(word.arg or "") and not isinstance(word.value, ast.Constant):
                        return word.value, word.arg or ""
            return _in_call(source, func, arguments, depth)
    return None


def _in_call(
    source: Source, func: ast.expr, arguments: list[ast.expr], depth: int
) -> tuple[ast.expr, str] | None:
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if name in _HARMLESS:
        return None
    if name in ("get", "getenv", "pop") and arguments:
        first = arguments[0]
        if isinstance(first, ast.Constant) and _names_one(str(first.value)):
            return func, str(first.value)
        return None
    if name in ("str", "repr", "dumps", "format", "dict") and depth < _MAX_DEPTH:
        found = (_secret(source, argument, depth + 1) for argument in arguments)
        return next((entry for entry in found if entry is not None), None)
    return None


def _defined(source: Source, name: ast.Name, depth: int) -> tuple[ast.expr, str] | None:
    """The secret in what a name was given."""
    if depth >= _MAX_DEPTH:
        return None
    for binding in source.lookup(name.id, name):
        if binding.kind == "assign" and binding.value is not None:
            found = _secret(source, binding.value, depth + 1)
            if found is not None:
                return found
    return None


def _names_one(name: str) -> bool:
    return _SECRET.search(name.replace("-", "_")) is not None
