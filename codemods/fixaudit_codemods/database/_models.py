"""The tables of a file that SQLAlchemy or SQLModel map: columns with their types, constraints, indexes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixaudit import Source, memoized
from fixaudit.authoring import keyword, origin_match

# Packages whose `Column`, `DateTime`, … are SQLAlchemy's or derive from them.
_ROOTS = frozenset({"sqlalchemy", "sqlmodel", "flask_sqlalchemy"})
_PROTOCOLS = ("typing.Protocol", "typing_extensions.Protocol")
_COLUMNS = frozenset({"Column", "mapped_column", "Field"})
_CONSTRAINTS = frozenset({"Index", "UniqueConstraint", "PrimaryKeyConstraint", "CheckConstraint", "ForeignKeyConstraint"})  # fmt: skip
# What stands among a column's arguments and is no type.
_NO_TYPES = frozenset({"ForeignKey", "Sequence", "Identity", "Computed", "CheckConstraint", "FetchedValue"})  # fmt: skip
_FLASK = re.compile(r"flask_sqlalchemy(?:\.extension)?\.SQLAlchemy\(\)")
TABLE_CALLS = frozenset({"Table", "create_table"})
TRIGGERS = (b"Column(", b"mapped_column", b"table=True", b"Mapped[")


@dataclass(frozen=True, eq=False)
class Column:
    """One column. `name` is the attribute's, `stored` the one in the database.

    `node` is the call that makes it, or the declaration where there is none; `calls` are that call
    and what it holds (`Field(sa_column=Column(…))`). `type` is the SQL type as written, `annotation`
    what stands inside of `Mapped[…]`, or the annotation of a field.
    """

    name: str
    stored: str
    node: ast.expr | ast.stmt
    calls: tuple[ast.Call, ...] = ()
    type: ast.expr | None = None
    annotation: ast.expr | None = None

    @property
    def line(self) -> int:
        return self.node.lineno

    def given(self, name: str) -> ast.expr | None:
        """The value of a keyword; None where it is not given."""
        found = (keyword(call, name) for call in self.calls)
        return next((word.value for word in found if word is not None), None)

    def is_set(self, name: str) -> bool:
        """True for `index=True` and the like."""
        value = self.given(name)
        return isinstance(value, ast.Constant) and value.value is True


@dataclass(eq=False)
class Table:
    """A mapped class, or a call of `Table` or Alembic's `create_table`. `name` is empty for a mixin, and where it is made at run time.

    `items` are the calls of constraints and indexes of it.
    """

    node: ast.ClassDef | ast.Call
    name: str = ""
    columns: list[Column] = field(default_factory=list)
    items: list[ast.Call] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return self.name or getattr(self.node, "name", "")


def sql_name(source: Source, node: ast.AST | None) -> str:
    """The last part of a name of SQLAlchemy's family (`DateTime`, `func.now`); empty for all else."""
    if isinstance(node, ast.Call):
        node = node.func
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return ""
    name = source.qualified_name(node)
    if name is not None:
        root, _, rest = name.partition(".")
        if root in _ROOTS:
            last = rest.rpartition(".")[2]
            return f"func.{last}" if re.search(r"\bfunc(?:tions)?\.", rest) else last
    base: ast.expr = node
    while isinstance(base, ast.Attribute):
        base = base.value
        if origin_match(source, base, _FLASK):
            written = ast.unparse(node)[len(ast.unparse(base)) + 1 :]
            return written.removeprefix("sql.")
    return ""


@memoized
def table_of(source: Source, node: ast.ClassDef | ast.Call) -> Table | None:
    """The table, or the mixin with columns, that a class or a call is; None for all others."""
    if isinstance(node, ast.Call):
        return _of_call(source, node) if _last(node) in TABLE_CALLS else None
    if any(source.qualified_name(base) in _PROTOCOLS for base in node.bases):
        return None
    table = Table(node, _table_name(node))
    mapped = bool(table.name)
    for statement in node.body:
        target, value = _assigned(statement)
        if target == "__table_args__" and value is not None:
            table.items += _items(source, value)
        elif target is not None and not target.startswith("__"):
            column = _column(source, statement, target, value, mapped)
            table.columns += [] if column is None else [column]
        elif getattr(statement, "name", "") == "__table_args__":
            table.items += _items(source, statement)
    if not table.columns:
        return None
    table.items += _of_module(source, node.name)
    return table


@memoized
def tables_of(source: Source) -> tuple[Table, ...]:
    """All tables and mixins of the file, in source order of each kind."""
    nodes: list[ast.ClassDef | ast.Call] = [*source.nodes(ast.ClassDef)]
    nodes += source.named(ast.Call, TABLE_CALLS)
    found = (table_of(source, node) for node in nodes)
    return tuple(table for table in found if table is not None)


def _of_call(source: Source, node: ast.Call) -> Table | None:
    is_created = source.qualified_name(node.func) == "alembic.op.create_table"
    if not node.args or not (is_created or sql_name(source, node) == "Table"):
        return None
    name = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
    table = Table(node, str(name))
    for item in node.args[1:]:
        if not isinstance(item, ast.Call):
            continue
        kind = sql_name(source, item)
        if kind in _CONSTRAINTS:
            table.items.append(item)
        elif kind == "Column" and item.args and isinstance(item.args[0], ast.Constant):
            written = str(item.args[0].value)
            table.columns.append(_made(source, written, item, None))
    return table if table.columns else None


def _column(
    source: Source, statement: ast.stmt, target: str, value: ast.expr | None, mapped: bool
) -> Column | None:
    annotation = statement.annotation if isinstance(statement, ast.AnnAssign) else None
    inner = _inside_mapped(source, annotation)
    if isinstance(value, ast.Call) and _last(value) in _COLUMNS:
        kind = sql_name(source, value)
        if kind in _COLUMNS and (kind != "Field" or mapped):
            inside = keyword(value, "sa_column")
            if inside is not None and _column_of(source, inside.value) is None:
                return None  # it is made elsewhere: nothing is known of it
            return _made(source, target, value, inner or annotation)
    if inner is not None and not (isinstance(value, ast.Call) and "column" not in _last(value)):
        return Column(target, target, statement, annotation=inner)
    is_field = mapped and annotation is not None and not isinstance(value, ast.Call)
    if is_field and inner is None and _is_sqlmodel(statement, source):
        return Column(target, target, statement, annotation=annotation)
    return None


def _is_sqlmodel(statement: ast.stmt, source: Source) -> bool:
    owner = source.parent(statement)
    return isinstance(owner, ast.ClassDef) and any(word.arg == "table" for word in owner.keywords)


def _made(source: Source, target: str, call: ast.Call, annotation: ast.expr | None) -> Column:
    calls, stored, kind = [call], target, None
    inner = keyword(call, "sa_column")
    if inner is not None and isinstance(inner.value, ast.Call):
        made = _column_of(source, inner.value)
        calls += [inner.value] if made is None or made is inner.value else [inner.value, made]
    for each in calls:
        for argument in each.args if sql_name(source, each) != "Field" else ():
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                stored = argument.value
            elif kind is None and sql_name(source, argument) not in _NO_TYPES:
                kind = None if isinstance(argument, (ast.Constant, ast.Starred)) else argument
        for name in ("type_", "sa_type"):
            word = keyword(each, name)
            kind = word.value if word is not None else kind
    return Column(target, stored, call, tuple(calls), kind, annotation)


def _column_of(source: Source, value: ast.expr) -> ast.Call | None:
    """The call of `Column` that a value is, or that a function of this file gives; None where it is not seen."""
    if not isinstance(value, ast.Call):
        return None
    if sql_name(source, value) == "Column":
        return value
    bindings = source.lookup(value.func.id, value) if isinstance(value.func, ast.Name) else []
    helper = bindings[0].node if len(bindings) == 1 else None
    body = helper.body if isinstance(helper, ast.FunctionDef) else []
    given = [node.value for node in body if isinstance(node, ast.Return)]
    found = given[0] if len(given) == 1 else None
    is_column = isinstance(found, ast.Call) and sql_name(source, found) == "Column"
    return found if is_column and isinstance(found, ast.Call) else None


def _inside_mapped(source: Source, annotation: ast.expr | None) -> ast.expr | None:
    match annotation:
        case ast.Subscript(value=base, slice=inner) if sql_name(source, base) == "Mapped":
            return inner
    return None


def _table_name(cls: ast.ClassDef) -> str:
    for statement in cls.body:
        target, value = _assigned(statement)
        if target == "__tablename__" and isinstance(value, ast.Constant):
            return str(value.value)
    for word in cls.keywords:
        if word.arg == "table" and isinstance(word.value, ast.Constant) and word.value.value:
            return cls.name.lower()
    if any(isinstance(base, ast.Attribute) and base.attr == "Model" for base in cls.bases):
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.name).lower()  # Flask-SQLAlchemy's rule
    return ""


def _assigned(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=given):
            return name, given
    return None, None


def _last(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", None) or getattr(call.func, "id", ""))


def _items(source: Source, node: ast.AST) -> Iterator[ast.Call]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and sql_name(source, inner) in _CONSTRAINTS:
            yield inner


def _of_module(source: Source, name: str) -> list[ast.Call]:
    """The `Index(…)` of the module's top level that name attributes of a class."""
    return _module_indexes(source).get(name, [])


@memoized
def _module_indexes(source: Source) -> dict[str, list[ast.Call]]:
    found: dict[str, list[ast.Call]] = {}
    for statement in source.tree.body:
        value = statement.value if isinstance(statement, (ast.Expr, ast.Assign)) else None
        if not isinstance(value, ast.Call) or _last(value) != "Index":
            continue
        calls = list(_items(source, value))
        inner = [node.value for node in ast.walk(value) if isinstance(node, ast.Attribute)]
        for owner in {node.id for node in inner if isinstance(node, ast.Name)}:
            found.setdefault(owner, []).extend(calls)
    return found
