"""A burndown for the terminal: bars, and a table a group."""

from __future__ import annotations

from collections.abc import Iterator

from fixaudit.text.visible import visible
from fixaudit_cli.burndowns.figures import Figures, GroupRow, sampled, signed
from fixaudit_cli.output.terminal import Painter

_WIDTH = 50
_MOST_GROUPS = 15


def document(shown: Figures, paint: Painter) -> Iterator[str]:
    """The lines, each with its newline."""
    yield paint(shown.headline, "bold") + "\n\n"
    most = max(*shown.totals, 1)
    digits = len(str(most))
    for day, total in sampled(shown):
        bar = "█" * round(total / most * _WIDTH) or ("▏" if total else "")
        yield f"{day}  {total:>{digits}}  {paint(bar, 'green')}\n"
    for name, rows in shown.groups.items():
        yield f"\n{paint(name, 'bold')}\n"
        yield from _table(rows)
    yield f"\n{shown.outlook}\n"


def _table(rows: list[GroupRow]) -> Iterator[str]:
    names = [visible(row.name) for row in rows[:_MOST_GROUPS]]
    width = max(map(len, names), default=0)
    for name, row in zip(names, rows, strict=False):
        yield f"  {name:<{width}}  {row.counts[0]:>6} -> {row.counts[-1]:<6} {signed(row.change)}\n"
    rest = rows[_MOST_GROUPS:]
    if rest:
        first, last = sum(r.counts[0] for r in rest), sum(r.counts[-1] for r in rest)
        name = f"{len(rest)} more"
        yield f"  {name:<{width}}  {first:>6} -> {last:<6} {signed(last - first)}\n"
