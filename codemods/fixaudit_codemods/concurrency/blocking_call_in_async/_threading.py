"""Calls that are awaited instead: in a thread, or as `asyncio.sleep`."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit import Access, Edit, NeededName, Source, access, calls, rewriting
from fixaudit.authoring import callee_renamed


@dataclass(frozen=True, slots=True)
class Change:
    """The edits of a call and what they need."""

    edits: tuple[Edit, ...]
    needed_names: tuple[NeededName, ...]


def slept(source: Source, node: ast.Call) -> Change | None:
    """`time.sleep(…)` as `await asyncio.sleep(…)`; None where there is no tidy way."""
    changed = callee_renamed(source, node.func, "asyncio", "sleep")
    if changed is None or node.keywords or not _is_plain(source, node):
        return None
    edits = _awaited(source, node, calls.CallEditor(source, node), changed.edit.text)
    return None if edits is None else Change(edits, changed.needed_names)


def threaded(source: Source, node: ast.Call) -> Change | None:
    """`f(…)` as `await asyncio.to_thread(f, …)`; None where there is no tidy way."""
    reached = _to_thread(source, node)
    if reached is None or not _is_plain(source, node) or source.target_version < (3, 9):
        return None
    editor = calls.CallEditor(source, node).add_positional(source.segment(node.func))
    edits = _awaited(source, node, editor, reached.text)
    return None if edits is None else Change(edits, reached.needed_names)


def _to_thread(source: Source, node: ast.Call) -> Access | None:
    direct = access(source, node, "asyncio", "to_thread")
    if direct is not None and not direct.needed_names:
        return direct
    module = access(source, node, "asyncio")
    return direct if module is None else Access(f"{module.text}.to_thread", module.needed_names)


def _awaited(
    source: Source, node: ast.Call, editor: calls.CallEditor, callee: str
) -> tuple[Edit, ...] | None:
    """The call of another function, awaited."""
    if not _needs_parentheses(source, node):
        edits = editor.rename(f"await {callee}").change()
        return None if isinstance(edits, calls.Refusal) else edits
    edits = editor.rename(f"(await {callee}").change()
    end = source.span(node).end
    return None if isinstance(edits, calls.Refusal) else (*edits, source.edit(end, end, ")"))


def _needs_parentheses(source: Source, node: ast.Call) -> bool:
    """True where something binds closer than `await`: `f().text`, `f()[0]`, `f()()`."""
    above = source.parent(node)
    if isinstance(above, (ast.Attribute, ast.Subscript)) and above.value is node:
        return rewriting.outer_parentheses(source, node) == source.span(node)
    if isinstance(above, ast.Call) and above.func is node:
        return rewriting.outer_parentheses(source, node) == source.span(node)
    return False


def _is_plain(source: Source, node: ast.Call) -> bool:
    """False in f-strings, whose parts have no reliable place, and where an `await` stands already."""
    if source.span(node).start != source.span(node.func).start:
        return False
    for above in source.ancestors(node):
        if isinstance(above, (ast.Await, ast.JoinedStr)):
            return False
        if isinstance(above, ast.stmt):
            return not any(node is entry for entry in getattr(above, "decorator_list", ()))
    return False
