"""The board of a campaign as one self-contained page, on the screen and on paper; no script."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from html import escape as html_escape
from importlib.resources import files

from fixaudit._version import __version__
from fixaudit.text.visible import visible
from fixaudit_cli.campaigns.figures import BoardRow, Figures, counted
from fixaudit_cli.campaigns.logs import logs

_KINDS = {
    "done": ("merged",),
    "open": ("published", "verified", "unverified", "stale"),
    "bad": (
        *("diverged", "unknown", "closed", "red-before", "dropped-all", "timeout", "setup-failed"),
        *("crashed", "gone"),
    ),
    "wait": ("planned", "waits"),
}
_WORDS = {
    "done": "merged",
    "open": "verified or in review",
    "bad": "needs a person",
    "wait": "not yet run",
}
_MOST_LEFT = 200


def page(shown: Sequence[Figures], *, is_whole: bool) -> str:
    """The page; its style is part of it, nothing is fetched.

    `is_whole` has it show checks, dropped and left sites besides the batches.
    """
    names = ", ".join(dict.fromkeys(each.campaign for each in shown))
    body = "".join(_repository(each, len(shown) > 1, is_whole) for each in shown)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>fixaudit campaign {_escape(names)}</title>\n<style>\n{_style()}</style></head><body>\n"
        f"{body}<footer>fixaudit {__version__}</footer></body></html>\n"
    )


def _style() -> str:
    return files("fixaudit_cli.campaigns").joinpath("board.css").read_text("utf-8")


def _escape(text: str) -> str:
    return html_escape(visible(text))


def _kind(status: str) -> str:
    return next(kind for kind, statuses in _KINDS.items() if status in statuses)


def _repository(shown: Figures, is_one_of_many: bool, is_whole: bool) -> str:
    where = f" in {_escape(shown.repository)}" if is_one_of_many else ""
    goal = ""
    if shown.goal is not None:
        by = f" by {_escape(shown.goal.deadline)}" if shown.goal.deadline else ""
        goal = f"<p>Goal: {counted(shown.goal.findings, 'finding')}{by}.</p>"
    parts = [
        f"<header><h1>Campaign {_escape(shown.campaign)}{where}</h1><p>{_escape(shown.headline)}.</p>",
        f"<p>{_escape(shown.site_line)}.</p>{goal}</header>\n<main>\n",
        _bar(shown),
        _table(shown),
    ]
    if is_whole:
        parts += [_checks(row) for row in shown.rows if row.kept is not None]
        parts.append(_left(shown))
    return "".join(parts) + "</main>\n"


def _bar(shown: Figures) -> str:
    counts = dict.fromkeys(_KINDS, 0)
    for status, number in shown.sites.items():
        counts[_kind(status)] += number
    there = {kind: number for kind, number in counts.items() if number}
    label = ", ".join(f"{number} {_WORDS[kind]}" for kind, number in there.items())
    spans = "".join(f'<span class="{k}" style="flex:{n}"></span>' for k, n in there.items())
    key = "".join(
        f'<li><i class="{kind}"></i>{counted(number, "site")} {_WORDS[kind]}</li>'
        for kind, number in there.items()
    )
    return f'<div class="bar" role="img" aria-label="{label}">{spans}</div><ul class="key">{key}</ul>\n'


def _table(shown: Figures) -> str:
    heads = ("batch", "status", "owners", "packages", "sites", "files", "lines", "review")
    head = "".join(f"<th>{name}</th>" for name in heads)
    rows = "".join(_row(row) for row in shown.rows)
    return f"<section><h2>Batches</h2><table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></section>\n"


def _row(row: BoardRow) -> str:
    state = row.state
    why = f'<div class="why">{_escape(state.reason)}</div>' if state.reason else ""
    dropped = f"<div class='why'>{len(state.dropped)} dropped</div>" if state.dropped else ""
    packages = ", ".join(folder or "." for folder in state.packages)
    return (
        f"<tr><th>{_escape(state.name)}</th>"
        f'<td><b class="{_kind(state.status)}">{state.status}</b>{why}</td>'
        f"<td>{_escape(' '.join(state.owners)) or '-'}</td><td>{_escape(packages)}</td>"
        f'<td class="n">{len(state.findings)}{dropped}</td><td class="n">{len(state.files)}</td>'
        f'<td class="n">{state.lines}</td><td>{_review(row)}</td></tr>\n'
    )


def _review(row: BoardRow) -> str:
    url = row.state.url
    if url is not None and url.startswith(("https://", "http://")):
        return f'<a href="{_escape(url)}">{_escape(url)}</a>'
    return _escape(row.state.branch) if row.state.commit else ""


def _checks(row: BoardRow) -> str:
    assert row.kept is not None
    report = row.kept.report
    if not report.checks and not report.dropped:
        return ""
    heads = "".join(
        f"<th>{name}</th>" for name in ("package", "command", "before", "after", "seconds")
    )
    rows = "".join(
        f"<tr><th>{_escape(check.place.folder or '.')}{_why(check.place.why)}</th>"
        f"<td><code>{_escape(shlex.join(check.command))}</code></td><td>{check.before}</td>"
        f"<td>{check.after}{' (flaky)' if check.flaky else ''}</td>"
        f'<td class="n">{check.seconds_before:.1f} / {check.seconds_after:.1f}</td></tr>\n'
        for check in report.checks
    )
    table = f"<table><thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table>"
    dropped = "".join(_dropped(row))
    ends = "".join(
        f"<p>{_escape(log.title)}:</p><pre>{_escape_lines(log.tail)}</pre>" for log in logs(report)
    )
    return f"<section><h3>{_escape(report.batch)}: checks</h3>{table}{dropped}{ends}</section>\n"


def _why(why: str | None) -> str:
    return "" if why is None else f'<div class="why">{_escape(why)}</div>'


def _dropped(row: BoardRow) -> Iterator[str]:
    for entry in () if row.kept is None else row.kept.report.dropped:
        site = entry.site
        place = f"{site.path}:{site.line}"
        yield (
            f"<p>Dropped: <code>{_escape(place)}</code> {_escape(site.codemod)}: turns"
            f" {_escape(entry.place.folder or '.')} red.</p>"
        )


def _escape_lines(text: str) -> str:
    return "\n".join(_escape(line) for line in text.splitlines())


def _left(shown: Figures) -> str:
    sites = shown.left
    if not sites:
        return ""
    rows = "".join(
        f"<tr><th>{_escape(site.path)}:{site.line}</th><td>{_escape(site.codemod)}</td>"
        f"<td>{_escape(site.verdict)}</td><td>{_escape(site.reason)}</td></tr>\n"
        for site in sites[:_MOST_LEFT]
    )
    more = f"<p>{len(sites) - _MOST_LEFT} more.</p>" if len(sites) > _MOST_LEFT else ""
    return (
        "<section><h2>Left to people</h2><table><thead><tr><th>place</th><th>codemod</th><th>verdict</th>"
        f"<th>reason</th></tr></thead>\n<tbody>{rows}</tbody></table>{more}</section>\n"
    )
