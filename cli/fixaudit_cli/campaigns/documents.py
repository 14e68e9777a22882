"""A campaign as a document: the board of its batches, and what was dropped and left."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from fixaudit.text.markdown import quiet
from fixaudit.text.visible import visible
from fixaudit_cli.campaigns.board import page
from fixaudit_cli.campaigns.figures import (
    BoardRow,
    Figures,
    check_data,
    counted,
    site_data,
    status_data,
)
from fixaudit_cli.campaigns.logs import lines_of, logs
from fixaudit_cli.campaigns.run_text import state_line


def document(shown: Sequence[Figures], output_format: str, *, is_whole: bool) -> str:
    """The document in one of `text`, `json`, `markdown`, `html`.

    `is_whole` has it tell of checks, dropped and left sites, too, not only of how the batches stand.
    """
    if output_format == "json":
        return json.dumps(_data(shown, is_whole), indent=2) + "\n"
    if output_format == "html":
        return page(shown, is_whole=is_whole)
    lines = _markdown if output_format == "markdown" else _plain
    return "".join(f"{line}\n" for each in shown for line in lines(each, is_whole))


def _data(shown: Sequence[Figures], is_whole: bool) -> dict[str, object]:
    found = status_data(shown)
    if not is_whole:
        return found
    for each, row in zip(shown, found["repositories"], strict=True):
        row["left"] = [] if each.plan is None else [site_data(site) for site in each.plan.left]
        for batch, entry in zip(each.rows, row["batches"], strict=True):
            report = None if batch.kept is None else batch.kept.report
            entry["checks"] = [] if report is None else [check_data(c) for c in report.checks]
            entry["dropped_sites"] = (
                []
                if report is None
                else [site_data(d.site) | {"log": d.tail} for d in report.dropped]
            )
    return found


def _plain(shown: Figures, is_whole: bool) -> Iterator[str]:
    width = max((len(row.state.name) for row in shown.rows), default=0)
    yield shown.headline
    for row in shown.rows:
        yield state_line(row.state, width)
        yield from (f"    {line}" for line in (*dropped_lines(row), *log_lines(row)) if is_whole)
    yield shown.site_line
    if is_whole:
        yield from (f"    {line}" for line in left_lines(shown))


def _markdown(shown: Figures, is_whole: bool) -> Iterator[str]:
    yield f"## {quiet(shown.headline)}"
    yield ""
    yield "| batch | status | owners | sites | files | lines | review |"
    yield "|---|---|---|---:|---:|---:|---|"
    for row in shown.rows:
        state = row.state
        where = state.url or (state.branch if state.commit else "")
        status = state.status + (f": {state.reason}" if state.reason else "")
        cells = (
            *(state.name, status, " ".join(state.owners) or "-", str(len(state.findings))),
            *(str(len(state.files)), str(state.lines), where),
        )
        yield "| " + " | ".join(map(quiet, cells)) + " |"
    yield ""
    yield quiet(shown.site_line) + "."
    if is_whole:
        lines = [line for row in shown.rows for line in dropped_lines(row)] + list(
            left_lines(shown)
        )
        yield from ("", *(f"- {quiet(line)}" for line in lines))
        yield from (line for row in shown.rows for line in _markdown_logs(row))


def dropped_lines(row: BoardRow) -> Iterator[str]:
    """What tests took out of a batch, a line each."""
    for entry in () if row.kept is None else row.kept.report.dropped:
        site = entry.site
        where = entry.place.why or entry.place.folder or "."  # the reason names the folder, too
        yield f"dropped: {site.path}:{site.line} {site.codemod}: turns {where} red"


def log_lines(row: BoardRow) -> Iterator[str]:
    """The ends of the logs of red commands."""
    for log in () if row.kept is None else logs(row.kept.report):
        yield f"{log.title}:"
        yield from map(visible, lines_of(log.tail))


def _markdown_logs(row: BoardRow) -> Iterator[str]:
    for log in () if row.kept is None else logs(row.kept.report):
        # Indented code: whatever the log holds, it cannot end the block.
        lines = (f"    {visible(line)}" for line in log.tail.splitlines())
        yield from ("", quiet(f"{row.state.name}: {log.title}:"), "", *lines)


def left_lines(shown: Figures) -> Iterator[str]:
    """What the campaign leaves to people, by codemod and verdict, with the most frequent reasons."""
    sites = () if shown.plan is None else shown.plan.left
    by = Counter((site.codemod, site.verdict) for site in sites)
    for (codemod, verdict), number in by.most_common():
        reasons = Counter(s.reason for s in sites if (s.codemod, s.verdict) == (codemod, verdict))
        first = "; ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3))
        yield f"left: {counted(number, 'site')} of {codemod} ({verdict}): {first}"
