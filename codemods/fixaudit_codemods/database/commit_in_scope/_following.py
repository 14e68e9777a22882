"""What stands between a commit and the next one of the same session."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source, loggers
from fixaudit.authoring import ClassFacts, definition_of, walk
from fixaudit_codemods.database._sessions import is_commit

# What a session does in its own transaction: SQLAlchemy's and SQLModel's references.
_OWN = frozenset(
    [
        "add",
        "add_all",
        "delete",
        "merge",
        "flush",
        "refresh",
        "get",
        "get_one",
        "execute",
        "exec",
        "scalar",
        "scalars",
        "query",
        "expunge",
    ]
)
_OF_A_STATEMENT = frozenset(
    [
        "where",
        "filter",
        "filter_by",
        "order_by",
        "limit",
        "offset",
        "join",
        "options",
        "values",
        "returning",
        "one",
        "one_or_none",
        "first",
        "all",
        "scalar_one",
        "scalar_one_or_none",
        "scalars",
        "unique",
        "mappings",
    ]
)
_PURE = frozenset(
    [
        "str",
        "int",
        "float",
        "bool",
        "len",
        "dict",
        "list",
        "tuple",
        "set",
        "sorted",
        "min",
        "max",
        "sum",
        "isinstance",
        "getattr",
        "repr",
        "round",
    ]
)
_STATEMENTS = ("sqlalchemy.", "sqlmodel.", "datetime.", "uuid.")


@dataclass(frozen=True, slots=True)
class Following:
    """What follows a commit: the next commit of the session, or None where the block ends; `outside` is
    the first call on the way that may do something outside of the transaction."""

    commit: ast.stmt | None
    outside: ast.Call | None
    simple: bool
    """False where a branch, a loop or another block stands on the way."""
    returns: bool = False
    """True where a `return` ends it."""


def following(source: Source, statements: list[ast.stmt], receiver: str) -> Following:
    outside: ast.Call | None = None
    for statement in statements:
        if is_commit(statement, receiver):
            return Following(statement, outside, simple=True)
        if isinstance(statement, ast.Return):
            outside = outside or next(_outside(source, statement, receiver), None)
            return Following(None, outside, simple=True, returns=True)
        if not isinstance(
            statement, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Pass)
        ):
            return Following(None, outside, simple=False)
        outside = outside or next(_outside(source, statement, receiver), None)
    return Following(None, outside, simple=True)


def _outside(source: Source, statement: ast.stmt, receiver: str) -> Iterator[ast.Call]:
    """The calls that are not known to stay within the process and the session's transaction."""
    for node in walk(statement):
        if isinstance(node, ast.Call) and not _stays(source, node, receiver):
            yield node


def _stays(source: Source, call: ast.Call, receiver: str) -> bool:
    func = call.func
    name = source.qualified_name(func) or ""
    if name.startswith(_STATEMENTS) or name.removeprefix("builtins.") in _PURE:
        return True
    if isinstance(func, ast.Attribute):
        if func.attr in _OWN and ast.unparse(func.value) == receiver:
            return True
        if func.attr in _OF_A_STATEMENT and isinstance(func.value, ast.Call):
            return _stays(source, func.value, receiver)
        if loggers.kind_of(source, func.value) is not None:
            return True
    return isinstance(definition_of(source, func), ClassFacts)
