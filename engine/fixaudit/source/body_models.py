"""Which classes FastAPI reads from requests, and which it writes in responses, across the project."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fixaudit.model.evidence import Evidence, Reach
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts, dotted_name
from fixaudit.semantics.project import Project
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.syntax.tree import walk

_MANY = 4000
_NEEDLES = (b"fastapi", b"BaseModel")
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "api_route"})
_DEPENDING = frozenset({"Depends", "Security"})
_READING = frozenset(
    {"model_validate", "parse_obj", "from_orm", "model_validate_json", "parse_raw"}
)
_WORDS = ("class", *sorted(_METHODS | _READING))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class BodyUses:
    """Where instances of a class come from and go to, itself or in a class that holds or extends it.

    `request` is a route that takes it, `response` one that answers with it, `table` a class of a
    database table that has its fields, `read` a place that validates stored data as it. None for each
    that is not seen.
    """

    request: Evidence | None = None
    response: Evidence | None = None
    table: Evidence | None = None
    read: Evidence | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """One place that names a class: what for, the name as written, the class around it."""

    kind: str
    dotted: str
    line: int
    owner: str = ""


def body_uses(source: Source, node: ast.ClassDef) -> BodyUses:
    """What routes of FastAPI do with a class of this file, in code that is no test.

    Followed are subclasses that have its fields, and fields of its type, from class to class. Names are
    resolved through imports; a route is known by its decorator (`.get("/…")`) in a file that names
    FastAPI. Costs the reading of the project's files that name FastAPI or Pydantic, once a run.
    """
    facts = source.project.facts_of_source(source)
    found: dict[str, Evidence] = {}
    _follow(source, source.project.class_of(node, facts), found, set())
    return BodyUses(**found)


def _follow(source: Source, cls: ClassFacts, found: dict[str, Evidence], seen: set[object]) -> None:
    if cls.key in seen:
        return
    seen.add(cls.key)
    table = cls.keywords.get("table")
    if isinstance(table, ast.Constant) and table.value is True:
        text = f"`{cls.name}` is a table"
        found.setdefault("table", source.proof_at(cls.path, cls.line, text, Reach.DISTRIBUTION))
    for path, row in _rows(source, cls.name):
        facts = source.project.facts_of(path)
        meant = source.project.resolve(facts, row.dotted) if facts is not None else None
        if facts is None or not isinstance(meant, ClassFacts) or meant.key != cls.key:
            continue
        if row.kind != "held":
            text = f"{_VERBS[row.kind]} `{cls.name}`"
            proof = source.proof_at(path, row.line, text, Reach.DISTRIBUTION)
            found.setdefault(row.kind, proof)
            continue
        owner = source.project.resolve(facts, row.owner)
        if isinstance(owner, ClassFacts):
            _follow(source, owner, found, seen)


_VERBS = {"request": "a route takes", "response": "a route answers with", "read": "stored data is read as"}  # fmt: skip


def _rows(source: Source, name: str) -> list[tuple[Path, _Row]]:
    """All places of the project that name a class so, without what it is imported as."""
    return [(path, row) for path, table in _tables(source) for row in table.get(name, ())]


@memoized
def _tables(source: Source) -> list[tuple[Path, dict[str, list[_Row]]]]:
    own = source.project.facts_of_source(source).path
    paths = {own: None}
    for needle in _NEEDLES:
        for mention in source.project.mentions(needle, _MANY, along=_NEEDLES):
            if not mention.is_test:
                paths[mention.path] = None
    read = partial(_read, source.project)
    tables = ((path, source.project.derived(path, "body models", read)) for path in paths)
    return [(path, table) for path, table in tables if table]


def _read(project: Project, facts: ModuleFacts) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for statement in project.naming(facts, _WORDS):
        for node in walk(statement):
            for row in _rows_at(node):
                name = facts.qualify(row.dotted).rpartition(".")[2]
                found.setdefault(name, []).append(row)
    return found


def _rows_at(node: ast.AST) -> Iterator[_Row]:
    if isinstance(node, ast.ClassDef):
        for base in node.bases:
            yield from (_Row("held", name, node.lineno, node.name) for name in _names(base))
        for entry in node.body:
            if isinstance(entry, ast.AnnAssign):
                names = _names(entry.annotation)
                yield from (_Row("held", name, entry.lineno, node.name) for name in names)
    elif isinstance(node, _FUNCTIONS):
        yield from _rows_of_route(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = dotted_name(node.func.value)
        if node.func.attr in _READING and name is not None:
            yield _Row("read", name, node.lineno)


def _rows_of_route(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[_Row]:
    calls = [call for call in node.decorator_list if isinstance(call, ast.Call)]
    routes = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr in _METHODS]
    if not any(_has_path(call) for call in routes):
        return
    for call in routes:
        for word in call.keywords:
            if word.arg == "response_model":
                yield from (_Row("response", name, call.lineno) for name in _names(word.value))
    if node.returns is not None:
        yield from (_Row("response", name, node.lineno) for name in _names(node.returns))
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    defaults |= {a: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d}  # fmt: skip
    for argument in (*positional, *arguments.kwonlyargs):
        given = [argument.annotation, defaults.get(argument)]
        if argument.annotation is None or any(_depends(each) for each in given if each is not None):
            continue
        yield from (_Row("request", name, argument.lineno) for name in _names(argument.annotation))


def _has_path(call: ast.Call) -> bool:
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "path")]
    texts = [each.value for each in given if isinstance(each, ast.Constant)]
    return any(isinstance(text, str) and text[:1] in ("", "/") for text in texts)


def _depends(node: ast.expr) -> bool:
    """True for `Depends(f)`, and for an annotation that holds one: what `f` gives comes from there."""
    calls = (part for part in walk(node) if isinstance(part, ast.Call) and part.args)
    return any((dotted_name(c.func) or "").rpartition(".")[2] in _DEPENDING for c in calls)


def _names(annotation: ast.expr) -> Iterator[str]:
    """The names and dotted chains of an annotation, those in a string too."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return
    name = dotted_name(annotation)
    if name is not None:
        yield name
        return
    for part in ast.iter_child_nodes(annotation):
        if isinstance(part, ast.expr):
            yield from _names(part)
