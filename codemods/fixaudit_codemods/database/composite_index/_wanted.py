"""The indexes that the options ask for: `name, Model.column, Model.column`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = re.compile(r"[\"']?(\w+)[\"']?")
_COLUMN = re.compile(r"(\w+)\.(\w+)")
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
    parts = [part.strip() for part in text.split(",")]
    named = _PART.fullmatch(parts[0]) if parts else None
    columns = [_COLUMN.fullmatch(part) for part in (parts[1:] if named else parts)]
    pairs = [(match[1], match[2]) for match in columns if match is not None]
    models = {model for model, _ in pairs}
    if len(pairs) != len(columns) or len(models) != 1 or len(pairs) < 2:
        raise ValueError(
            f'"indexes" has `{text}`: write "name, Model.column, Model.column", two columns or more of one model'
        )
    return Wanted(named[1] if named else "", models.pop(), tuple(column for _, column in pairs))


def means(entry: Wanted, cls: str, table: str) -> bool:
    """True where the entry speaks of the model, by its class or its table, in any case of letters."""
    return entry.model.lower() in (cls.lower(), table.lower())
