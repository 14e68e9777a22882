"""Routes that no test of the project calls, by their paths and methods.

Such a route can lose its check of who calls, its status or its whole answer, and nothing turns red. Paths are
compared segment by segment, as tests write them: `client.delete(f"{API}/vectors/{id}")` calls
`DELETE /vectors/{anime_id}`, whatever the router is included under; so does a test that imports the
function, or asks for its URL by its name.

Off by default: tests to write are no defect of a line. One finding names the routes of a module; it is
never edited. It leaves alone: modules whose routes are all called, routers whose prefix is not written
there, and tests. Tests in other languages and of other repositories are not seen.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Finding, Project, ReportMatch, Role, Source, memoized
from fixaudit.authoring import METHODS, Function, ModuleFacts, framework_of, keyword, walk
from fixaudit_codemods.web._routes import FASTAPI_TRIGGERS, last_name
from fixaudit_codemods.web._wording import listed_plainly

_SHOWN = 3
_MANY = 20000
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_NEEDLES = (b'"/', b"'/", b"}/", b"url_for", b"url_path_for")
_WORDS = ("/", "url_for", "url_path_for")
_URL_FOR = frozenset({"url_for", "url_path_for"})
_PARAMETER = re.compile(r"\{[^{}]*\}|<[^<>]*>|%\(\w+\)s|%[sdr]|\*")
_ANY = "*"
GUIDANCE = (
    "A test of each with `TestClient` (in `with`, or the lifespan does not run) that asserts status and answer, "
    "and one without credentials where it needs some (`app.dependency_overrides` for the others); "
    "or all at once from the schema, with schemathesis: no route answers 500, which says nothing of what is "
    "right. First those that change data."
)


@dataclass(frozen=True, slots=True)
class Called:
    """A path that a test writes: its segments from the last one on, the method where it is seen."""

    segments: tuple[str, ...]
    method: str


@dataclass(frozen=True, slots=True)
class Route:
    """One route: its function, method and path as told, and the segments from the last one on."""

    function: Function
    method: str
    path: str
    segments: tuple[str, ...]


class UntestedRoute(Codemod):
    name = "untested-route"
    code = "FA414"
    triggers = (*FASTAPI_TRIGGERS, b"flask", b"quart")
    trigger_pattern = re.compile(
        rb"@[^\r\n]*\.\s*(?:get|post|put|delete|patch|api_route|route)\s*\("
    )
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    default = False  # tests to write are no defect of a line
    tags = frozenset({"tests", "web"})
    right_already = ("^tests call each ",)
    report_match = ReportMatch(
        keywords=(
            (
                "no tests|missing tests|without tests|lacks tests|lack tests|lack of tests|no test|add tests|add unit tests|add integration tests",
                "route|endpoint|api|router",
            ),
            ("untested", "route|endpoint|handler"),
            ("test coverage", "route|endpoint|api"),
            ("testclient", "route|endpoint|test"),
            ("keine tests|ungetestet*", "route|endpunkt*|api"),
        )
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a route made for a test",
        Role.EXAMPLE: "an example shows what it is about",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        if not any(map(_looks_like_route, node.decorator_list)):
            return
        routes, unknown = _routes(source)
        functions = {id(route.function) for route in routes}
        if not routes:
            if unknown is node:
                yield self.leave(source, node, "where its routes are is not known here")
            return
        untested = _untested(source)
        first = untested[0].function if untested else routes[0].function
        if first is not node or id(node) not in functions:
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        elif not untested:
            yield self.leave(source, node, f"tests call each of its {len(routes)} routes")
        else:
            yield self._untested(source, node, routes, untested)

    def _untested(
        self, source: Source, node: Function, routes: list[Route], untested: list[Route]
    ) -> Finding:
        shown = [f"`{r.function.name}` ({r.method.upper()} {r.path})" for r in untested]
        names = listed_plainly(shown[:_SHOWN]).replace("``", "`").replace(")`", ")")
        if len(shown) > _SHOWN:
            names = f"{', '.join(shown[:_SHOWN])} and {len(shown) - _SHOWN} more"
        some = len(untested) < len(routes)
        count = f": {len(untested)} of {len(routes)} routes of the module" if some else ""
        reason = f"no test calls {names}{count}"
        if not _called(source):
            return self.review(
                source, node, reason, f"no test of the project calls a route. {GUIDANCE}"
            )
        return self.review(source, node, reason, GUIDANCE)


def _looks_like_route(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and last_name(decorator.func) in METHODS


# ------------------------------------------------------------------- routes


@memoized
def _routes(source: Source) -> tuple[list[Route], Function | None]:
    """The routes of a file, and the first function whose path is not known."""
    found: list[Route] = []
    unknown: Function | None = None
    functions: list[Function] = [*source.nodes(ast.FunctionDef)]
    functions += source.nodes(ast.AsyncFunctionDef)
    for function in sorted(functions, key=lambda each: each.lineno):
        for call in function.decorator_list:
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr not in METHODS or framework_of(source, call.func.value) is None:
                continue
            prefix = _prefix(source, call.func.value)
            path = _text(
                next(iter(call.args), None) or getattr(keyword(call, "path"), "value", None)
            )
            segments = None if prefix is None or path is None else _segments(f"{prefix}{path}")
            if not segments:
                unknown = unknown or function
                continue
            method = call.func.attr if call.func.attr in _VERBS else _method(call)
            found.append(Route(function, method, f"{prefix}{path}", segments))
    return found, unknown


def _prefix(source: Source, router: ast.expr) -> str | None:
    """What a router of this file is made with; empty where it has none, None where it is not written."""
    bindings = source.lookup(router.id, router) if isinstance(router, ast.Name) else []
    made = bindings[0].value if len(bindings) == 1 else None
    if not isinstance(made, ast.Call):
        return ""
    given = keyword(made, "prefix") or keyword(made, "url_prefix")
    return "" if given is None else _text(given.value)


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _method(call: ast.Call) -> str:
    """The one method of `route("/x", methods=["POST"])`; GET without any, `*` for several."""
    given = keyword(call, "methods")
    if given is None:
        return "get"
    if isinstance(given.value, (ast.List, ast.Tuple, ast.Set)) and len(given.value.elts) == 1:
        return (_text(given.value.elts[0]) or _ANY).lower()
    return _ANY


def _segments(path: str) -> tuple[str, ...]:
    """The segments of a path from the last one on, `*` for a parameter."""
    plain = _PARAMETER.sub(_ANY, path).partition("?")[0]
    parts = [_ANY if _ANY in part else part for part in plain.split("/") if part]
    return tuple(reversed(parts))


# ------------------------------------------------------------------- tests


@memoized
def _untested(source: Source) -> list[Route]:
    called = _called(source)
    missing = [r for r in _routes(source)[0] if not any(_calls(each, r) for each in called)]
    names = [route.function.name.encode() for route in missing]
    named: set[str] = set()
    for name in names:
        along = names if name is names[0] else ()  # one reading finds them all
        mentions = source.project.mentions(name, 20, tests_only=True, along=along)
        word = re.compile(
            rf"import\b.*\b{name.decode()}\b|\burl_(?:path_)?for\(\s*['\"][\w.]*\b{name.decode()}['\"]"
        )
        if any(word.search(each.text) for each in mentions):
            named.add(name.decode())
    return [route for route in missing if route.function.name not in named]


def _calls(called: Called, route: Route) -> bool:
    if called.method != _ANY and route.method not in (_ANY, called.method):
        return False
    if len(called.segments) < len(route.segments):
        return False
    pairs = list(zip(route.segments, called.segments, strict=False))
    # `*` of a test is a value that is put in: it stands for a parameter, not for a word of the path.
    return all(own in (_ANY, written) for own, written in pairs)


@memoized
def _called(source: Source) -> list[Called]:
    """The paths that tests of the project write."""
    paths = dict.fromkeys(
        mention.path
        for needle in _NEEDLES
        for mention in source.project.mentions(needle, _MANY, tests_only=True, along=_NEEDLES)
    )
    found: set[Called] = set()
    for path in paths:
        rows = source.project.derived(path, "called paths", lambda f: _read(source.project, f))
        found.update(rows or ())
    return sorted(found, key=lambda each: (each.segments, each.method))


def _read(project: Project, facts: ModuleFacts) -> list[Called]:
    found = []
    for statement in project.naming(facts, _WORDS):
        nodes = list(walk(statement))
        methods = {id(arg): method for node in nodes for arg, method in _asked(node)}
        pieces = {id(p) for node in nodes if isinstance(node, ast.JoinedStr) for p in node.values}
        for node in nodes:
            text = None if id(node) in pieces else _written(node)
            if text is None or "/" not in text or re.search(r"\s", text):
                continue
            if segments := _segments(text):
                found.append(Called(segments, methods.get(id(node), _ANY)))
    return found


def _asked(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """The path of `client.post(path)` and `client.request("POST", path)`, with the method."""
    match node:
        case ast.Call(func=ast.Attribute(attr=method), args=[path, *_]) if method in _VERBS:
            yield path, method
        case ast.Call(func=ast.Attribute(attr="request" | "open"), args=[ast.Constant(value=str() as method), path, *_]):  # fmt: skip
            yield path, method.lower()


def _written(node: ast.AST) -> str | None:
    """A text with `*` for what is put in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or _ANY for part in node.values)
    return _text(node) if isinstance(node, ast.Constant) else None
