"""The table of a model of SQLAlchemy or SQLModel: its columns, and the indexes and keys it has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.source.static_type import definition_of

_CONSTRAINTS = frozenset({"Index", "UniqueConstraint", "PrimaryKeyConstraint"})
_COLUMNS = frozenset({"mapped_column", "Column", "Field"})


@dataclass(frozen=True, slots=True)
class TableIndex:
    """An index, or a constraint that brings one: its columns in order, and where it stands.

    `unique` says that they name one row at most.
    """

    columns: tuple[str, ...]
    line: int
    unique: bool = False


@dataclass
class MappedTable:
    """A mapped class with a table: attributes that are columns, by the name in the database.

    `arguments` is its own `__table_args__`, `named` the statement that names the table.
    """

    node: ast.ClassDef
    name: str
    columns: dict[str, str] = field(default_factory=dict)
    existing: list[TableIndex] = field(default_factory=list)
    arguments: ast.expr | None = None


def mapped_table(source: Source, cls: ast.ClassDef) -> MappedTable | None:
    """The table of a class, as its own body and the module's `Index(…)` say it.

    None for a class without one, such as a mixin or a Pydantic model. Columns of mixins are not among
    its columns.
    """
    name = _table_name(cls)
    if name is None:
        return None
    table = MappedTable(cls, name)
    for statement in cls.body:
        target, value = _assigned(statement)
        if target == "__table_args__":
            table.arguments = value
            table.existing += _written_in(source, value)
        elif target is not None and isinstance(statement, ast.AnnAssign):
            _column(source, table, target, statement)
        elif target is not None and isinstance(value, ast.Call) and _last(value) in _COLUMNS:
            _add(source, table, target, value)
    for index in module_indexes(source):
        table.existing += _of_class(index, cls.name)
    return table


def _column(source: Source, table: MappedTable, target: str, statement: ast.AnnAssign) -> None:
    value = statement.value
    if isinstance(value, ast.Call):
        if _last(value) in _COLUMNS:
            _add(source, table, target, value)
    else:
        table.columns[target] = target


def _add(source: Source, table: MappedTable, target: str, value: ast.Call) -> None:
    calls = [value]
    inner = (word.value for word in value.keywords if word.arg == "sa_column")
    calls += [each for each in inner if isinstance(each, ast.Call)]
    name = target
    for call in calls:
        first = call.args[0] if call.args else None
        if _last(call) != "Field" and isinstance(first, ast.Constant):
            name = first.value if isinstance(first.value, str) else name
        for word in call.keywords:
            alone = word.arg in ("primary_key", "unique", "index")
            if alone and isinstance(word.value, ast.Constant) and word.value.value is True:
                table.existing.append(TableIndex((target,), call.lineno, word.arg != "index"))
    table.columns[target] = name


def _table_name(cls: ast.ClassDef) -> str | None:
    is_table = any(
        word.arg == "table" and isinstance(word.value, ast.Constant) and word.value.value is True
        for word in cls.keywords
    )
    for statement in cls.body:
        target, value = _assigned(statement)
        if target == "__tablename__" and isinstance(value, ast.Constant):
            return str(value.value)
    return cls.name.lower() if is_table else None


def _assigned(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=given):
            return name, given
    return None, None


def _last(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", None) or getattr(call.func, "id", ""))


def _written_in(source: Source, value: ast.expr | None) -> Iterator[TableIndex]:
    """Those of `__table_args__`, which name their columns by strings or by attributes."""
    for node in ast.walk(value) if value is not None else ():
        if isinstance(node, ast.Call) and _last(node) in _CONSTRAINTS:
            arguments = node.args[1:] if _last(node) == "Index" else node.args
            columns = tuple(filter(None, map(_column_name, arguments)))
            if columns:
                yield TableIndex(columns, node.lineno, _last(node) != "Index")
        elif isinstance(node, ast.Call) and (made := _made_by_helper(source, node)) is not None:
            yield made


def _made_by_helper(source: Source, call: ast.Call) -> TableIndex | None:
    """What `build_index(column_names=["a", "b"])` makes, where the project's function makes an index."""
    given = [*call.args, *(word.value for word in call.keywords)]
    lists = (part.elts for part in given if isinstance(part, (ast.List, ast.Tuple)))
    columns = next(filter(None, (tuple(map(_column_name, each)) for each in lists)), ())
    helper = definition_of(source, call.func) if columns else None
    if not isinstance(helper, FunctionFacts):
        return None
    inner = [_last(node) for node in ast.walk(helper.node) if isinstance(node, ast.Call)]
    kind = next((name for name in inner if name in _CONSTRAINTS), None)
    return TableIndex(columns, call.lineno, kind != "Index") if kind else None


def _column_name(node: ast.expr) -> str:
    """`"user_id"`, `user_id`, `Debate.user_id`, `created_at.desc()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _column_name(node.func.value)
    if isinstance(node, ast.Constant):
        return str(node.value)
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


@memoized
def module_indexes(source: Source) -> tuple[ast.Expr | ast.Assign, ...]:
    """The statements `Index(…)` of the module's top level, in order."""
    found: list[ast.Expr | ast.Assign] = []
    for statement in source.tree.body:
        if isinstance(statement, (ast.Expr, ast.Assign)) and isinstance(statement.value, ast.Call):
            if source.qualified_name(statement.value.func) in (
                "sqlalchemy.Index",
                "sqlalchemy.schema.Index",
                "sqlmodel.Index",
            ):
                found.append(statement)
    return tuple(found)


def _of_class(statement: ast.Expr | ast.Assign, name: str) -> Iterator[TableIndex]:
    call = statement.value
    assert isinstance(call, ast.Call)
    owners = {
        node.value.id
        for node in ast.walk(call)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    if name in owners:
        columns = tuple(filter(None, map(_column_name, call.args[1:])))
        yield TableIndex(columns, call.lineno)
