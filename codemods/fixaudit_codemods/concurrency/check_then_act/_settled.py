"""What makes a look before an insert harmless: a store that upserts, a handled error, a lock."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from fixaudit import Source
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
    for above in source.ancestors(statement):
        if isinstance(above, ast.Try):
            for handler in above.handlers:
                if _takes(handler):
                    return source.project.facts_of_source(source).path, handler.lineno
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            break
    for code in code_of(source, roots):
        for node in code.nodes:
            if isinstance(node, ast.ExceptHandler) and _takes(node):
                return code.path, node.lineno
    return None


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
