"""The request headers that a project reads: what a list of allowed headers must hold.

Read are `APIKeyHeader(name=…)`, parameters with `Header(…)`, and the headers of what is called a request.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit import Evidence, Reach, Source, memoized
from fixaudit.authoring import Function, default_of, is_test_path, keyword, walk

_MAX_LINES = 4000
_WORDS = ("APIKeyHeader", "Header", "headers")
_REQUESTS = frozenset({"request", "req", "websocket", "http_request", "starlette_request"})
# Allowed by browsers without being listed, set by browsers alone, or by proxies on the way.
_NEEDLESS = frozenset(
    {"accept", "accept-language", "content-language", "host", "origin", "referer", "cookie", "connection"}
    | {"content-length", "user-agent", "accept-encoding", "upgrade", "via", "forwarded", "te", "trailer"}
    | {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix"}
    | {"x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip", "transfer-encoding", "date"}
)  # fmt: skip
_READING = frozenset({"get", "getlist", "get_all", "pop"})


@dataclass(frozen=True, slots=True)
class HeadersRead:
    """`names` as they are written, sorted; `unknown` is a place that may read others."""

    names: tuple[str, ...] = ()
    unknown: Evidence | None = None


@memoized
def headers_read(source: Source) -> HeadersRead:
    """The request headers that the code of the project reads, tests aside."""
    names: dict[str, str] = {}
    unknown: Evidence | None = None
    for path in _files(source):
        for name, line in _read_in(source, path):
            if name is None:
                # That it is a request, `request` says by its name.
                text = "request headers are read whose names are not written there"
                unknown = unknown or source.hint_at(path, line, text, Reach.DISTRIBUTION)
            elif name and name.lower() not in _NEEDLESS:
                names.setdefault(name.lower(), name)
    return HeadersRead(tuple(sorted(names.values(), key=str.lower)), unknown)


def _files(source: Source) -> list[Path]:
    """The files in which a request's header may be read, the judged one among them."""
    own = source.project.facts_of_source(source).path
    needles = (b"Header(", b".headers")
    found = {own: None}
    for needle in needles:
        for mention in source.project.mentions(needle, _MAX_LINES, along=needles):
            if not mention.is_test:
                found[mention.path] = None
    return list(found)


def _read_in(source: Source, path: Path) -> Iterator[tuple[str | None, int]]:
    facts = source.project.facts_of(path)
    statements: Iterable[ast.stmt] = ()
    if facts is not None and not is_test_path(source.shown(path)):
        statements = source.project.naming(facts, _WORDS)
    for statement in statements:
        aliases = _aliases(statement)
        parents = {inner: node for node in walk(statement) for inner in ast.iter_child_nodes(node)}
        for node in walk(statement):
            match node:
                case ast.Call(func=func) if _last(func) == "APIKeyHeader":
                    yield _argument(node, "name"), node.lineno
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield from _parameters(node)
                case ast.Attribute(ctx=ast.Load()) if _is_headers(node):
                    yield _use(parents, node, aliases), node.lineno
                case ast.Name(id=name, ctx=ast.Load()) if name in aliases:
                    yield _use(parents, node, frozenset()), node.lineno


def _aliases(statement: ast.stmt) -> frozenset[str]:
    """The names that a function gives to `request.headers`."""
    return frozenset(
        target.id
        for node in walk(statement)
        if isinstance(node, ast.Assign) and _is_headers(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _is_headers(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "headers"
        and _last(node.value) in _REQUESTS
    )


def _parameters(function: Function) -> Iterator[tuple[str | None, int]]:
    """The headers of `x_token: str = Header(…)` and `x_token: Annotated[str, Header(…)]`."""
    arguments = function.args
    for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        for given in (default_of(function, parameter.arg), parameter.annotation):
            for node in walk(given) if given is not None else ():
                if isinstance(node, ast.Call) and _last(node.func) == "Header":
                    aliased = keyword(node, "alias") or keyword(node, "validation_alias")
                    spoken = "-".join(part.capitalize() for part in parameter.arg.split("_"))
                    yield _argument(node, "alias") if aliased else spoken, node.lineno


def _argument(call: ast.Call, name: str) -> str | None:
    word = keyword(call, name)
    return None if word is None else _text(word.value)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _use(parents: dict[ast.AST, ast.AST], headers: ast.expr, aliases: frozenset[str]) -> str | None:
    """The header that is read of `request.headers`; None where it may be any of them.

    Empty where the headers only get a name, whose uses are looked at by themselves.
    """
    parent = parents.get(headers)
    match parent:
        case ast.Subscript(slice=key):
            return _text(key)
        case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()]):
            return _text(key)
        case ast.Assign(targets=[ast.Name(id=name)]) if name in aliases:
            return ""
        case ast.Attribute(attr=method) if method in _READING:
            call = parents.get(parent)
            return _text(call.args[0]) if isinstance(call, ast.Call) and call.args else None
    return None


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
