"""Routes that query the database themselves: the same query stands in several, and none can be tested alone.

A query in a route is tested by a request only, and is written again in the next route that needs it,
with a filter less. Which layer is right, functions, repositories or the routes as they are, is a choice of
the project.

Off by default, for it is one. One finding names the routes of a module and the queries that stand in two
of them; it is never edited. Queries are known by what they are: SQLAlchemy's and SQLModel's `select` and
its like, `query` of a session or of a class that is a row. It leaves alone: modules whose routes ask
functions, `session.get`, and tests.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source, memoized
from fixaudit.authoring import (
    METHODS,
    ROW_KINDS,
    ClassFacts,
    Function,
    definition_of,
    framework_of,
    origin_match,
    own_nodes,
)
from fixaudit_codemods.web._routes import last_name
from fixaudit_codemods.web._wording import listed

_STATEMENTS = re.compile(
    r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.(?:select|insert|update|delete|text|exists|union\w*)"
)
_SESSION = re.compile(r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.(?:Async)?Session\(\)")
_QUERIES = re.compile(
    rb"\b(?:session|db|connection|conn)\w*\.(?:execute|query|scalars?|exec|get|add)\("
)
_REPOSITORY = re.compile(r"class (\w+(?:Repository|Repo|DAO))\b")
_LONGEST = 90
WAYS = (
    "Functions that take the session (`def debates_of(session, owner)`) in a module of their own are the "
    "cheapest: one place for each query, tested with a session. A repository class needs an `__init__` with "
    "`session: Session = Depends(get_session)`: with a bare `session: Session`, `Depends()` makes FastAPI "
    "read it from the request, and the service does not start. Leave `commit` to the route, or one request "
    "becomes several transactions. A small service with plain reads may stay as it is."
)


class QueryInRoute(Codemod):
    name = "query-in-route"
    code = "FA522"
    triggers = (b"sqlalchemy", b"sqlmodel", b".query(")
    trigger_pattern = re.compile(
        rb"@[^\r\n]*\.\s*(?:get|post|put|delete|patch|api_route|route)\s*\("
    )
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    default = False  # a layer for queries is a choice of the project
    tags = frozenset({"database", "style", "web"})
    right_already = ("^none of its routes queries itself$",)
    report_match = ReportMatch(
        keywords=(
            ("repository pattern", "route|handler|endpoint|scatter*|introduce|adopt|implement|missing|no"),
            ("quer*|sql|database access|data access|orm", "route|endpoint|handler|controller", "scatter*|direct*|in the|inside|embedded|mixed|separat*"),
            ("separation of concerns|separation of data access", "route|query|queries|database|handler"),
            ("business logic", "route|endpoint|handler|controller"),
            ("datenbankabfrage*", "route|endpunkt*"),
        )
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a route made for a test",
        Role.EXAMPLE: "an example shows what it is about",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        if not any(isinstance(d, ast.Call) and last_name(d.func) in METHODS for d in node.decorator_list):  # fmt: skip
            return
        routes = _routes(source)
        asking = {each: queries for each, queries in routes.items() if queries}
        if node is not next(iter(asking or routes), None):
            return
        if not asking:
            yield self.leave(source, node, "none of its routes queries itself")
            return
        count = sum(map(len, asking.values()))
        names = [each.name for each in asking]
        verb = "queries the database itself" if len(names) == 1 else "query the database themselves"
        reason = f"{listed(names)} {verb} ({count} {'query' if count == 1 else 'queries'})"
        for text, places in _twins(asking).items():
            reason += f"; `{text}` stands in {places}"
            break
        own = _repository(source)
        guidance = f"The project has {own}: put them there. {WAYS}" if own else WAYS
        yield self.review(source, node, reason, guidance)

    def objection(self, advice: Source) -> str | None:
        """A class of `Depends()` whose session FastAPI would read from the request."""
        functions: list[Function] = [*advice.nodes(ast.FunctionDef)]
        functions += advice.nodes(ast.AsyncFunctionDef)
        given = {
            last_name(parameter.annotation)
            for function in functions
            for parameter, default in _with_defaults(function)
            if parameter.annotation is not None and _is_bare_depends(default)
        }
        for cls in advice.nodes(ast.ClassDef):
            for maker in cls.body if cls.name in given else ():
                if not isinstance(maker, ast.FunctionDef) or maker.name != "__init__":
                    continue
                for parameter, default in _with_defaults(maker):
                    kind = last_name(parameter.annotation) if parameter.annotation else ""
                    if kind in ("Session", "AsyncSession") and default is None:
                        return f"`Depends()` on `{cls.name}` reads `{parameter.arg}` from the request: it needs `= Depends(…)` of its own"
        return None


def _with_defaults(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    plain = [*function.args.posonlyargs, *function.args.args]
    missing = [None] * (len(plain) - len(function.args.defaults))
    yield from zip(plain, [*missing, *function.args.defaults], strict=True)
    yield from zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)


def _is_bare_depends(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "Depends" and not node.args


# ------------------------------------------------------------------- queries


@memoized
def _routes(source: Source) -> dict[Function, list[ast.expr]]:
    """The routes of a file in their order, with the queries that each holds."""
    functions: list[Function] = [*source.nodes(ast.FunctionDef)]
    functions += source.nodes(ast.AsyncFunctionDef)
    return {
        function: list(_queries(source, function))
        for function in sorted(functions, key=lambda each: each.lineno)
        if any(_is_route(source, entry) for entry in function.decorator_list)
    }


def _is_route(source: Source, decorator: ast.expr) -> bool:
    match decorator:
        case ast.Call(func=ast.Attribute(value=router, attr=method)) if method in METHODS:
            return framework_of(source, router) is not None
    return False


def _queries(source: Source, function: Function) -> Iterator[ast.expr]:
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and _makes_query(source, node):
            yield _whole(source, node)


def _makes_query(source: Source, call: ast.Call) -> bool:
    func = call.func
    if isinstance(func, ast.Attribute) and func.attr == "query" and call.args:
        row = definition_of(source, call.args[0])
        is_row = isinstance(row, ClassFacts) and row.kind in ROW_KINDS
        return is_row or origin_match(source, func.value, _SESSION) is not None
    if not isinstance(func, (ast.Name, ast.Attribute)):
        return False
    return _STATEMENTS.fullmatch(source.qualified_name(func) or "") is not None


def _whole(source: Source, call: ast.Call) -> ast.expr:
    """The chain of calls that a query is made by."""
    whole: ast.expr = call
    for above in source.ancestors(call):
        is_chain = isinstance(above, ast.Attribute) or (isinstance(above, ast.Call) and above.func is whole)  # fmt: skip
        if not isinstance(above, ast.expr) or not is_chain:
            return whole
        whole = above
    return whole


def _twins(asking: dict[Function, list[ast.expr]]) -> dict[str, str]:
    """Queries that two routes or more write alike, with where they stand, the longest first."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for function, queries in asking.items():
        for query in queries:
            found[ast.unparse(query)].append((function.name, query.lineno))
    shown = {}
    for text in sorted(found, key=len, reverse=True):
        places = found[text]
        if len({name for name, _ in places}) > 1 and re.search(
            r"\.(?:where|filter\w*|join)\(", text
        ):
            short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
            told = [f"`{name}` (line {line})" for name, line in places[:3]]
            shown[short] = " and ".join([", ".join(told[:-1]), told[-1]])
    return shown


@memoized
def _repository(source: Source) -> str | None:
    """A class of the project that holds queries already, by its name."""
    for word in (b"Repository", b"Repo:", b"DAO"):
        for mention in source.project.mentions(word, 200):
            found = _REPOSITORY.match(mention.text)
            if found is None or mention.is_test:
                continue
            if _QUERIES.search(source.project.read(mention.path) or b""):
                return f"`{found[1]}` ({source.shown(mention.path)}:{mention.line})"
    return None
