"""Whether an engine is one of SQLite: by its URL, or by what only its driver takes."""

from __future__ import annotations

import ast

from fixaudit import Source
from fixaudit.authoring import CallKeywords, assigned_literal
from fixaudit_codemods.database._engine_urls import is_sqlite_url

# Only a pool that queues takes these: the others raise TypeError. `pool_size` is taken by the pool of
# in-memory SQLite too.
QUEUE_ONLY = ("max_overflow", "pool_use_lifo")


def is_sqlite(source: Source, start: str | None, words: CallKeywords) -> bool:
    """True where the URL says so, or a connection argument that only SQLite's driver takes.

    One that stands in a branch of its own says nothing of the engine that other branches make.
    """
    if is_sqlite_url(start):
        return True
    queue = [each for name in QUEUE_ONLY for each in words.given.get(name, ())]
    for given in words.given.get("connect_args", ()):
        branch = _branch(source, given.value)
        if branch and queue and all(_branch(source, each.value) != branch for each in queue):
            continue
        literal = assigned_literal(source, given.value)
        keys = literal.keys if isinstance(literal, ast.Dict) else []
        if any(isinstance(key, ast.Constant) and key.value == "check_same_thread" for key in keys):
            return True
    return False


def _branch(source: Source, node: ast.expr) -> tuple[ast.If, bool] | None:
    """The condition under which something stands, and whether it holds there; None for none."""
    inner: ast.AST = node
    for above in source.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        if isinstance(above, ast.If) and inner is not above.test:
            return above, inner in above.body
        inner = above
    return None
