"""Where a file uses a name: looked up by the name, not searched for once a question."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import Scope


def variable_uses(source: Source, scope: Scope, name: str) -> Sequence[ast.Name]:
    """Every place that reads or deletes what `name` means in `scope`, in source order; nested
    functions included."""
    return _by_scope(source, name).get(scope, ())


def names_written(source: Source, name: str) -> Sequence[ast.Name]:
    """Every place that writes a name, whatever it means there, in source order."""
    return _by_name(source).get(name, ())


@memoized
def _by_name(source: Source) -> dict[str, list[ast.Name]]:
    found: dict[str, list[ast.Name]] = {}
    for node in source.nodes(ast.Name):
        found.setdefault(node.id, []).append(node)
    return found


@memoized
def _by_scope(source: Source, name: str) -> dict[Scope | None, list[ast.Name]]:
    found: dict[Scope | None, list[ast.Name]] = {}
    for node in names_written(source, name):
        if not isinstance(node.ctx, ast.Store):
            found.setdefault(source.scopes.lookup(name, node)[0], []).append(node)
    return found
