"""Modules made by chance from pieces of the fixtures: nested, mixed, and laid out in odd ways.

The same seed gives the same module as long as the fixtures are the same.
"""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

BEFORE = Path(__file__).resolve().parents[2] / "fixtures" / "before"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMMENTS = (
    "# why, in words",
    "# noqa: E501, S324",
    "# noqa: BLE001, E712  # and why",
    "# type: ignore[arg-type]",
    "# it may be missing",
    "# pragma: no cover",
)


@dataclass(frozen=True)
class Piece:
    """A top-level definition of a fixture, with what of its module it needs."""

    text: str
    needs: tuple[str, ...]
    """The texts of the other statements of its module that it rests on, in source order."""
    imports: tuple[str, ...]


@cache
def pieces() -> tuple[tuple[Piece, ...], ...]:
    """The pieces of all fixtures that are one file, by codemod."""
    folders = sorted(path for path in BEFORE.iterdir() if path.is_dir())
    return tuple(
        found
        for folder in folders
        if (found := tuple(p for path in sorted(folder.glob("*.py")) for p in _pieces(path)))
    )


def _pieces(path: Path) -> list[Piece]:
    try:
        text = path.read_bytes().decode("utf-8")
        tree = _parsed(text)
    except (UnicodeDecodeError, SyntaxError, ValueError):
        return []
    if "\r" in text or "\t" in text:
        return []
    lines = text.splitlines(keepends=True)
    imports = tuple(
        _text(lines, node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))
    )
    others = [node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]
    by_name = {name: node for node in others for name in _bound(node)}
    found = []
    for node in others:
        if isinstance(node, _DEFINITIONS):
            needed = _needed(node, by_name)
            needs = tuple(_text(lines, entry) for entry in others if entry in needed)
            found.append(Piece(_text(lines, node), needs, imports))
    return found


def _text(lines: list[str], node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(entry.lineno for entry in decorators)])
    text = "".join(lines[first - 1 : node.end_lineno])
    return text if text.endswith("\n") else text + "\n"


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, _DEFINITIONS):
        return {node.name}
    return {
        entry.id
        for entry in ast.walk(node)
        if isinstance(entry, ast.Name) and isinstance(entry.ctx, ast.Store)
    }


def _needed(node: ast.stmt, by_name: dict[str, ast.stmt]) -> set[ast.stmt]:
    needed: set[ast.stmt] = set()
    todo = [node]
    while todo:
        for entry in ast.walk(todo.pop()):
            other = by_name.get(entry.id) if isinstance(entry, ast.Name) else None
            if other is not None and other is not node and other not in needed:
                needed.add(other)
                todo.append(other)
    return needed


# ------------------------------------------------------------------------------ composing


def module(seed: int) -> bytes:
    """A module of two to four pieces that compiles."""
    chance = Random(seed)
    chosen = [chance.choice(chance.choice(pieces())) for _ in range(chance.randint(1, 4))]
    head = dict.fromkeys(line for piece in chosen for line in piece.imports)
    future = [line for line in head if line.startswith("from __future__")]
    body: dict[str, None] = {}
    for piece in chosen:
        body |= dict.fromkeys(piece.needs)
        body[_nested(chance, piece.text) if chance.random() < 0.5 else piece.text] = None
    if chance.random() < 0.3:
        body["logger = logging.getLogger(__name__)\n"] = None
        head["import logging\n"] = None
    plain = [line for line in head if line not in future]
    text = "".join([*future, *plain, "\n\n", "\n\n".join(body)])
    if not _compiles(text):
        return module(seed + 1_000_000)
    for _ in range(chance.choice((0, 4, 8, 16, 32))):
        changed = chance.choice(_CHANGES)(chance, text)
        if changed is not None and _compiles(changed):
            text = changed
    ending = chance.choice(("\n", "\n", "\n", "\r\n"))
    return text.replace("\n", ending).encode()


def _nested(chance: Random, text: str) -> str:
    opening = chance.choice(
        (
            "class Holder:\n",
            "def outer(logger, value=None):\n",
            "async def outer():\n",
            "if __name__:\n",
            "try:\n    pass\nexcept ValueError as error:\n",
            "with open('x') as f:\n",
            "for each in range(3):\n",
        )
    )
    return opening + textwrap.indent(text, "    ")


def _compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "m.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            return False
    return True


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


# ------------------------------------------------------------------------------ odd layouts


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError):
        return []


def _inserted(text: str, place: tuple[int, int], new: str) -> str:
    lines = text.splitlines(keepends=True)
    row, column = place
    lines[row - 1] = lines[row - 1][:column] + new + lines[row - 1][column:]
    return "".join(lines)


def _comment_behind(chance: Random, text: str) -> str | None:
    ends = [entry for entry in _tokens(text) if entry.type == tokenize.NEWLINE]
    if not ends:
        return None
    return _inserted(text, chance.choice(ends).start, f"  {chance.choice(_COMMENTS)}")


def _comment_above(chance: Random, text: str) -> str | None:
    statements = [node for node in ast.walk(_parsed(text)) if isinstance(node, ast.stmt)]
    node = chance.choice(statements)
    indent = " " * node.col_offset
    return _inserted(text, (node.lineno, 0), f"{indent}{chance.choice(_COMMENTS)}\n")


def _comment_inside(chance: Random, text: str) -> str | None:
    """A line of its own, with a comment, between two tokens in brackets."""
    depth, places = 0, []
    for entry in _tokens(text):
        depth += entry.string in "([{" if entry.type == tokenize.OP else 0
        depth -= entry.string in ")]}" if entry.type == tokenize.OP else 0
        if depth and entry.type in (tokenize.OP, tokenize.NAME):
            places.append(entry.end)
    if not places:
        return None
    return _inserted(text, chance.choice(places), f"  {chance.choice(_COMMENTS)}\n        ")


def _continued(chance: Random, text: str) -> str | None:
    """A backslash and a new line between two tokens."""
    tokens = [entry for entry in _tokens(text) if entry.type in (tokenize.OP, tokenize.NAME)]
    if not tokens:
        return None
    entry = chance.choice(tokens)
    return _inserted(text, chance.choice((entry.start, entry.end)), " \\\n        ")


def _parenthesised(chance: Random, text: str) -> str | None:
    nodes = [
        node
        for node in ast.walk(_parsed(text))
        if isinstance(node, (ast.Call, ast.Name, ast.Attribute, ast.Compare, ast.Constant))
        and not isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del))
    ]
    if not nodes:
        return None
    node = chance.choice(nodes)
    lines = text.splitlines(keepends=True)
    spans = ((node.end_lineno, node.end_col_offset), (node.lineno, node.col_offset))
    inner = chance.choice((("(", ")"), ("(", ")"), ("(  # here\n        ", "\n    )")))
    for (row, column), new in zip(spans, reversed(inner), strict=True):
        line = lines[(row or 1) - 1].encode()
        lines[(row or 1) - 1] = (line[:column] + new.encode() + line[column or 0 :]).decode()
    return "".join(lines)


def _joined(chance: Random, text: str) -> str | None:
    """Two simple statements of a block on one line."""
    lines = text.splitlines(keepends=True)
    simple = [
        node.lineno
        for node in ast.walk(_parsed(text))
        if isinstance(node, (ast.Expr, ast.Assign, ast.Return, ast.Raise))
        and node.lineno == node.end_lineno
    ]
    if not simple:
        return None
    row = chance.choice(simple)
    if row >= len(lines):
        return None
    lines[row - 1] = f"{lines[row - 1].rstrip()}; {lines[row].strip()}\n"
    del lines[row]
    return "".join(lines)


def _twice(chance: Random, text: str) -> str | None:
    """A simple statement a second time, below itself."""
    nodes = [
        node
        for node in ast.walk(_parsed(text))
        if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Raise))
    ]
    if not nodes:
        return None
    node = chance.choice(nodes)
    lines = text.splitlines(keepends=True)
    lines[node.end_lineno : node.end_lineno] = lines[node.lineno - 1 : node.end_lineno]
    return "".join(lines)


def _debugged(chance: Random, text: str) -> str | None:
    """A plain field of an f-string becomes one that shows its own text."""
    fields = [index for index, sign in enumerate(text) if sign == "}" and text[index - 1].isalnum()]
    if not fields:
        return None
    index = chance.choice(fields)
    return f"{text[:index]}={text[index:]}"


_CHANGES: tuple[Callable[[Random, str], str | None], ...] = (
    _comment_behind,
    _comment_behind,
    _comment_above,
    _comment_above,
    _comment_inside,
    _comment_inside,
    _continued,
    _parenthesised,
    _parenthesised,
    _joined,
    _twice,
    _debugged,
)
