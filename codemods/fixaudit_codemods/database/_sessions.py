"""Sessions of SQLAlchemy: their commits, and the scopes whose context manager commits at the end."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import FunctionFacts, definition_of, own_nodes, value_of

_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_FACTORY = re.compile(r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.(?:async_)?(?:sessionmaker|scoped_session)\(\)")  # fmt: skip
_SESSION = re.compile(r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.(?:Async)?Session\(\)|(?:sqlalchemy(?:\.\w+)*\.(?:async_)?sessionmaker\(\))\(\)")  # fmt: skip
WithBlock = ast.With | ast.AsyncWith


@dataclass(frozen=True, slots=True)
class CommittingScope:
    """A `with` that commits the session `name` when its body ends; `path` and `line` are the place
    that shows it, `text` says how."""

    block: WithBlock
    name: str
    text: str
    path: Path | None
    line: int


def plain_call(statement: ast.AST | None) -> ast.Call | None:
    """The call that an expression statement is, awaited or not."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) else None


def method_of(call: ast.Call | None) -> tuple[str, str]:
    """`("session", "commit")` for `session.commit()`, `("self.db", "commit")`; empty for others."""
    if call is None or not isinstance(call.func, ast.Attribute):
        return "", ""
    return ast.unparse(call.func.value), call.func.attr


def is_commit(statement: ast.AST | None, receiver: str) -> bool:
    """True for `receiver.commit()` as a statement of its own."""
    return method_of(plain_call(statement)) == (receiver, "commit")


def is_session(source: Source, expression: ast.expr) -> bool:
    """True where the expression's value is a session, by an annotation or by what makes it."""
    value = value_of(source, expression)
    return value is not None and value.matches(_SESSION) is not None


def committing_scopes(source: Source, node: ast.AST) -> Iterator[CommittingScope]:
    """The scopes around `node`, within its function, that commit at their end: the innermost first."""
    for above in source.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return
        if isinstance(above, (ast.With, ast.AsyncWith)):
            for item in above.items:
                scope = _scope(source, above, item)
                if scope is not None:
                    yield scope


def _scope(source: Source, block: WithBlock, item: ast.withitem) -> CommittingScope | None:
    call = item.context_expr
    if not isinstance(call, ast.Call):
        return None
    bound = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else ""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "begin":
        return _begun(source, block, call.func.value, bound)
    manager = definition_of(source, call.func) if bound else None
    if not isinstance(manager, FunctionFacts) or not _MANAGERS & {*manager.decorators}:
        return None
    line = _committing_line(manager)
    if line is None:
        return None
    text = f"`{manager.name}` commits when the block ends"
    return CommittingScope(block, bound, text, manager.path, line)


def _begun(source: Source, block: WithBlock, owner: ast.expr, bound: str) -> CommittingScope | None:
    """`with factory.begin() as session`, `with session.begin()`."""
    value = value_of(source, owner)
    name = ""
    if value is not None and value.matches(_FACTORY):
        name = bound
    elif value is not None and value.matches(_SESSION):
        name = ast.unparse(owner)
    if not name:
        return None
    return CommittingScope(block, name, "`begin()` commits when the block ends", None, block.lineno)


def _committing_line(manager: FunctionFacts) -> int | None:
    """The line of the `commit()` right behind the one `yield session` of a context manager."""
    nodes = list(own_nodes(manager.node))
    yields = [node for node in nodes if isinstance(node, (ast.Yield, ast.YieldFrom))]
    if len(yields) != 1 or not isinstance(yields[0].value, ast.Name):
        return None
    session = yields[0].value.id
    for block in _blocks([manager.node, *nodes]):
        for statement, after in block:
            if isinstance(statement, ast.Expr) and statement.value is yields[0]:
                return after.lineno if is_commit(after, session) and after else None
    return None


def _blocks(nodes: list[ast.AST]) -> Iterator[list[tuple[ast.stmt, ast.stmt | None]]]:
    """Each block of statements as pairs of a statement and the one that runs after it."""
    for node in nodes:
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                following: list[ast.stmt | None] = [*block[1:], None]
                if name == "body" and isinstance(node, ast.Try) and node.orelse:
                    following[-1] = node.orelse[0]
                yield list(zip(block, following, strict=True))
