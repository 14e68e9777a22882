"""The tables of all files of the project, as data: their names, and the type of their keys."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fixaudit import Source, memoized
from fixaudit.authoring import ModuleFacts
from fixaudit_codemods.database._models import Column, Table, sql_name, table_of, tables_of
from fixaudit_codemods.database._other_files import other_file

_MANY = 2000
_MADE_BY = (b"__tablename__", b"table=True", b"table = True", b".Model)", b"Table(")
_FAMILIES = {
    "int": {"Integer", "BigInteger", "SmallInteger", "INTEGER", "BIGINT", "INT"},
    "uuid": {"UUID", "Uuid", "GUID"},
    "text": {"String", "Text", "CHAR", "VARCHAR", "Unicode", "TEXT", "AutoString"},
}
_PYTHON = {"builtins.int": "int", "builtins.str": "text", "uuid.UUID": "uuid"}


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table of the project. `key` is its one primary key, empty where there are several or none;
    `family` the kind of its type. `bind` names another database than the usual one, `metadata` the object
    that a call of `Table` is given."""

    path: Path
    line: int
    name: str
    cls: str
    key: str
    family: str
    bind: str
    metadata: str


@memoized
def tables_of_project(source: Source) -> tuple[TableFacts, ...]:
    """Those of code that is no test and no migration, in the order of the paths."""
    project = source.project
    own = project.facts_of_source(source).path
    paths: dict[Path, None] = {own: None}
    for word in _MADE_BY:
        for mention in project.mentions(word, _MANY):
            if not mention.is_test and not _is_migration(mention.path):
                paths[mention.path] = None
    found: list[TableFacts] = []
    for path in sorted(paths):
        if path == own:
            found += _facts(source, path)
        else:
            found += project.derived(path, "tables", partial(_read, source, path)) or ()
    project.facts_of_source(source)
    return tuple(found)


def _read(source: Source, path: Path, _: ModuleFacts) -> tuple[TableFacts, ...]:
    other = other_file(source, path)
    return () if other is None else _facts(other, path)


def _facts(source: Source, path: Path) -> tuple[TableFacts, ...]:
    return tuple(_fact(source, path, table) for table in tables_of(source) if table.name)


def _fact(source: Source, path: Path, table: Table) -> TableFacts:
    source_of_key, keys = _keys(source, table)
    key = keys[0] if len(keys) == 1 else None
    cls = table.node.name if isinstance(table.node, ast.ClassDef) else ""
    family = "" if key is None else family_of(source_of_key, key)
    name = "" if key is None else key.stored
    return TableFacts(
        path,
        table.node.lineno,
        table.name,
        cls,
        name,
        family,
        bind_of(table),
        metadata_of(source, table),
    )


def _keys(source: Source, table: Table) -> tuple[Source, list[Column]]:
    """The columns of the primary key, those of the nearest base that has some where the class has none."""
    keys = [column for column in table.columns if column.is_set("primary_key")]
    if keys or not isinstance(table.node, ast.ClassDef):
        return source, keys
    project = source.project
    own = project.facts_of_source(source)
    for entry in project.class_of(table.node, own).mro().own[1:]:
        if entry.lacks("primary_key"):
            continue
        where = source if entry.path == own.path else other_file(source, entry.path)
        nodes = where.nodes(ast.ClassDef) if where is not None else ()
        bases = (
            [table_of(where, node) for node in nodes if node.lineno == entry.line] if where else []
        )
        keys = [key for base in bases if base for key in base.columns if key.is_set("primary_key")]
        if where is not None and keys:
            return where, keys
    return source, []


def bind_of(table: Table) -> str:
    """The `__bind_key__` of a class; empty for none."""
    for statement in getattr(table.node, "body", ()):
        match statement:
            case ast.Assign(targets=[ast.Name(id="__bind_key__")], value=ast.Constant(value=key)):
                return str(key)
    return ""


def metadata_of(source: Source, table: Table) -> str:
    """The full name of the `MetaData` of a call of `Table`; empty for a class's, which its base has."""
    given = (
        table.node.args[1]
        if isinstance(table.node, ast.Call) and len(table.node.args) > 1
        else None
    )
    if not isinstance(given, (ast.Name, ast.Attribute)):
        return ""
    name = ast.unparse(given)
    if name.endswith(("Base.metadata", "SQLModel.metadata", "db.metadata")):
        return ""
    return source.qualified_name(given, through_assignments=False) or f"{source.module}.{name}"


def family_of(source: Source, column: Column) -> str:
    """`int`, `uuid` or `text`; empty where neither its type nor what `Mapped[…]` promises is known."""
    if column.type is not None:
        kind = column.type.func if isinstance(column.type, ast.Call) else column.type
        name = sql_name(source, kind) or str(getattr(kind, "attr", "") or getattr(kind, "id", ""))
        known = next((family for family, names in _FAMILIES.items() if name in names), "")
        if known:
            return known
    annotation = column.annotation
    parts = ast.walk(annotation) if annotation is not None else ()
    found = (
        _PYTHON.get(source.qualified_name(part) or "")
        for part in parts
        if isinstance(part, (ast.Name, ast.Attribute))
    )
    return next((family for family in found if family is not None), "")


def _is_migration(path: Path) -> bool:
    return any(part in ("migrations", "alembic", "versions") for part in path.parts)
