"""The indexes of a table, those that keys and unique constraints bring included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from fixaudit import Source
from fixaudit.authoring import keyword
from fixaudit_codemods.database._models import Table, sql_name

# What an index may be given and still serve as a plain one.
_PLAIN = frozenset(
    {"unique", "name", "quote", "info", "postgresql_concurrently", "mssql_clustered"}
)
_MANY = 50


class Kind(Enum):
    """What an index comes from."""

    PRIMARY = "primary key"
    UNIQUE = "unique constraint"
    INDEX = "index"


@dataclass(frozen=True, eq=False)
class Key:
    """An index. `columns` are names in the database, None for an expression or another order.

    `is_plain` is false for one over some rows, of another kind than B-tree, or with columns besides.
    """

    kind: Kind
    columns: tuple[str | None, ...]
    node: ast.AST
    is_unique: bool = False
    is_plain: bool = True
    name: str = ""

    @property
    def line(self) -> int:
        return int(getattr(self.node, "lineno", 1))

    @property
    def over(self) -> str:
        """Its columns, to be read."""
        return ", ".join(column or "…" for column in self.columns)


def keys_of(source: Source, table: Table) -> list[Key]:
    """All of a table, in the order of their lines."""
    found = [*_of_columns(table), *_of_items(source, table)]
    primary = tuple(each.stored for each in table.columns if each.is_set("primary_key"))
    given = any(key.kind is Kind.PRIMARY for key in found)
    if primary and not given and not _inherits_another(source, table):
        node = next(each.node for each in table.columns if each.is_set("primary_key"))
        found.append(Key(Kind.PRIMARY, primary, node, is_unique=True))
    return sorted(found, key=lambda key: key.line)


def _inherits_another(source: Source, table: Table) -> bool:
    """True where a base brings columns of the primary key besides: then it is another one."""
    if not isinstance(table.node, ast.ClassDef):
        return False
    project, own = source.project, {column.name for column in table.columns}
    for entry in project.class_of(table.node, project.facts_of_source(source)).mro().own[1:]:
        if entry.lacks("primary_key"):
            continue
        for statement in project.parse_class(entry).body:
            target = getattr(statement, "target", None) or getattr(statement, "targets", [None])[0]
            if getattr(target, "id", "") in own or not isinstance(target, ast.Name):
                continue
            words = (node for node in ast.walk(statement) if isinstance(node, ast.keyword))
            if any(word.arg == "primary_key" for word in words):
                return True
    # `Base = declarative_base(cls=…)` is no class that could be looked into.
    made = project.mentions(b"declarative_base(", _MANY)
    return any("cls=" in mention.text for mention in made)


def _of_columns(table: Table) -> Iterator[Key]:
    for column in table.columns:
        unique, index = column.is_set("unique"), column.is_set("index")
        if unique or index:
            kind = Kind.INDEX if index else Kind.UNIQUE
            yield Key(kind, (column.stored,), column.node, unique)


def _of_items(source: Source, table: Table) -> Iterator[Key]:
    stored = {column.name: column.stored for column in table.columns}
    for call in table.items:
        kind = sql_name(source, call)
        if kind not in ("Index", "UniqueConstraint", "PrimaryKeyConstraint"):
            continue
        arguments = call.args[1:] if kind == "Index" else call.args
        columns = tuple(_column(stored, argument) for argument in arguments)
        if not columns:
            continue
        plain = all(word.arg in _PLAIN for word in call.keywords) or kind != "Index"
        given = keyword(call, "unique")
        unique = kind != "Index" or (
            given is not None and getattr(given.value, "value", False) is True
        )
        made = {"Index": Kind.INDEX, "UniqueConstraint": Kind.UNIQUE}.get(kind, Kind.PRIMARY)
        yield Key(made, columns, call, unique, plain, name=_name(call, kind))


def _name(call: ast.Call, kind: str) -> str:
    first = call.args[0] if kind == "Index" and call.args else None
    word = keyword(call, "name")
    value = first if first is not None else word.value if word is not None else None
    return str(value.value) if isinstance(value, ast.Constant) else ""


def _column(stored: dict[str, str], node: ast.expr) -> str | None:
    """`"user_id"`, `user_id` in the class, `Debate.user_id`, `table.c.user_id`."""
    match node:
        case ast.Constant(value=str() as name):
            return name
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return stored.get(name, name)
    return None
