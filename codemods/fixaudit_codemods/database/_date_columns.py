"""Columns that keep dates: with a time zone or without, and what fills them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum

from fixaudit import Source
from fixaudit.authoring import FunctionFacts, definition_of, walk
from fixaudit_codemods.database._models import Column, Table, sql_name
from fixaudit_codemods.database._other_files import other_file

_DATES = frozenset({"DateTime", "TIMESTAMP", "DATETIME"})
_MAPS = ("type_annotation_map", "registry")
# The keywords by which Python fills a column.
_DEFAULTS = ("default", "insert_default", "default_factory", "onupdate")
_NOW = frozenset({"datetime.datetime.now", "datetime.datetime.fromtimestamp"})


class Zone(Enum):
    """What a column of dates keeps besides the digits."""

    NONE = "no zone"
    KEPT = "a zone"


class Filled(Enum):
    """What Python fills a column with."""

    AWARE = "aware dates"
    LOCAL = "the local time of the server"
    UTC = "naive UTC"


def zone_of(source: Source, table: Table, column: Column) -> Zone | None:
    """Whether a column of dates keeps a time zone; None for other columns, and where it is not known."""
    kind = column.type
    while isinstance(kind, ast.Call) and isinstance(kind.func, ast.Attribute):
        if kind.func.attr != "with_variant":
            break
        kind = kind.func.value
    if kind is not None:
        return _of_type(source, kind)
    if not _is_date(source, column.annotation):
        return None
    return _of_map(source, table)


def _of_type(source: Source, kind: ast.expr) -> Zone | None:
    if sql_name(source, kind) not in _DATES:
        return None
    if not isinstance(kind, ast.Call):
        return Zone.NONE
    given = [word.value for word in kind.keywords if word.arg == "timezone"]
    given += kind.args[:1]
    if any(word.arg is None for word in kind.keywords):
        return None
    if not given:
        return Zone.NONE
    value = getattr(given[0], "value", None)
    return {True: Zone.KEPT, False: Zone.NONE}.get(value) if isinstance(value, bool) else None


def _is_date(source: Source, annotation: ast.expr | None) -> bool:
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _is_date(source, left) or _is_date(source, right)
        case ast.Subscript(value=base, slice=inner):
            name = source.qualified_name(base)
            return name in ("typing.Optional",) and _is_date(source, inner)
        case ast.Name() | ast.Attribute():
            return source.qualified_name(annotation) == "datetime.datetime"
    return False


def _of_map(source: Source, table: Table) -> Zone | None:
    """What the type of an annotation is: SQLAlchemy's own, or that of a base's `type_annotation_map`."""
    if not isinstance(table.node, ast.ClassDef):
        return None
    project = source.project
    for entry in project.class_of(table.node, project.facts_of_source(source)).mro().own:
        if entry.lacks(*_MAPS):
            continue
        for statement in project.parse_class(entry).body:
            target = getattr(statement, "target", None) or getattr(statement, "targets", [None])[0]
            if getattr(target, "id", "") in _MAPS and "datetime" in ast.unparse(statement):
                text = ast.unparse(statement)
                return Zone.KEPT if "timezone=True" in text else None
    return Zone.NONE


def fills(source: Source, column: Column) -> Iterator[tuple[Filled, ast.expr]]:
    """What Python fills a column with, where that is known, and the value that says so."""
    for name in _DEFAULTS:
        value = column.given(name)
        if value is not None:
            found = _fill(source, value)
            if found is not None:
                yield found, value


def _fill(source: Source, value: ast.expr) -> Filled | None:
    match value:
        case ast.Lambda(body=body):
            return _made(source, body)
        case ast.Call(func=func, args=[made, *zones]) if is_partial(source, func):
            called = source.qualified_name(made)
            return (Filled.AWARE if zones else Filled.LOCAL) if called in _NOW else None
        case ast.Call():
            return _made(source, value)
        case ast.Name() | ast.Attribute():
            match source.qualified_name(value):
                case "datetime.datetime.utcnow":
                    return Filled.UTC
                case "datetime.datetime.now" | "datetime.datetime.today":
                    return Filled.LOCAL
            return _returned(source, value)
    return None


def is_partial(source: Source, func: ast.expr) -> bool:
    """True for `functools.partial`."""
    return source.qualified_name(func) == "functools.partial"


def _made(source: Source, value: ast.expr) -> Filled | None:
    if not isinstance(value, ast.Call):
        return None
    name = source.qualified_name(value.func)
    given = [*value.args, *(word.value for word in value.keywords)]
    known = [item for item in given if not (isinstance(item, ast.Constant) and item.value is None)]
    if name == "datetime.datetime.now":
        return Filled.AWARE if known else Filled.LOCAL
    if name == "datetime.datetime.today":
        return Filled.LOCAL
    if name == "datetime.datetime.utcnow":
        return Filled.UTC
    if isinstance(value.func, ast.Attribute) and value.func.attr == "replace":
        zones = [word.value for word in value.keywords if word.arg == "tzinfo"]
        inner = _made(source, value.func.value)
        if zones and inner is not None:
            is_none = isinstance(zones[0], ast.Constant) and zones[0].value is None
            utc = inner in (Filled.AWARE, Filled.UTC) and "utc" in ast.unparse(value).lower()
            return (Filled.UTC if utc else None) if is_none else Filled.AWARE
        return None
    if not value.args and not value.keywords:
        return _returned(source, value.func)
    return None


def _returned(source: Source, func: ast.expr) -> Filled | None:
    """What a function of the project returns in its one `return`."""
    found = definition_of(source, func)
    if not isinstance(found, FunctionFacts):
        return None
    own = source.project.facts_of_source(source).path
    home = source if found.path == own else other_file(source, found.path)
    for node in home.nodes(ast.FunctionDef) if home is not None else ():
        if node.name == func_name(func) and node.lineno == found.line:
            returns = [each for each in walk(node) if isinstance(each, ast.Return)]
            if len(returns) == 1 and returns[0].value is not None and home is not None:
                value = returns[0].value
                outside = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)
                return _made(home, value) if outside else None
    return None


def func_name(func: ast.expr) -> str:
    """The last part of a dotted name."""
    return str(getattr(func, "attr", None) or getattr(func, "id", ""))
