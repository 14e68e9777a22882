"""Calls that are awaited instead: in a thread, or as `asyncio.sleep`."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from fixaudit import Access, Edit, Source, Wish, access
from fixaudit.edits import statements
from fixaudit.source.coroutines import renamed

# The parenthesis of a call, with the white space and comments up to its first argument.
_OPENED = re.compile(rb"\s*\(((?:[ \t\f\r\n]|#[^\r\n]*)*)")
_LAST_LINE = re.compile(r"(?:\r\n|\r|\n)[ \t\f]*\Z")


@dataclass(frozen=True, slots=True)
class Change:
    """The edits of a call and what they need."""

    edits: tuple[Edit, ...]
    wishes: tuple[Wish, ...]


def slept(source: Source, node: ast.Call) -> Change | None:
    """`time.sleep(…)` as `await asyncio.sleep(…)`; None where there is no tidy way."""
    changed = renamed(source, node.func, "asyncio", "sleep")
    if changed is None or node.keywords or not _is_plain(source, node):
        return None
    return _awaited(source, node, source.span(node.func).end, changed.edit.text, changed.wishes)


def threaded(source: Source, node: ast.Call) -> Change | None:
    """`f(…)` as `await asyncio.to_thread(f, …)`; None where there is no tidy way."""
    reached = _to_thread(source, node)
    if reached is None or not _is_plain(source, node) or source.target_version < (3, 9):
        return None
    if any(isinstance(entry, ast.GeneratorExp) for entry in node.args):
        return None  # it may stand without parentheses of its own
    func = source.span(node.func)
    opened = _OPENED.match(source.body, func.end)
    if opened is None:
        return None
    gap, called = opened[1].decode(), source.segment(node.func)
    if not node.args and not node.keywords:
        return _awaited(source, node, opened.start(1), f"{reached.text}({called}", reached.wishes)
    line = _LAST_LINE.search(gap)
    if line is None:
        text = f"{reached.text}({called}, "
    else:
        text = f"{reached.text}({gap}{called},{line[0]}"
    return _awaited(source, node, opened.end(1), text, reached.wishes)


def _to_thread(source: Source, node: ast.Call) -> Access | None:
    direct = access(source, node, "asyncio", "to_thread")
    if direct is not None and not direct.wishes:
        return direct
    module = access(source, node, "asyncio")
    return direct if module is None else Access(f"{module.text}.to_thread", module.wishes)


def _awaited(
    source: Source, node: ast.Call, end: int, text: str, wishes: tuple[Wish, ...]
) -> Change:
    """`text` in place of the call's beginning up to `end`, awaited."""
    whole = source.span(node)
    if not _needs_parentheses(source, node):
        return Change((source.edit(whole.start, end, f"await {text}"),), wishes)
    opening = source.edit(whole.start, end, f"(await {text}")
    return Change((opening, source.edit(whole.end, whole.end, ")")), wishes)


def _needs_parentheses(source: Source, node: ast.Call) -> bool:
    """True where something binds closer than `await`: `f().text`, `f()[0]`, `f()()`."""
    above = source.parent(node)
    if isinstance(above, (ast.Attribute, ast.Subscript)) and above.value is node:
        return statements.outer_parentheses(source, node) == source.span(node)
    if isinstance(above, ast.Call) and above.func is node:
        return statements.outer_parentheses(source, node) == source.span(node)
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
