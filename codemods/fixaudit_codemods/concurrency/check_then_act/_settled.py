"""What makes a look before an insert harmless: a store that upserts, a handled error, a lock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import FunctionNode, callers_of, own_nodes, walk
from fixaudit_codemods.concurrency.check_then_act._stores import code_of

_UPSERTING = re.compile(
    r"on\s+conflict|on\s+duplicate\s+key|insert\s+or\s+(?:ignore|replace)", re.I
)
_UPSERTS = frozenset(
    {
        *("on_conflict_do_nothing", "on_conflict_do_update", "on_duplicate_key_update", "merge"),
        *("get_or_create", "update_or_create", "upsert", "find_one_and_update", "replace_one"),
    }
)
_LOCKING = re.compile(
    r"with_for_update|select_for_update|for\s+update|advisory|serializable|\bflock\b|get_lock",
    re.IGNORECASE,
)
_INTEGRITY = re.compile(r"Integrity|Unique|Duplicate|Conflict")


def upsert_in(source: Source, roots: list[ast.AST]) -> tuple[Path, int] | None:
    """Where a store makes one of an insert and an update, itself."""
    for code in code_of(source, roots):
        for node in code.nodes:
            if isinstance(node, ast.Attribute) and node.attr in _UPSERTS:
                return code.path, node.lineno
            if isinstance(node, ast.keyword) and node.arg == "upsert":
                if isinstance(node.value, ast.Constant) and node.value.value:
                    return code.path, node.value.lineno
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if _UPSERTING.search(node.value):
                    return code.path, node.lineno
    return None


def handled_in(
    source: Source, roots: list[ast.AST], statement: ast.stmt
) -> tuple[Path, int] | None:
    """Where a handler takes the error of a second row, around the insert or in what it runs."""
    for handler in _handlers(source, statement):
        if _takes(handler):
            return source.project.facts_of_source(source).path, handler.lineno
    for code in code_of(source, roots):
        for node in code.nodes:
            if isinstance(node, ast.ExceptHandler) and _takes(node):
                return code.path, node.lineno
    return None


def broadly_handled(source: Source, statement: ast.stmt) -> int | None:
    """The line of a handler that takes the error of a second row as it takes any other."""
    for handler in _handlers(source, statement):
        caught = "" if handler.type is None else ast.unparse(handler.type)
        if caught in ("", "Exception", "BaseException") or "SQLAlchemyError" in caught:
            return handler.lineno
    return None


def _handlers(source: Source, statement: ast.stmt) -> Iterator[ast.ExceptHandler]:
    """Those around the insert, and around what writes it further down in the same function."""
    function = source.function(statement)
    for above in source.ancestors(statement):
        if above is function:
            break
        if isinstance(above, ast.Try) and _is_tried(source, above, statement):
            yield from above.handlers
    for node in own_nodes(function) if function is not None else ():
        if isinstance(node, ast.Try) and node.lineno > statement.lineno:
            writes = (each for part in node.body for each in walk(part))
            if any(getattr(each, "attr", "") in ("commit", "flush") for each in writes):
                yield from node.handlers


def _is_tried(source: Source, block: ast.Try, statement: ast.stmt) -> bool:
    """True in what the block tries: its handlers take nothing of each other."""
    inside = [statement, *source.ancestors(statement)]
    return any(part in inside for part in block.body)


def locked_by_callers(source: Source, function: FunctionNode) -> tuple[Path, int] | None:
    """Where the callers of a function, all of them, hold a lock of the database around their calls."""
    calls = callers_of(source, function) or ()
    held: list[tuple[Path, int]] = []
    for each in calls:
        above = source.project.view(each.module).ancestors(each.call)
        blocks = (node for _, node in above if isinstance(node, (ast.With, ast.AsyncWith)))
        items = [item for block in blocks for item in block.items]
        lock = next((item for item in items if _LOCKING.search(ast.unparse(item))), None)
        if lock is None:
            return None
        held.append((each.module.path, lock.context_expr.lineno))
    return held[0] if held else None


def locked_in(source: Source, roots: list[ast.AST]) -> tuple[Path, int] | None:
    """Where a lock of the database is taken."""
    for code in code_of(source, roots):
        for node in code.nodes:
            word = node.attr if isinstance(node, ast.Attribute) else ""
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                word = node.value if len(node.value) < 2000 else ""
            if word and _LOCKING.search(word):
                return code.path, getattr(node, "lineno", 1)
            if isinstance(node, ast.keyword) and node.arg in ("for_update", "nx"):
                return code.path, node.value.lineno
    return None


def _takes(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and _INTEGRITY.search(ast.unparse(handler.type)) is not None
