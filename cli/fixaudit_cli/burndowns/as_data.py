"""A burndown for programs: JSON with every point, CSV with a row a commit and group, Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from fixaudit.baseline.burndown import GROUPS, Burndown
from fixaudit.text.visible import encodable, visible
from fixaudit_cli.burndowns.figures import Figures, sampled, signed

VERSION = 1


def as_json(shown: Figures) -> str:
    """One object: the points with their totals, and the counts of each group at each of them."""
    forecast = shown.forecast
    content: dict[str, Any] = {
        "version": VERSION,
        "points": [
            {"commit": point.commit, "date": point.when.isoformat(), "findings": total}
            for point, total in zip(shown.points, shown.totals, strict=True)
        ],
        "by": {
            name: {encodable(row.name): list(row.counts) for row in rows}
            for name, rows in shown.groups.items()
        },
        "first": shown.totals[0],
        "last": shown.totals[-1],
        "new": shown.came,
        "resolved": shown.went,
        "goal": {
            "findings": forecast.goal.findings,
            "deadline": _iso(forecast.goal.deadline),
            "per_day": forecast.pace,
            "reached": _iso(forecast.reached),
            "on_course": forecast.on_course,
        },
        "notes": [encodable(note) for note in shown.notes],
    }
    return json.dumps(content, indent=2) + "\n"


def as_csv(burndown: Burndown) -> Iterator[str]:
    """`date,commit,codemod,package,owner,findings`: a row a commit and group."""
    yield _row("date", "commit", *GROUPS, "findings")
    for point in burndown.shown:
        for group, count in sorted(burndown.counts(point).items()):
            yield _row(point.when.isoformat(), point.commit, *map(encodable, group), str(count))


def as_markdown(shown: Figures) -> str:
    """The headline, the days, a table a group, and the outlook: for an issue or a wiki page."""
    lines = ["# Burndown", "", f"{shown.headline}.", ""]
    lines += ["| day | findings |", "|---|---:|"]
    lines += [f"| {day} | {total} |" for day, total in sampled(shown)]
    for name, rows in shown.groups.items():
        lines += ["", f"## By {name}", "", f"| {name} | first | last | change |", "|---|---:|---:|---:|"]  # fmt: skip
        lines += [
            f"| {_cell(row.name)} | {row.counts[0]} | {row.counts[-1]} | {signed(row.change)} |"
            for row in rows
        ]
        lines.append(f"| **all** | {shown.totals[0]} | {shown.totals[-1]} | {signed(shown.totals[-1] - shown.totals[0])} |")  # fmt: skip
    lines += ["", f"{shown.outlook}.", *(f"\nNote: {visible(note)}." for note in shown.notes)]
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    made = io.StringIO()
    # What a spreadsheet would run as a formula is text there.
    safe = [f"'{cell}" if cell[:1] in "=+-\t\r" and cell[:1] else cell for cell in cells]
    csv.writer(made, lineterminator="\n").writerow(safe)
    return made.getvalue()


def _cell(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace("|", "\\|").replace("`", "\\`")


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()
