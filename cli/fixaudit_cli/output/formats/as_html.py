"""One self-contained page: counts, filters by codemod and verdict, side-by-side diffs."""

from __future__ import annotations

from difflib import HtmlDiff
from html import escape as html_escape
from importlib.resources import files
from typing import TYPE_CHECKING

from fixaudit._version import __version__
from fixaudit.model.outcome import Changed, LocatedFinding
from fixaudit.text.visible import visible
from fixaudit_cli.output.formats.document import Collected, FileRow
from fixaudit_cli.output.formats.text import answers_of, counted, visible_lines
from fixaudit_cli.output.tally import VERDICTS, Tally

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Names


def document(collected: Collected) -> str:
    """The page; style and script are part of it, nothing is fetched."""
    tally = collected.tally
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>fixaudit: {counted(sum(tally.verdicts.values()), 'finding')}</title>\n",
        f"<style>\n{asset('page.css')}</style></head><body>\n",
        _head(tally),
        _filters(tally),
        _table(tally),
        "<main>\n",
        *(_file(row, collected.answers) for row in collected.rows),
        _problems(tally),
        f"</main>\n<script>\n{asset('page.js')}</script>\n</body></html>\n",
    ]
    return "".join(parts)


def escape(text: str) -> str:
    """Text of a file as a part of the page."""
    return html_escape(visible(text))


def asset(name: str) -> str:
    return files("fixaudit_cli.output.formats").joinpath(name).read_text("utf-8")


def _head(tally: Tally) -> str:
    return (
        f"<header><h1>fixaudit</h1><p>{counted(tally.files, 'file')} looked at, {tally.changed} changed, "
        f"{tally.failed} failed. fixaudit {__version__}</p></header>\n"
    )


def _filters(tally: Tally) -> str:
    verdicts = "".join(
        f'<label class="{verdict}"><input type="checkbox" data-verdict="{verdict}"'
        f'{"" if verdict == "leave" else " checked"}> {verdict} ({tally.verdicts[verdict]})</label>\n'
        for verdict in VERDICTS
    )
    options = "".join(
        f'<option value="{escape(name)}">{escape(name)} ({sum(counts.values())})</option>'
        for name, counts in sorted(tally.codemods.items())
    )
    select = f'<select data-codemod aria-label="codemod"><option value="">all codemods</option>{options}</select>'
    return f'<nav class="filters">{select}\n{verdicts}</nav>\n'


def _table(tally: Tally) -> str:
    head = "".join(f"<th>{verdict}</th>" for verdict in VERDICTS)
    rows = "".join(
        f"<tr><th>{escape(name)}</th>"
        + "".join(f"<td>{counts[v]}</td>" for v in VERDICTS)
        + "</tr>\n"
        for name, counts in sorted(tally.codemods.items())
    )
    total = "".join(f"<td>{tally.verdicts[verdict]}</td>" for verdict in VERDICTS)
    return (
        f'<table class="counts"><thead><tr><th>codemod</th>{head}</tr></thead>\n<tbody>{rows}</tbody>'
        f"<tfoot><tr><th>all</th>{total}</tr></tfoot></table>\n"
    )


def _file(row: FileRow, answers: Names) -> str:
    sites = "".join(_site(site, answers) for site in row.sites)
    diff = _diff(row.changed) if row.changed is not None else ""
    return (
        f'<section class="file"><h2>{escape(row.path)}</h2>\n<ul>{sites}</ul>\n{diff}</section>\n'
    )


def _site(site: LocatedFinding, answers: Names) -> str:
    found = site.finding
    state = " applied" if site.applied else " suppressed" if site.suppressed else ""
    suppressed = f" <em>suppressed: {escape(site.suppressed)}</em>" if site.suppressed else ""
    guidance = f"<p>{escape(' '.join(found.guidance.split()))}</p>" if found.guidance else ""
    named = escape(answers_of(site, answers))
    return (
        f'<li class="{found.verdict}{state}" data-verdict="{found.verdict}" data-codemod="{escape(found.codemod)}">'
        f'<span class="place">{site.line}:{site.column}</span> <b>{escape(found.code)} {escape(found.codemod)}</b> '
        f'<span class="verdict">{found.verdict}{state}</span> {escape(found.reason)}{named}{suppressed}{guidance}</li>\n'
    )


def _diff(change: Changed) -> str:
    before, after = (
        visible_lines(data.removesuffix(b"\n")) for data in (change.before, change.after)
    )
    maker = HtmlDiff(tabsize=4, wrapcolumn=88)
    return maker.make_table(before, after, "before", "after", context=True, numlines=3) + "\n"


def _problems(tally: Tally) -> str:
    if not tally.problems:
        return ""
    rows = "".join(
        f"<li><b>{escape(p.path)}{f':{p.line}' if p.line else ''}</b> {escape(p.kind)}: {escape(p.message)}</li>\n"
        for p in tally.problems
    )
    return f'<section class="problems"><h2>Problems</h2><ul>{rows}</ul></section>\n'
