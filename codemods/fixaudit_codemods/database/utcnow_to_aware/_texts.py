"""Texts made of a date: where `+00:00` at their end, or their use as a name of something, matters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Source
from fixaudit.authoring import variable_uses

_PARSING = frozenset({"fromisoformat", "strptime", "isoparse"})
ZONE_LETTERS = re.compile(r"%[zZ:]|%[cx+]")
_STORED_OBJECT = re.compile(
    r"(?:^|_)(?:storage_path|(?:object|blob|s3|storage)_?(?:key|name|path|prefix)|key|ur[il]|blob|bucket)(?:$|_)",
    re.IGNORECASE,
)  # fmt: skip
_UPLOADS = re.compile(r"(?:put|upload|copy|get|create)_(?:object|blob|fileobj)", re.IGNORECASE)


def zone_added(source: Source, node: ast.expr) -> bool:
    """`isoformat() + "Z"`, `f"{now.isoformat()}Z"` and the like."""
    parent = source.parent(node)
    if isinstance(parent, ast.FormattedValue):
        node, parent = parent, source.parent(parent)
    if isinstance(parent, ast.BinOp) and parent.left is node:
        return isinstance(parent.op, ast.Add)
    if isinstance(parent, ast.JoinedStr):
        position = next(index for index, item in enumerate(parent.values) if item is node)
        after = parent.values[position + 1 : position + 2]
        text = after[0].value if after and isinstance(after[0], ast.Constant) else ""
        return str(text)[:1] in ("Z", "+", "z") and str(text) != ""
    return False


def parsing_line(source: Source) -> ast.Attribute | None:
    """Where the file makes dates of texts: perhaps of those it writes itself."""
    return next((node for node in source.nodes(ast.Attribute) if node.attr in _PARSING), None)


def cut_up(source: Source, node: ast.expr) -> bool:
    """`isoformat()[:19]`, `.split(".")`, `.replace("T", " ")`: somebody expects a form."""
    parent = source.parent(node)
    if isinstance(parent, ast.Attribute):
        return True
    return isinstance(parent, ast.Subscript)


def names_an_object(source: Source, text: ast.expr) -> str | None:
    """What lets one think that a text becomes part of an object's key or of a URI, as a phrase."""
    for word in (*_told_around(source, text), *_told_by_callers(source, text)):
        if _STORED_OBJECT.search(word) or _UPLOADS.search(word):
            return f"by the name `{word}` the text becomes part of an object's key or URI"
    return None


def _told_around(source: Source, text: ast.expr) -> Iterator[str]:
    """The names that a text is given: by keywords, calls, variables, and by a function that returns it."""
    for use in (text, *_uses(source, text)):
        in_path = False
        for above in source.ancestors(use):
            if isinstance(above, ast.JoinedStr):
                in_path = in_path or _has_slash(above)
            elif isinstance(above, ast.keyword) and above.arg:
                yield above.arg
            elif isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute):
                yield above.func.attr if _UPLOADS.search(above.func.attr) else ""
            elif isinstance(above, ast.Assign | ast.AnnAssign) and in_path:
                yield from _targets(above)
            elif isinstance(above, ast.Return) and in_path:
                yield getattr(source.function(use), "name", "")
            if isinstance(above, ast.stmt):
                break


def _told_by_callers(source: Source, text: ast.expr) -> Iterator[str]:
    """The same of the calls of a function of the file that gives the text as it is, or changed."""
    names = set()
    for use in (text, *_uses(source, text)):
        function = source.function(use)
        if isinstance(function, ast.FunctionDef) and isinstance(source.statement(use), ast.Return):
            names.add(function.name)
    for call in source.nodes(ast.Call) if names else ():
        if getattr(call.func, "id", getattr(call.func, "attr", None)) in names:
            yield from _told_around(source, call)


def _uses(source: Source, text: ast.expr) -> Iterator[ast.expr]:
    """Where the variable is read that holds the text."""
    statement = source.parent(text)
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return
    name = statement.targets[0]
    scope, _ = source.scopes.lookup(name.id, name)
    for use in variable_uses(source, scope, name.id) if scope is not None else ():
        if isinstance(use.ctx, ast.Load):
            yield use


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [item.id for item in targets if isinstance(item, ast.Name)]


def _has_slash(text: ast.JoinedStr) -> bool:
    return any("/" in str(item.value) for item in text.values if isinstance(item, ast.Constant))
