"""A decorator above the route's own never runs for requests: a cache, limit or login check that is none.

`@router.get(…)` registers the function that stands below it and gives it back. What a decorator above makes
of it is bound to the name only, and the framework calls what it has registered: every request goes past
the cache to the database, past the limit, past `@login_required`.

On by default: nobody wants that. It is never edited, for a cache that starts to work changes answers:
the report says what moving it down would do. It leaves alone: decorators below the route, other
routes, those of the project that give the function back as it is, those that are not known to wrap it,
and tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import (
    METHODS,
    Function,
    FunctionFacts,
    definition_of,
    framework_of,
    own_nodes,
)
from fixaudit_codemods.web._routes import FASTAPI_TRIGGERS, last_name, parameters

# Decorators that wrap, by the documentation of their libraries.
WRAPPERS = re.compile(
    r"functools\.(lru_cache|cache)|fastapi_cache(\.decorator)?\.cache|aiocache(\.decorators)?\.\w*cached"
    r"|cachetools(\.func)?\.\w*cache\w*|cashews\.cache|async_lru\.alru_cache|flask_login\.(login|fresh_login)_required"
    r"|flask_jwt_extended\.\w+_required|flask_security\.\w+_(required|accepted)|starlette\.authentication\.requires"
    r"|tenacity\.retry|backoff\.on_\w+|ratelimit\.\w+"
)
# Methods of such objects: a cache, a limiter, an authentication.
METHODS_THAT_WRAP = frozenset({"cached", "memoize", "limit", "shared_limit", "login_required"})
CACHES = re.compile(r".*cache|memoize|alru", re.IGNORECASE)
GATES = re.compile(r".*(login|auth|require|permission|limit|jwt|role|admin|token)", re.IGNORECASE)
CALLER = re.compile(
    r".*(user|account|session|principal|token|tenant|auth).*|request", re.IGNORECASE
)


class CacheAboveRoute(Codemod):
    name = "cache-above-route"
    code = "FA416"
    triggers = (*FASTAPI_TRIGGERS, b"flask", b"quart")
    # A route's decorator that another one may stand above: not in the first line after an empty one.
    trigger_pattern = re.compile(
        rb"@[^\r\n]*\.\s*(?:get|post|put|delete|patch|head|options|api_route|route)\s*\("
    )
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    tags = frozenset({"performance", "web"})
    right_already = ("^it stands below ",)
    report_match = ReportMatch(
        keywords=(
            ("cache*|caching", "decorator", "route|endpoint|order|above|never"),
            ("decorator order|order of decorators|decorator ordering",),
            ("decorator", "never runs|not applied|has no effect|ineffective", "route|endpoint|cache|auth"),
            ("caching", "query result|response|endpoint|leaderboard"),
            ("login_required|jwt_required", "above|order|before", "route"),
        )
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a route made for a test",
        Role.EXAMPLE: "an example shows what it is about",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        decorators = node.decorator_list
        if len(decorators) < 2:
            return
        routes = [at for at, entry in enumerate(decorators) if _is_route(source, entry)]
        others = [at for at in range(len(decorators)) if at not in routes]
        if not routes or not others:
            return
        shown = _shown(decorators[routes[-1]])
        above = [decorators[at] for at in others if at < routes[-1]]
        if not above:
            yield self.leave(source, decorators[others[0]], f"it stands below `{shown}`")
        for decorator in above:
            yield self._above(source, node, decorator, shown)

    def _above(self, source: Source, node: Function, decorator: ast.expr, route: str) -> Finding:
        name = _shown(decorator)
        wraps = _wraps(source, decorator)
        if wraps is None:
            reason = f"what `{name}` does with the function is not known"
            return self.leave(source, decorator, reason)
        if not wraps:
            return self.leave(source, decorator, f"`{name}` gives the function back as it is")
        reason = f"`{name}` stands above `{route}`, which has registered the plain function: no request runs it"
        func = decorator.func if isinstance(decorator, ast.Call) else decorator
        origin = source.qualified_name(func) or ""
        return self.review(source, decorator, reason, _advice(node, name, origin, route))

    def objection(self, advice: Source) -> str | None:
        functions: list[Function] = [*advice.nodes(ast.FunctionDef)]
        functions += advice.nodes(ast.AsyncFunctionDef)
        for function in functions:
            seen = ""
            for decorator in function.decorator_list:
                if _is_method_of_path(decorator):
                    if seen:
                        return f"`{seen}` above `{_shown(decorator)}` never runs for requests: it belongs below"
                elif not seen:
                    seen = _shown(decorator)
        return None


def _advice(node: Function, name: str, origin: str, route: str) -> str:
    move = f"Move `{name}` below `{route}`, right above the `def`."
    if CACHES.match(name.rpartition(".")[2]) is None and not CACHES.match(name):
        if GATES.match(name):
            return (
                f"{move} Until then everybody gets through: afterwards callers without credentials, or "
                "above the limit, are refused, so tell clients first. Or use a dependency of the route (FastAPI), `before_request` of the blueprint (Flask)."
            )
        return f"{move} It must keep the signature (`functools.wraps`), by which the framework reads parameters."
    said = f"{move} Answers are then as old as the cache lets them be: who writes must clear it. Or cache the query below the route, or take the decorator away, which changes nothing."
    if isinstance(node, ast.AsyncFunctionDef) and origin.startswith(("functools.", "cachetools.")):
        said = f"`{name}` keeps the coroutine of an `async def`, and a coroutine can be awaited once: moved down, the second request fails. Use a cache for coroutines (aiocache, async-lru), or cache the query. {said}"  # fmt: skip
    callers = [each.arg for each in parameters(node) if CALLER.fullmatch(each.arg)]
    if callers:
        said = f"`{callers[0]}` tells callers apart: a key without it gives one caller's answer to all. {said}"
    return said


def _is_route(source: Source, decorator: ast.expr) -> bool:
    match decorator:
        case ast.Call(func=ast.Attribute(value=router)) if _is_method_of_path(decorator):
            return framework_of(source, router) is not None
    return False


def _is_method_of_path(node: ast.expr) -> bool:
    """True for `x.get("/…")` and its like."""
    if not isinstance(node, ast.Call) or last_name(node.func) not in METHODS:
        return False
    if not isinstance(node.func, ast.Attribute):
        return False
    given = [*node.args[:1], *(w.value for w in node.keywords if w.arg in ("path", "rule"))]
    texts = [each.value for each in given if isinstance(each, ast.Constant)]
    return any(isinstance(text, str) and text[:1] in ("", "/") for text in texts)


def _shown(decorator: ast.expr) -> str:
    return f"@{ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)}"


def _wraps(source: Source, decorator: ast.expr) -> bool | None:
    """Whether a decorator makes another function of the one below it; None where that is not known."""
    func = decorator.func if isinstance(decorator, ast.Call) else decorator
    if WRAPPERS.fullmatch(source.qualified_name(func) or ""):
        return True
    found = definition_of(source, func)
    if isinstance(found, FunctionFacts) and found.owner is None:
        return _gives_another(found, isinstance(decorator, ast.Call))
    if isinstance(func, ast.Attribute) and func.attr in METHODS_THAT_WRAP:
        return True
    return None


def _gives_another(found: FunctionFacts, is_called: bool) -> bool | None:
    """True where what it returns is a function made in it, False where it is its own parameter."""
    function: Function = found.node
    made = _made(function)
    if is_called:  # a factory: the decorator is the function that it returns
        decorator = next((each for each in made if each.name in _returned(function)), None)
        if decorator is None:
            return None
        function, made = decorator, _made(decorator)
    returned = _returned(function)
    if returned & {each.name for each in made}:
        return True
    own = {each.arg for each in parameters(function)}
    return False if returned and returned <= own else None


def _made(function: Function) -> list[Function]:
    return [each for each in function.body if isinstance(each, Function)]


def _returned(function: Function) -> set[str]:
    values = [node.value for node in own_nodes(function) if isinstance(node, ast.Return)]
    return {value.id for value in values if isinstance(value, ast.Name)}
