"""How reasons name columns and places."""

from __future__ import annotations

from collections.abc import Sequence

from fixaudit_codemods.database._models import Column

_SHOWN = 5


def listed(columns: Sequence[Column]) -> str:
    """`created_at` (line 3), or several by name with the lines of those after the first."""
    names = [f"`{column.name}`" for column in columns[:_SHOWN]]
    more = len(columns) - len(names)
    names += [f"{more} more"] * bool(more)
    text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    lines = [str(column.line) for column in columns[1:_SHOWN]]
    return f"{text} (line{'s' * (len(lines) > 1)} {', '.join(lines)})" if lines else text
