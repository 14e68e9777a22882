"""A plan as one self-contained page: counts, filters, and a section a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from fixaudit._version import __version__
from fixaudit_cli.output.formats.as_html import asset, escape
from fixaudit_cli.output.formats.plan_rows import HEAD, PlanRow, PlanView, not_taken_lines
from fixaudit_cli.output.formats.text import problem_line


def document(view: PlanView) -> str:
    """The page; style and script are part of it, nothing is fetched."""
    rows = view.rows
    names = ", ".join(head.source for head in view.plan.reports)
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>fixaudit: plan of {escape(names)}</title>\n",
        f"<style>\n{asset('page.css')}</style></head><body>\n",
        f"<header><h1>Plan of {escape(names)}</h1>",
        f"<p>{escape(view.counts)}. fixaudit {__version__}</p></header>\n",
        _filters(rows),
        _table(rows),
        "<main>\n",
        *map(_section, rows),
        _list("From the reports", view.remarks),
        _list("Not understood as findings", not_taken_lines(view)),
        _list("Problems", map(problem_line, view.plan.problems)),
        f"</main>\n<script>\n{asset('page.js')}</script>\n</body></html>\n",
    ]
    return "".join(parts)


def _filters(rows: Iterable[PlanRow]) -> str:
    rows = list(rows)
    entries = [row.finding for row in rows]
    verdicts = "".join(
        f'<label><input type="checkbox" data-verdict="{escape(word)}"'
        f" checked> {escape(word)} ({number})</label>\n"
        for word, number in Counter(row.counted for row in rows).most_common()
    )
    codemods = Counter(entry.codemods[0] for entry in entries if entry.codemods)
    options = "".join(
        f'<option value="{escape(name)}">{escape(name)} ({number})</option>'
        for name, number in sorted(codemods.items())
    )
    select = f'<select data-codemod aria-label="codemod"><option value="">all codemods</option>{options}</select>'
    return f'<nav class="filters">{select}\n{verdicts}</nav>\n'


def _table(rows: Iterable[PlanRow]) -> str:
    head = "".join(f"<th>{escape(word)}</th>" for word in HEAD)
    lines = "".join(
        f'<tr>{"".join(f"<td>{escape(cell)}</td>" for cell in row.cells)}</tr>\n' for row in rows
    )
    return f'<table class="counts plan"><thead><tr>{head}</tr></thead>\n<tbody>\n{lines}</tbody></table>\n'


def _section(row: PlanRow) -> str:
    if not row.details:
        return ""
    entry = row.finding
    severity = f" ({row.severity})" if row.severity else ""
    codemod = entry.codemods[0] if entry.codemods else ""
    lines = "".join(
        f"<p><b>{escape(label)}</b> {_text(label, text)}</p>" for label, text in row.details
    )
    verdict, counted = escape(entry.verdict), escape(row.counted)
    return (
        f'<section class="file"><h2>{escape(f"{row.id}{severity} {row.title}")}</h2>\n'
        f'<ul><li class="{verdict}" data-verdict="{counted}" data-codemod="{escape(codemod)}">'
        f'<span class="verdict">{escape(row.happens)}</span>{lines}</li></ul></section>\n'
    )


def _text(label: str, text: str) -> str:
    if label == "set":
        first, _, rest = text.partition("\n")
        lines = "\n".join(map(escape, rest.splitlines()))
        return f"{escape(first)}</p><pre>{lines}</pre><p>"
    shown = escape(" ".join(text.split()))
    return f"<code>{shown}</code>" if label == "run" else shown


def _list(title: str, lines: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(line)}</li>\n" for line in lines)
    if not rows:
        return ""
    return f'<section class="problems"><h2>{escape(title)}</h2><ul>{rows}</ul></section>\n'
