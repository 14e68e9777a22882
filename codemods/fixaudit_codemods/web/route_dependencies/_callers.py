"""Who asks who calls: the dependencies of routes, routers and what includes them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from fixaudit import Evidence, Project, Reach, Source, memoized
from fixaudit.authoring import (
    ClassFacts,
    Function,
    FunctionFacts,
    ModuleFacts,
    assigned_literal,
    default_of,
    definition_of,
    dotted_name,
    keyword,
    own_nodes,
    walk,
)
from fixaudit_codemods.web._routes import last_name, parameters

AUTHENTICATION = re.compile(
    r".*(auth|current_?(user|account|member|admin|actor|principal)|permission|require|verif|token|api_?key|admin"
    r"|login|principal|role|scope|credential|bearer|logged|signed_in|session_user|get_user|get_me|tenant|protect|guard|csrf).*",
    re.IGNORECASE,
)
_REFUSING = re.compile(
    r"\b40[13]\b|HTTP_40[13]|UNAUTHORIZED|FORBIDDEN|OAuth2|HTTPBearer|APIKey", re.I
)
_CHECK = re.compile(
    r"_*(require|verify|check|authenticate|authori[sz]e|ensure|assert|validate|get_current|guard)"
)
_DEPENDING = frozenset({"Depends", "Security"})
_MENTION = re.compile(r"(?:Depends|Security)\(\s*(?:\w+\.)*(\w+(?:\([\"'][\w:.-]+[\"']\))?)")
_MANY = 400


def asks(source: Source, function: Function, call: ast.Call) -> bool:
    """True where a route has a dependency that may refuse the caller."""
    given = keyword(call, "dependencies")
    if given is not None and _depends_on_caller(source, given.value):
        return True
    for parameter in parameters(function):
        default = default_of(function, parameter.arg)
        parts = [part for part in (parameter.annotation, default) if part is not None]
        if any(_depends_on_caller(source, part) for part in parts):
            return True
        made = isinstance(default, ast.Call) and last_name(default.func) in ("Header", "Cookie")
        if made and AUTHENTICATION.fullmatch(parameter.arg):
            return True
    return any(_asks_in_body(source, node) for node in own_nodes(function)) or _class_asks(
        source, function
    )


def _class_asks(source: Source, function: Function) -> bool:
    """True for a method of a class-based view that depends on who calls, itself or by a base."""
    holder = source.parent(function)
    if not isinstance(holder, ast.ClassDef):
        return False
    project = source.project
    cls = project.class_of(holder, project.facts_of_source(source))
    for entry in cls.mro().own:
        for row in project.parse_class(entry).body:
            is_maker = isinstance(row, ast.FunctionDef) and row.name == "__init__"
            if is_maker or isinstance(row, (ast.Assign, ast.AnnAssign)):
                if _names_caller(source, entry.module, row):
                    return True
    return False


def _names_caller(source: Source, module: ModuleFacts, written: ast.AST) -> bool:
    """True for `Depends(current_user)` in code of a module, by its name or by what it raises."""
    for name in _MENTION.findall(ast.unparse(written)):
        asked = source.project.resolve(module, name)
        if AUTHENTICATION.fullmatch(name) or (isinstance(asked, FunctionFacts) and _refuses(asked)):
            return True
    return False


def _asks_in_body(source: Source, node: ast.AST) -> bool:
    """True for `require_admin(request)`, and for an answer of 401 or 403."""
    if not isinstance(node, ast.Call):
        return False
    name = last_name(node.func)
    if name == "HTTPException":
        return _REFUSING.search(ast.unparse(node)) is not None
    if AUTHENTICATION.fullmatch(name) is None:
        given = any(isinstance(each, ast.Name) and "req" in each.id for each in node.args)
        return given and _is_about_caller(source, node.func)
    return _CHECK.match(name) is not None


@memoized
def middleware_that_may_ask(source: Source) -> list[Evidence]:
    """An application or a middleware that may ask for all routes, by its names or what it answers."""
    project = source.project
    mentions = [m for word in (b"FastAPI(", b".middleware(") for m in project.mentions(word, 100)]
    for path in dict.fromkeys(mention.path for mention in mentions if not mention.is_test):
        for line, name in project.derived(path, "applications that ask", lambda f: _asking(project, f)) or ():  # fmt: skip
            told = f"`{name}` may ask for all routes ({source.shown(path)}:{line})"
            if not name:
                told = f"the application of {source.shown(path)}:{line} has `dependencies`, and may ask for all routes"
            return [source.hint_at(path, line, told, Reach.DISTRIBUTION)]
    for mention in source.project.mentions(b"add_middleware", 100):
        found = re.search(r"add_middleware\(\s*(\w*Auth\w*)", mention.text)
        if found is not None and not mention.is_test:
            text = f"`{found[1]}` may ask for all routes, by its name"
            return [source.hint_at(mention.path, mention.line, text, Reach.DISTRIBUTION)]
    return []


def _asking(project: Project, facts: ModuleFacts) -> list[tuple[int, str]]:
    """`FastAPI(…, dependencies=[…])` with one that may be about who calls, by its name, and each
    `@app.middleware("http")` that refuses, or is named as if: its line and its own name."""
    found = []
    for node in (n for row in project.naming(facts, ("FastAPI", "middleware")) for n in walk(row)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            made = (each.func for each in node.decorator_list if isinstance(each, ast.Call))
            if any(isinstance(func, ast.Attribute) and func.attr == "middleware" for func in made):
                if AUTHENTICATION.fullmatch(node.name) or _REFUSING.search(ast.unparse(node)):
                    found.append((node.lineno, node.name))
        elif isinstance(node, ast.Call) and last_name(node.func) == "FastAPI":
            given = keyword(node, "dependencies")
            names = _MENTION.findall(ast.unparse(given.value)) if given is not None else []
            if any(AUTHENTICATION.fullmatch(name) or "user" in name for name in names):
                found.append((node.lineno, ""))
        elif isinstance(node, ast.Call) and (name := _wrapped(node)) is not None:
            asked = project.resolve(facts, name)
            by_name = AUTHENTICATION.fullmatch(name.rpartition(".")[2])
            if by_name or (isinstance(asked, FunctionFacts) and _refuses(asked)):
                found.append((node.lineno, name))
    return found


def _wrapped(node: ast.Call) -> str | None:
    """`check` of `app.middleware("http")(check)`."""
    made = node.func.func if isinstance(node.func, ast.Call) else None
    is_one = isinstance(made, ast.Attribute) and made.attr == "middleware"
    return dotted_name(node.args[0]) if is_one and node.args else None


def _depends_on_caller(source: Source, node: ast.expr) -> bool:
    """True for `Depends(current_user)` in it, and for a name of such an annotation."""
    written = assigned_literal(source, node)
    if written is node and isinstance(node, (ast.Name, ast.Attribute)):
        if _is_alias_of_caller(source, node):
            return True
    for part in walk(written):
        if isinstance(part, ast.Call) and last_name(part.func) in _DEPENDING:
            if not part.args or _is_about_caller(source, part.args[0]):
                return bool(part.args) or AUTHENTICATION.fullmatch(ast.unparse(node)) is not None
    is_alias = isinstance(written, (ast.Name, ast.Attribute))
    return is_alias and AUTHENTICATION.fullmatch(last_name(written)) is not None


def _is_alias_of_caller(source: Source, node: ast.expr) -> bool:
    """True for `CurrentUser` of another file, where it is `Annotated[…, Depends(current_user)]`."""
    found = definition_of(source, node)
    value, module = getattr(found, "value", None), getattr(found, "module", None)
    if not isinstance(value, ast.expr) or module is None:
        return False
    return _names_caller(source, module, value)


def _refuses(function: FunctionFacts) -> bool:
    return _REFUSING.search(ast.unparse(function.node)) is not None


def _is_about_caller(source: Source, dependency: ast.expr) -> bool:
    called = dependency.func if isinstance(dependency, ast.Call) else dependency
    if AUTHENTICATION.fullmatch(last_name(called)):
        return True
    found = definition_of(source, called) if isinstance(called, (ast.Name, ast.Attribute)) else None
    if isinstance(found, ClassFacts) and isinstance(dependency, ast.Call):
        found = found.find_method("__call__")  # `Depends(ProjectMember())`
    return isinstance(found, FunctionFacts) and _refuses(found)


# ------------------------------------------------------------------- what includes a router


@dataclass(frozen=True, slots=True)
class _Inclusion:
    """`receiver.include_router(router)`; `asks` says that it is with dependencies."""

    router: str
    receiver: str
    line: int
    asks: bool


def included_with(source: Source, name: str) -> Evidence | None:
    """Where the router of that name of this file is included in a way that asks who calls."""
    home = source.project.facts_of_source(source).path
    waiting, seen = [(home, name)], {(home, name)}
    while waiting:  # what includes it may be included itself
        for path, row in _inclusions(source).get(waiting.pop(), ()):
            facts = source.project.facts_of(path)
            outer = None if facts is None else source.project.resolve(facts, row.receiver)
            made = getattr(outer, "value", None)
            in_one = isinstance(made, ast.Call) and keyword(made, "dependencies") is not None
            if row.asks or in_one:
                words = "with `dependencies`" if row.asks else "in one whose `dependencies` ask"
                text = f"{source.shown(path)}:{row.line} includes it {words}"
                return source.proof_at(path, row.line, text, Reach.DISTRIBUTION)
            following = (getattr(outer, "path", None), getattr(outer, "name", None))
            if None not in following and following not in seen:
                seen.add(following)  # type: ignore[arg-type]
                waiting.append(following)  # type: ignore[arg-type]
    return None


@memoized
def _inclusions(source: Source) -> dict[tuple[Path, str], list[tuple[Path, _Inclusion]]]:
    """The inclusions of the project, by the file and the name of the router that is included."""
    project = source.project
    paths = {project.facts_of_source(source).path: None}
    for mention in project.mentions(b"include_router", _MANY):
        if not mention.is_test:
            paths[mention.path] = None
    found: dict[tuple[Path, str], list[tuple[Path, _Inclusion]]] = {}
    for path in paths:
        facts = project.facts_of(path)
        if facts is None:
            continue
        for row in project.derived(path, "inclusions", lambda f: _read(project, f)) or ():
            router = project.resolve(facts, row.router)
            key = (getattr(router, "path", None), getattr(router, "name", None))
            if None not in key:
                found.setdefault(key, []).append((path, row))  # type: ignore[arg-type]
    return found


def _read(project: Project, facts: ModuleFacts) -> list[_Inclusion]:
    found = []
    for statement in project.naming(facts, ("include_router",)):
        for node in walk(statement):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            given = [*node.args[:1], *(w.value for w in node.keywords if w.arg == "router")]
            router = dotted_name(given[0]) if given else None
            receiver = dotted_name(node.func.value)
            if node.func.attr == "include_router" and router and receiver:
                with_any = keyword(node, "dependencies") is not None
                found.append(_Inclusion(router, receiver, node.lineno, with_any))
    return found


@memoized
def usual_dependency(source: Source) -> str | None:
    """The dependency by which most routes of the project ask who calls, a factory with what it is given."""
    counted: Counter[str] = Counter()
    lines = source.text.splitlines()
    mentions = source.project.mentions(b"Depends(", _MANY)
    for line in [*lines, *(each.text for each in mentions if not each.is_test)]:
        counted.update(n for n in _MENTION.findall(line) if AUTHENTICATION.fullmatch(n))
    heads = Counter(told.partition("(")[0] for told in counted.elements())
    usual = next((head for head, _ in heads.most_common(1)), None)
    calls = {told for told in counted if told.partition("(")[0] == usual}
    return calls.pop() if len(calls) == 1 else usual and f'{usual}("…")'
