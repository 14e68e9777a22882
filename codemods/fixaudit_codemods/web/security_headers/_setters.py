"""Where a project sets the headers that tell browsers to be careful, for all of its responses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit import Project, Source, memoized
from fixaudit.authoring import METHODS, Function, ModuleFacts, imports_file, is_test_path, walk
from fixaudit_codemods.web._routes import last_name

KNOWN = (
    "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Strict-Transport-Security",
    "Content-Security-Policy", "Permissions-Policy",
)  # fmt: skip
_LOWER = frozenset(name.lower() for name in KNOWN)
_WORDS = tuple(word for name in KNOWN[:4] for word in (name, name.lower()))
_NEEDLES = tuple(word.encode() for word in _WORDS)
# Libraries by their documentation that set all of them: secure, Secweb, fastapi-security-headers.
_LIBRARIES = ("secure", "Secweb", "fastapi_security_headers")
_MANY = 200
_MIDDLEWARE = (b".middleware(", b"call_next", b"http.response.start", b"BaseHTTPMiddleware")
_HEADER = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)+")
_FRAMES = "frame-ancestors"
_NO_FRAMES = re.compile(r"frame-ancestors\s+['\"\\]*none")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Setter:
    """A function, class or constant that names two of the headers or more, in lower case.

    `certain` is false where its file makes no middleware, or the judged one does not import it.
    """

    certain: bool
    path: Path
    name: str
    line: int
    headers: frozenset[str]


@memoized
def setters(source: Source) -> list[Setter]:
    own = source.project.facts_of_source(source).path
    paths = {own: None}
    for needle in _NEEDLES:
        for mention in source.project.mentions(needle, _MANY, along=_NEEDLES):
            if not mention.is_test and not is_test_path(source.shown(mention.path)):
                paths[mention.path] = None
    found = []
    for path in paths:
        rows = source.project.derived(path, "security headers", lambda f: _read(source.project, f))
        body = source.body if path == own else source.project.read(path) or b""
        made = _is_middleware(source, path, body)
        found += [Setter(made, path, *row) for row in rows or ()]
    return found


@memoized
def certain_setters(source: Source) -> list[Setter]:
    """Those that are middleware of the judged application."""
    return [each for each in setters(source) if each.certain]


@memoized
def headers_set(source: Source) -> frozenset[str]:
    """The headers that those set, in lower case."""
    return frozenset[str]().union(*(each.headers for each in certain_setters(source)))


@memoized
def doubtful_setters(source: Source) -> dict[str, Setter]:
    """For each header the first place that names it and is not known to be middleware."""
    found: dict[str, Setter] = {}
    for each in setters(source):
        for header in () if each.certain else each.headers:
            found.setdefault(header, each)
    return found


@memoized
def setter_here(source: Source) -> Setter | None:
    """The first of the judged file."""
    own = source.project.facts_of_source(source).path
    return next((each for each in certain_setters(source) if each.path == own), None)


@memoized
def library(source: Source) -> str | None:
    """The library that the project sets them by."""
    own = [line for line in source.text.splitlines() if line.startswith(("from ", "import "))]
    for name in _LIBRARIES:
        mentions = source.project.mentions(name.encode(), 40)
        for line in [*own, *(each.text for each in mentions if not each.is_test)]:
            if re.match(rf"(?:from|import) {name}\b", line):
                return name
    return None


def frames_named(source: Source) -> str | None:
    """Where the judged application, or what it imports, lets its pages be framed; None where nothing does.

    `frame-ancestors 'none'` is what X-Frame-Options says too.
    """
    own = source.project.facts_of_source(source).path
    lines = [(own, number, text) for number, text in enumerate(source.text.splitlines(), 1) if _FRAMES in text.partition("#")[0]]  # fmt: skip
    if lines:
        return f"line {lines[0][1]}" if not _NO_FRAMES.search(lines[0][2]) else None
    for each in source.project.mentions(_FRAMES.encode(), 20):
        if (
            not each.is_test
            and not _NO_FRAMES.search(each.text)
            and imports_file(source, each.path)
        ):
            return f"{source.shown(each.path)}:{each.line}"
    return None


def _is_middleware(source: Source, path: Path, body: bytes) -> bool:
    """True for a file that makes a middleware, and that the judged one is or imports."""
    own = source.project.facts_of_source(source).path
    return any(word in body for word in _MIDDLEWARE) and (path == own or imports_file(source, path))


def _read(project: Project, facts: ModuleFacts) -> list[tuple[str, int, frozenset[str]]]:
    rows = []
    for statement in project.naming(facts, _WORDS):
        for node in _places(statement):
            target = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""
            name = getattr(node, "name", target) or "a statement"
            rows.append((name, getattr(node, "lineno", 1), _headers(node)))
    return rows


def _places(statement: ast.stmt) -> Iterator[ast.AST]:
    """The innermost definitions that name two of the headers, or the statement itself."""
    functions = [n for n in walk(statement) if isinstance(n, _DEFINITIONS) and _sets(n)]
    inner = [n for n in functions if not any(o is not n and o in functions for o in walk(n))]
    if inner:
        yield from (node for node in inner if not _is_route(node))
    elif len(_headers(statement) & _LOWER) > 1 and not _is_route(statement):
        yield statement


def _sets(function: Function) -> bool:
    """True for two of the headers; one will do in what is a middleware for certain."""
    count = len(_headers(function) & _LOWER)
    made = (d.func for d in function.decorator_list if isinstance(d, ast.Call))
    return count > 1 or (count == 1 and any(last_name(func) == "middleware" for func in made))


def _is_route(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", ())
    return any(isinstance(d, ast.Call) and last_name(d.func) in METHODS for d in decorators)


def _headers(node: ast.AST) -> frozenset[str]:
    texts = (part.value for part in walk(node) if isinstance(part, ast.Constant))
    decoded = (t.decode("latin-1") if isinstance(t, bytes) else t for t in texts)
    return frozenset(t.lower() for t in decoded if isinstance(t, str) and _HEADER.fullmatch(t))


# ------------------------------------------------------------------- one of the judged file


@memoized
def last_assignment(source: Source) -> tuple[ast.stmt, str] | None:
    """The last statement by which the setter of this file sets a header, and what it sets it on."""
    setter = setter_here(source)
    found: tuple[ast.stmt, str] | None = None
    if setter is None:
        return None
    functions: list[Function] = [*source.nodes(ast.FunctionDef)]
    functions += source.nodes(ast.AsyncFunctionDef)
    for function in functions:
        if (function.lineno, function.name) == (setter.line, setter.name):
            for statement in function.body:
                target = _target(statement)
                found = found if target is None else (statement, target)
    return found


def _target(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=ast.Attribute(attr="headers") as headers, slice=ast.Constant())]):  # fmt: skip
            return ast.unparse(headers)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute(attr="headers") as headers, attr="setdefault"))):  # fmt: skip
            return ast.unparse(headers)
    return None
