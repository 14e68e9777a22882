"""Applications of FastAPI: their names, their middlewares, where they are mounted."""

from __future__ import annotations

import ast
import re

from fixaudit import Reach, Source, memoized
from fixaudit.authoring import stands_alone
from fixaudit_codemods.web._routes import last_name

_MANY = 200  # lines that mount something


def application_name(source: Source, node: ast.Call) -> str | None:
    """The plain name that an application is given."""
    match source.parent(node):
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is node:
            return name
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def last_middleware(source: Source, node: ast.Call, name: str) -> ast.stmt | None:
    """The last statement of the same block that gives the application a middleware, or the first one."""
    made = source.statement(node)
    key = (id(source.block(made)), name)
    given, again = _statements(source)
    end = next((each.lineno for each in again.get(key, ()) if each.lineno > made.lineno), None)
    between = [
        each
        for each in given.get(key, ())
        if each.lineno > made.lineno and (end is None or each.lineno < end)
    ]
    anchor = max(between, key=lambda each: each.lineno, default=made)
    return anchor if stands_alone(source, anchor) else None


Statements = dict[tuple[int, str], list[ast.stmt]]


@memoized
def _statements(source: Source) -> tuple[Statements, Statements]:
    """By block and name: what gives an application a middleware, and what assigns the name."""
    given: Statements = {}
    for call in source.named(ast.Call, frozenset({"add_middleware", "middleware"})):
        statement = source.statement(call)
        value = statement.value if isinstance(statement, ast.Expr) else None
        own = (
            [value, value.func] if isinstance(value, ast.Call) else []
        )  # `app.middleware("http")(f)`
        if call in (*getattr(statement, "decorator_list", ()), *own):
            name = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
            given.setdefault((id(source.block(statement)), name), []).append(statement)
    again: Statements = {}
    for assignment in source.nodes(ast.Assign):
        for target in assignment.targets:
            if isinstance(target, ast.Name):
                key = (id(source.block(assignment)), target.id)
                again.setdefault(key, []).append(assignment)
    for statements in again.values():
        statements.sort(key=lambda each: each.lineno)
    return given, again


def mounted_in(source: Source, node: ast.Call) -> str | None:
    """What is said of an application that is mounted in another one; None where none is seen.

    By its own name or attribute, or by the name of what the function that makes it is called for; in
    this file, or where a name of this module is imported.
    """
    mounted = _mounted(source)
    for name in _names_of(source, node):
        shown = ast.unparse(name)
        for line, value in mounted.get(shown, ()):
            if isinstance(name, ast.Attribute) or source.lookup(shown, value) == source.lookup(shown, name):  # fmt: skip
                return f"`{shown}` is mounted in line {line}: the outer one answers"
        bound = source.scopes.module.bindings.get(shown)
        if bound is not None and bound == source.lookup(shown, name):
            place = _mounted_elsewhere(source, shown)
            if place is not None:
                return f"`{shown}` is mounted in {place}: the outer one answers"
    return None


def _names_of(source: Source, node: ast.Call) -> list[ast.Name | ast.Attribute]:
    """The targets that an application is assigned to, and what its maker gives is assigned to."""
    names = _targets(source.parent(node), node)
    maker = source.function(node)
    if not isinstance(maker, ast.FunctionDef) or source.parent(maker) is not source.tree:
        return names
    given = {name.id for name in names if isinstance(name, ast.Name)}
    returned = _returned(source).get(id(maker), ())
    if any(value is node or (isinstance(value, ast.Name) and value.id in given) for value in returned):  # fmt: skip
        names += _given(source).get(maker.name, ())
    return names


@memoized
def _given(source: Source) -> dict[str, list[ast.Name | ast.Attribute]]:
    """What the results of calls are assigned to, by the called name."""
    found: dict[str, list[ast.Name | ast.Attribute]] = {}
    statements: list[ast.Assign | ast.AnnAssign] = [*source.nodes(ast.Assign)]
    statements += source.nodes(ast.AnnAssign)
    for statement in statements:
        value = statement.value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            found.setdefault(value.func.id, []).extend(_targets(statement, value))
    return found


@memoized
def _returned(source: Source) -> dict[int, list[ast.expr | None]]:
    """What each function of this file returns."""
    found: dict[int, list[ast.expr | None]] = {}
    for each in source.nodes(ast.Return):
        found.setdefault(id(source.function(each)), []).append(each.value)
    return found


def _targets(above: ast.AST | None, value: ast.Call) -> list[ast.Name | ast.Attribute]:
    found: list[ast.expr] = []
    if isinstance(above, ast.Assign) and above.value is value:
        found = above.targets
    elif isinstance(above, ast.AnnAssign) and above.value is value:
        found = [above.target]
    return [target for target in found if isinstance(target, (ast.Name, ast.Attribute))]


@memoized
def _mounted(source: Source) -> dict[str, list[tuple[int, ast.expr]]]:
    """What `….mount(…)` of this file is given, by how it is written."""
    found: dict[str, list[tuple[int, ast.expr]]] = {}
    for call in source.named(ast.Call, frozenset({"mount"})):
        for value in (*call.args, *(word.value for word in call.keywords)):
            if isinstance(value, (ast.Name, ast.Attribute)):
                found.setdefault(ast.unparse(value), []).append((call.lineno, value))
    return found


def _mounted_elsewhere(source: Source, name: str) -> str | None:
    """Where another file of the project mounts a name that it imports from this module."""
    own = source.project.facts_of_source(source).path
    for mention in source.project.mentions(b".mount(", _MANY):
        if mention.is_test or mention.path == own:
            continue
        if re.search(rf"\.mount\(.*(?<![\w.\"']){re.escape(name)}\b(?![\"'])", mention.text):
            facts = source.project.facts_of(mention.path)
            imports = facts.imports if facts is not None else ()
            if any(each.name == name and source.project.path_of(each.module, mention.path) == own for each in imports):  # fmt: skip
                found = source.proof_at(
                    mention.path, mention.line, mention.text, Reach.DISTRIBUTION
                )
                return f"{found.path}:{mention.line}"
    return None
