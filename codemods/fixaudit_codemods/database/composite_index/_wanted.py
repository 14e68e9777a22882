"""The indexes that the options ask for: `name, Model.column, Model.column`."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit.authoring import dotted_name

# PostgreSQL cuts longer names.
LONGEST = 63


@dataclass(frozen=True, slots=True)
class Wanted:
    """An index as the options write it; `name` is empty where they give none."""

    name: str
    model: str
    columns: tuple[str, ...]


def wanted(text: str) -> Wanted:
    """The index that one entry of the options asks for.

    Raises:
        ValueError: the entry is none, or is over columns of two models, or over one column alone.
    """
    parts = _parts(text)
    named = parts[0] if parts and "." not in parts[0] else ""
    pairs = [part.partition(".") for part in (parts[1:] if named else parts)]
    models = {model for model, _, _ in pairs}
    if len(models) != 1 or len(pairs) < 2 or not all(column for _, _, column in pairs):
        raise ValueError(
            f'"indexes" has `{text}`: write "name, Model.column, Model.column", two columns or more of one model'
        )
    return Wanted(named, models.pop(), tuple(column for _, _, column in pairs))


def _parts(text: str) -> list[str]:
    """The entry's parts, read as Python reads a tuple: a name may stand in quotes."""
    try:
        body = ast.parse(text, mode="eval").body
    except SyntaxError:
        return []
    elements = body.elts if isinstance(body, ast.Tuple) else [body]
    return [
        str(each.value) if isinstance(each, ast.Constant) else dotted_name(each) or ""
        for each in elements
    ]


def means(entry: Wanted, cls: str, table: str) -> bool:
    """True where the entry speaks of the model, by its class or its table, in any case of letters."""
    return entry.model.lower() in (cls.lower(), table.lower())
