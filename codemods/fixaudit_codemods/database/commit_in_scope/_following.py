"""What stands between a commit and the next one of the same session."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import walk
from fixaudit_codemods.database._sessions import is_commit
from fixaudit_codemods.database.commit_in_scope._inside import stays


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
        if isinstance(node, ast.Call) and not stays(source, node, receiver):
            yield node
