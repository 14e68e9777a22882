"""The folder that an expression means, counted from the file it stands in."""

from __future__ import annotations

import ast
import posixpath
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import assigned_literal

_SAME = frozenset({"os.path.abspath", "os.path.realpath", "os.path.normpath", "os.fspath", "os.path.expanduser"})  # fmt: skip
_TEXTS = frozenset({"builtins.str", "pathlib.Path", "pathlib.PurePath"})
_ROOTS = frozenset({"os.sep", "os.path.sep"})
_SAME_METHODS = frozenset({"resolve", "absolute", "as_posix", "__str__", "expanduser"})


def folder_of(source: Source, node: ast.expr, depth: int = 0) -> Path | None:
    """The absolute path; None where it depends on anything but the place of the file."""
    if depth > 12:
        return None
    match node:
        case ast.Name(id="__file__"):
            return _own(source)
        case ast.Constant(value=str(text)) if text.startswith("/"):
            return Path(text)
        case ast.Name() | ast.Attribute() if source.qualified_name(node) in _ROOTS:
            return Path("/")
        case ast.Name():
            value = assigned_literal(source, node)
            return None if value is node else folder_of(source, value, depth + 1)
        case ast.Attribute(value=inner, attr="parent"):
            found = folder_of(source, inner, depth + 1)
            return None if found is None else found.parent
        case ast.Subscript(
            value=ast.Attribute(value=inner, attr="parents"), slice=ast.Constant(value=int(number))
        ):
            found = folder_of(source, inner, depth + 1)
            above = () if found is None else found.parents
            return above[number] if 0 <= number < len(above) else None
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=str(part))):
            return _joined(folder_of(source, left, depth + 1), [part])
        case ast.Call():
            return _of_call(source, node, depth)
    return None


def _own(source: Source) -> Path | None:
    if source.location is not None:
        return source.location
    root = source.project.root
    return None if root is None else root / source.path


def _of_call(source: Source, node: ast.Call, depth: int) -> Path | None:
    if node.keywords:
        return None
    name = source.qualified_name(node.func) or ""
    if node.args and (name in _SAME or name in _TEXTS):
        first = folder_of(source, node.args[0], depth + 1)
        joins = name.startswith("pathlib.") or len(node.args) == 1
        return _joined_all(first, source, node.args[1:]) if joins else None
    if node.args and name == "os.path.dirname":
        found = folder_of(source, node.args[0], depth + 1)
        return None if found is None else found.parent
    if node.args and name == "os.path.join":
        return _joined_all(folder_of(source, node.args[0], depth + 1), source, node.args[1:])
    if isinstance(node.func, ast.Attribute):
        owner = folder_of(source, node.func.value, depth + 1)
        if node.func.attr in _SAME_METHODS and not node.args:
            return owner
        if node.func.attr == "joinpath":
            return _joined_all(owner, source, node.args)
    return None


def _joined_all(base: Path | None, source: Source, parts: list[ast.expr]) -> Path | None:
    texts = []
    for part in parts:
        if source.qualified_name(part) in ("os.pardir", "os.path.pardir"):
            texts.append("..")
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            texts.append(part.value)
        else:
            return None
    return _joined(base, texts)


def _joined(base: Path | None, parts: list[str]) -> Path | None:
    return None if base is None else Path(posixpath.normpath(base.joinpath(*parts).as_posix()))
