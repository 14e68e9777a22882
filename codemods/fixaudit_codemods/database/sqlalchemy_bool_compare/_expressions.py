"""Which expressions are SQLAlchemy's: columns of mapped classes and tables, statements and queries."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import SQLALCHEMY_STATEMENT, ClassFacts, definition_of, value_of_binding
from fixaudit_codemods.database._sqlalchemy import uses_sqlalchemy

_STATEMENTS = re.compile(r"(sqlalchemy|sqlmodel)(\.\w+)*\.(select|update|delete|exists|insert)")
_CONNECTIVES = re.compile(r"(sqlalchemy|sqlmodel)(\.\w+)*\.(and_|or_|not_|case)")
_STATEMENT_TYPES = re.compile(SQLALCHEMY_STATEMENT)
_CLAUSES = frozenset({"where", "filter", "having", "join", "outerjoin", "case"})
_COLUMN_MAKERS = re.compile(
    r"(sqlalchemy|sqlmodel|flask_sqlalchemy)(\.\w+)*\.(Column|mapped_column|column_property)"
)
_INDEX = re.compile(r"(sqlalchemy|sqlmodel|flask_sqlalchemy)(\.\w+)*\.Index")
_MAPPED = re.compile(r"sqlalchemy(\.\w+)*\.Mapped")
_DEEPEST = 8


# ----------------------------------------------------------------------------- columns


def is_column(source: Source, node: ast.expr) -> bool:
    """True for `Model.flag` of a mapped class, for `flag` in its body and for `table.c.flag`."""
    match node:
        case ast.Name(id=name):
            bindings = source.lookup(name, node)
            return bool(bindings) and all(_makes_column(source, item.value) for item in bindings)
        case ast.Attribute(value=ast.Attribute(attr="c" | "columns")):
            return uses_sqlalchemy(source)
        case ast.Attribute(value=ast.Name() | ast.Attribute() as owner, attr=attr):
            found = definition_of(source, owner) if _may_be_class(owner) else None
            return isinstance(found, ClassFacts) and _is_mapped(source, found, attr)
        case ast.Call(func=func, args=[_, *_]) if source.qualified_name(func) == "sqlmodel.col":
            return True
    return False


def _makes_column(source: Source, value: ast.expr | None) -> bool:
    if not isinstance(value, ast.Call):
        return False
    return _COLUMN_MAKERS.fullmatch(source.qualified_name(value.func) or "") is not None


def _may_be_class(owner: ast.expr) -> bool:
    last = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    return last.lstrip("_")[:1].isupper()


def _is_mapped(source: Source, cls: ClassFacts, attr: str) -> bool:
    declared = cls.declares(attr)
    attribute = declared.attribute if declared is not None else None
    owner = declared.owner if declared is not None else None
    if attribute is None or not isinstance(owner, ClassFacts):
        return False
    facts = source.project.facts_of(owner.path) or source.project.facts_of_source(source)
    annotation, value = attribute.annotation, attribute.value
    if annotation is not None and _MAPPED.match(facts.qualify(_head(annotation))):
        return True
    if isinstance(value, ast.Call):
        made = facts.qualify(_head(value.func))
        if _COLUMN_MAKERS.fullmatch(made) or _head(value.func) == "db.Column":
            return True
    return annotation is not None and _is_table_model(cls)


def _is_table_model(cls: ClassFacts) -> bool:
    """A `SQLModel` class with `table=True`, whose plain annotations are columns."""
    return getattr(cls.keywords.get("table"), "value", None) is True


def _head(node: ast.expr) -> str:
    """The dotted name an annotation or call begins with; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.match(r"[\w.]*", node.value)[0]  # type: ignore[index]
    if isinstance(node, ast.Subscript):
        return _head(node.value)
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""


# ----------------------------------------------------------------------------- statements


def is_condition(source: Source, node: ast.expr) -> bool:
    """True where the expression is a condition of an SQL statement: `select(…).where(HERE)`.

    Of an index it is one by `postgresql_where=` and the like. It may stand below `&`, `|`, `~`, `and_`, `or_`, `not_`, and as a condition of `case`.
    """
    child: ast.AST = node
    above = source.parent(node)
    while above is not None:
        match above:
            case ast.BinOp(op=ast.BitAnd() | ast.BitOr()) | ast.UnaryOp(op=ast.Invert()):
                pass
            case ast.Tuple(elts=[first, _]) if first is child and _in_case(source, above):
                return True
            case ast.keyword(arg=str(name)) if name.endswith("_where"):
                call = source.parent(above)
                return isinstance(call, ast.Call) and _is_index(source, call.func)
            case ast.Call(func=func, args=args) if any(entry is child for entry in args):
                return _takes_condition(source, func)
            case _:
                return False
        child, above = above, source.parent(above)
    return False


def _is_index(source: Source, func: ast.expr) -> bool:
    return _INDEX.fullmatch(source.qualified_name(func) or "") is not None


def _in_case(source: Source, node: ast.AST) -> bool:
    above = source.parent(node)
    if isinstance(above, ast.List):
        above = source.parent(above)
    if not isinstance(above, ast.Call):
        return False
    return bool(_CONNECTIVES.fullmatch(source.qualified_name(above.func) or ""))


def _takes_condition(source: Source, func: ast.expr) -> bool:
    if _CONNECTIVES.fullmatch(source.qualified_name(func) or ""):
        return True
    if not isinstance(func, ast.Attribute) or func.attr not in _CLAUSES:
        return False
    return is_statement(source, func.value)


def is_statement(source: Source, node: ast.expr, depth: int = 0) -> bool:
    """True for a statement or query: `select(…)`, `session.query(…)`, and what is chained to it."""
    if depth > _DEEPEST:
        return False
    match node:
        case ast.Await(value=value):
            return is_statement(source, value, depth + 1)
        case ast.Call(func=func):
            if _STATEMENTS.fullmatch(source.qualified_name(func) or ""):
                return True
            if isinstance(func, ast.Attribute):
                if func.attr == "query" and node.args:
                    if isinstance(node.args[0], (ast.Constant, ast.JoinedStr, ast.Compare)):
                        return False  # SQL as text, or another library's condition
                    return uses_sqlalchemy(source) or _queries_model(source, node)
                return is_statement(source, func.value, depth + 1)
        case ast.Attribute(value=owner, attr="query"):
            return _is_model(source, owner)
        case ast.Name(id=name):
            return _is_bound_to_statement(source, node, name, depth)
    return False


def _queries_model(source: Source, call: ast.Call) -> bool:
    return _is_model(source, call.args[0])


def _is_model(source: Source, node: ast.expr) -> bool:
    if not isinstance(node, (ast.Name, ast.Attribute)) or not _may_be_class(node):
        return False
    found = definition_of(source, node)
    if not isinstance(found, ClassFacts):
        return False
    return any(_is_mapped(source, found, name) for name in found.attributes)


def _is_bound_to_statement(source: Source, node: ast.Name, name: str, depth: int) -> bool:
    """True where every binding of the name is a statement, or that same name with more chained."""
    certain = False
    for binding in source.lookup(name, node):
        if binding.annotation is not None:
            declared = value_of_binding(source, binding)
            if declared is None or declared.matches(_STATEMENT_TYPES) is None:
                return False
            certain = True
        elif binding.kind != "assign" or binding.value is None:
            return False
        elif _root(binding.value) == name:
            continue
        elif is_statement(source, binding.value, depth + 1):
            certain = True
        else:
            return False
    return certain


def _root(node: ast.expr) -> str | None:
    """The name a chain of calls and attributes starts at."""
    while isinstance(node, (ast.Call, ast.Attribute)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
