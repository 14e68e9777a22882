"""The check of every changed text: it compiles, its comments are there, its names are bound."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterable

from fixaudit.comments import comments
from fixaudit.errors import SourceError
from fixaudit.findings import Edit
from fixaudit.scopes import BUILTINS
from fixaudit.source import Source


def verify(before: Source, after: Source, edits: Iterable[Edit]) -> str | None:
    """None when the changed text is sound, else one line that says what is broken.

    `edits` are those that led to it; comments in spans marked `drops_comments` may be gone.
    """
    try:
        tree = after.tree
    except SourceError as error:
        return f"the result does not parse: line {error.line}: {error}"
    problem = _compiles(tree, before.path)
    if problem is None:
        problem = _comments_kept(before, after, edits)
    if problem is None:
        problem = _names_bound(before, after)
    return problem


def _compiles(tree: ast.Module, path: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(tree, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError) as error:
            return f"the result does not compile: {error}"
    return None


def _comments_kept(before: Source, after: Source, edits: Iterable[Edit]) -> str | None:
    if b"#" not in before.body:
        return None
    kept = Counter(comment.text for comment in comments(after.text))
    lost = Counter(comment.text for comment in comments(before.text)) - kept
    if not lost:
        return None
    allowed = Counter[str]()
    for edit in edits:
        if edit.drops_comments:
            # The removed piece may be part of a statement, so it is searched as text.
            removed = before.slice(edit.span)
            allowed.update({text: removed.count(text) for text in lost if text in removed})
    gone = lost - allowed
    if not gone:
        return None
    return f"the comment {next(iter(gone))[:60]!r} would be lost"


def unbound_names(source: Source) -> set[str]:
    """Names read somewhere in a file that nothing visible there binds."""
    if source.scopes.has_star_import():
        return set()
    found: set[str] = set()
    for node in source.nodes(ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in BUILTINS and node.id not in found:
            scope, _ = source.scopes.lookup(node.id, node)
            if scope is None and not (node.id == "__class__" or _mangled_class_name(node.id)):
                found.add(node.id)
    return found


def _mangled_class_name(name: str) -> bool:
    return name in {"__module__", "__qualname__"}


def _names_bound(before: Source, after: Source) -> str | None:
    new = unbound_names(after) - unbound_names(before)
    if new:
        return f"the name {sorted(new)[0]!r} would be used without being defined"
    return _bound_before_use(before, after)


def _bound_before_use(before: Source, after: Source) -> str | None:
    """Names that the edits brought in at module level must be bound above their first use there."""
    old = set(before.scopes.module.bindings)
    for name, bindings in after.scopes.module.bindings.items():
        if name in old:
            continue
        first = min(after.span(entry.statement).start for entry in bindings)
        for node in after.nodes(ast.Name):
            if node.id != name or not isinstance(node.ctx, ast.Load):
                continue
            runs_now = after.scopes.scope_of(node) is after.scopes.module
            if runs_now and after.span(node).start < first:
                return f"the name {name!r} would be used before it is defined"
    return None
