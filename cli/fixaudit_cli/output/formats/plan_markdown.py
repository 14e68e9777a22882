"""A plan as Markdown: a table with a row a finding, then what there is to say of each."""

from __future__ import annotations

from collections.abc import Iterable

from fixaudit.text.markdown import code, prose
from fixaudit.text.visible import visible
from fixaudit_cli.output.formats.plan_rows import HEAD, PlanRow, PlanView, not_taken_lines
from fixaudit_cli.output.formats.text import problem_line


def document(view: PlanView) -> str:
    """The whole document."""
    names = ", ".join(code(head.source) for head in view.plan.reports)
    rows = view.rows
    parts = [f"# Plan of {names}\n\n{prose(view.counts)}.\n\n"]
    if rows:
        parts.append(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}\n")
        parts += [f"| {' | '.join(map(prose, row.cells))} |\n" for row in rows]
    parts += [_section(row) for row in rows if row.details]
    parts += _list("From the reports", map(prose, view.remarks))
    parts += _list("Not understood as findings", map(prose, not_taken_lines(view)))
    parts += _list("Problems", (prose(problem_line(entry)) for entry in view.plan.problems))
    return "".join(parts)


def _section(row: PlanRow) -> str:
    severity = f" ({row.severity})" if row.severity else ""
    lines = [f"\n## {prose(f'{row.id}{severity} {row.title}')}\n\n"]
    for label, text in row.details:
        first, _, rest = text.partition("\n") if label == "set" else (text, "", "")
        lines.append(f"- **{label}**: {code(first) if label == 'run' else prose(first)}\n")
        if rest:
            shown = [visible(line) for line in rest.splitlines()]
            lines += [f"\n      {line}" for line in shown] + ["\n\n"]
    return "".join(lines)


def _list(title: str, lines: Iterable[str]) -> list[str]:
    rows = [f"- {line}\n" for line in lines]
    return [f"\n## {title}\n\n", *rows] if rows else []
