"""What a `setup.py` passes to `setup` as literals; nothing of it is run.

A constant of the module that is assigned once counts as what it holds. What is computed (a file
that is read, a loop) says nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fixaudit.files.parsed_file import parsed_once
from fixaudit.files.plain_file import read_regular

_REQUIRING = ("install_requires", "extras_require", "tests_require")


@dataclass(frozen=True, slots=True)
class SetupCall:
    """`name` is empty where it is computed; `requires` are requirements as they are written."""

    name: str
    requires: tuple[str, ...]


@parsed_once
def setup_call(path: str) -> SetupCall | None:
    """The call of `setup` in a file; None where there is none, or the file cannot be parsed."""
    try:
        tree = ast.parse(read_regular(Path(path)))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == "setup":
            return _read(node, _constants(tree))
    return None


def _read(call: ast.Call, constants: Mapping[str, ast.expr]) -> SetupCall:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    name = given.get("name")
    texts = list(_strings(name, constants)) if isinstance(name, (ast.Constant, ast.Name)) else []
    values = [given[key] for key in _REQUIRING if key in given]
    requires = [text for value in values for text in _strings(value, constants)]
    return SetupCall(texts[0] if len(texts) == 1 else "", tuple(requires))


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """The values of the names that the module assigns once, at its top."""
    found: dict[str, ast.expr] = {}
    twice = set()
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                twice |= {name} & found.keys()
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                twice |= {name} & found.keys()
                found[name] = value
    return {name: value for name, value in found.items() if name not in twice}


def _strings(node: ast.expr, constants: Mapping[str, ast.expr], depth: int = 0) -> Iterator[str]:
    """The strings of a literal: a string, a list of them, the values of a dictionary, sums of these."""
    if depth > 5:
        return
    parts: list[ast.expr] = []
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in constants:
            parts = [constants[name]]
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            parts = elements
        case ast.Dict(values=values):
            parts = values
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            parts = [left, right]
        case ast.Starred(value=value):
            parts = [value]
    for part in parts:
        yield from _strings(part, constants, depth + 1)
