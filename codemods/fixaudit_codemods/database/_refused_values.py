"""The texts of a column as a check of the code says them: `if outcome not in OUTCOMES: raise …`."""

from __future__ import annotations

import ast
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import assigned_literal


def of_refusal(source: Source, cls: str, name: str) -> tuple[list[str], ast.expr] | None:
    """What a function takes as its argument `name`, refuses all else, and gives on as `name=name`.

    The function, or the class in which it stands, names the table's class. The texts, and the
    collection that holds them.
    """
    for compare in source.nodes(ast.Compare):
        match compare:
            case ast.Compare(left=ast.Name(id=left), ops=[ast.NotIn()], comparators=[held]):
                pass
            case _:
                continue
        above = source.parent(compare)
        if left != name or not isinstance(above, ast.If) or not _raises(above):
            continue
        texts = _texts(assigned_literal(source, held))
        if texts and _gives_on(source, compare, cls, name):
            return texts, held
    return None


def shown(source: Source, held: ast.expr, path: Path | None) -> str:
    """The collection as a reader finds it: `OUTCOMES`, line 12."""
    literal = assigned_literal(source, held)
    text = f"`{held.id}`" if isinstance(held, ast.Name) else "a check"
    line = literal.lineno
    return f"{text}, line {line}" if path is None else f"{text}, {source.shown(path)}:{line}"


def _raises(node: ast.If) -> bool:
    return any(isinstance(statement, ast.Raise) for statement in node.body)


def _texts(node: ast.expr) -> list[str]:
    match node:
        case ast.Call(func=ast.Name(id="frozenset" | "set"), args=[inner]):
            return _texts(inner)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            texts = [part.value for part in parts if isinstance(part, ast.Constant)]
            found = [text for text in texts if isinstance(text, str)]
            return found if len(found) == len(parts) else []
    return []


def _gives_on(source: Source, compare: ast.Compare, cls: str, name: str) -> bool:
    around = [
        above
        for above in source.ancestors(compare)
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    ]
    if not around or isinstance(around[0], ast.ClassDef):
        return False
    given = any(
        word.arg == name and isinstance(word.value, ast.Name) and word.value.id == name
        for word in ast.walk(around[0])
        if isinstance(word, ast.keyword)
    )
    return given and any(
        isinstance(node, ast.Name) and node.id == cls for node in ast.walk(around[-1])
    )
