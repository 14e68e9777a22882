"""The edits that turn a call around an object into an attribute of it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from fixaudit.model.finding import Edit
from fixaudit.source.source import Source


def direct_access(source: Source, call: ast.Call, owner: ast.expr, name: str) -> list[Edit] | None:
    """`getattr(<owner>, …)` to `<owner>.name`, in two edits that leave the owner's text free.

    None where the positions do not fit the text, as in some f-strings.
    """
    if not _stands_there(source, call) or not _stands_there(source, owner):
        return None
    whole, inner = source.span(call), source.span(owner)
    opening, closing = ("", "") if _takes_dot(source, owner, name) else ("(", ")")
    behind = source.body[whole.end : whole.end + 1]
    # `getattr(x, "a", 1)if y` needs no space before the `if`; `x.aif` does.
    gap = " " if behind.isalnum() or behind == b"_" or behind >= b"\x80" else ""
    return [
        source.edit(whole.start, inner.start, opening),
        source.edit(inner.end, whole.end, f"{closing}.{name}{gap}"),
    ]


def holds_comment(source: Source, edits: Sequence[Edit]) -> bool:
    """True where one of the edits would take a `#` out."""
    return any("#" in source.slice(edit.span) for edit in edits)


def _stands_there(source: Source, node: ast.expr) -> bool:
    parsed = _parsed(f"({source.segment(node)})")
    return parsed is not None and ast.dump(parsed) == ast.dump(node)


def _takes_dot(source: Source, owner: ast.expr, name: str) -> bool:
    match _parsed(f"{source.segment(owner)}.{name}"):
        case ast.Attribute(value=value, attr=attr):
            return attr == name and ast.dump(value) == ast.dump(owner)
    return False


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None
