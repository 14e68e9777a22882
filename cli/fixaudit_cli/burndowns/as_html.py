"""A burndown as one self-contained page: a chart and tables, on the screen and on paper; no script."""

from __future__ import annotations

import datetime as dt
from html import escape as html_escape
from importlib.resources import files

from fixaudit._version import __version__
from fixaudit.text.visible import visible
from fixaudit_cli.burndowns.figures import Figures, GroupRow, signed

# The chart's own units, as the page scales it: the plot, and the room for labels around it.
_WIDTH, _HEIGHT = 860, 300
_LEFT, _TOP, _RIGHT, _BOTTOM = 56, 16, 24, 36
_SPARK = (110, 20)
_DAY = dt.timedelta(days=1)


def document(shown: Figures) -> str:
    """The page; its style is part of it, nothing is fetched."""
    notes = "".join(f"<li>{_escape(note)}</li>" for note in shown.notes)
    return "".join(
        [
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>fixaudit burndown: {shown.totals[-1]} left</title>\n",
            f"<style>\n{_style()}</style></head><body>\n",
            f"<header><h1>Burndown</h1><p>{_escape(shown.headline)}.</p>",
            f"<p>{_escape(shown.outlook)}.</p></header>\n<main>\n",
            _chart(shown),
            *(_table(name, rows, shown) for name, rows in shown.groups.items()),
            f'<section><h2>Notes</h2><ul class="notes">{notes}</ul></section>\n' if notes else "",
            f"</main>\n<footer>fixaudit {__version__}</footer></body></html>\n",
        ]
    )


def _style() -> str:
    return files("fixaudit_cli.burndowns").joinpath("burndown.css").read_text("utf-8")


def _escape(text: str) -> str:
    return html_escape(visible(text))


class _Scale:
    """Where days and numbers stand in the chart: from the first point to the last, or the goal's day."""

    def __init__(self, shown: Figures) -> None:
        self.first = shown.points[0].when
        ends = [shown.points[-1].when, self.first + _DAY]
        forecast = shown.forecast
        for each in (forecast.goal.deadline, forecast.reached):
            # A day years ahead would leave no room for what there is.
            if each is not None and (each - self.first.date()) <= 3 * (ends[0].date() - self.first.date()):  # fmt: skip
                ends.append(dt.datetime.combine(each, dt.time(), dt.UTC))
        self.last = max(ends)
        self.top = _round_up(max(*shown.totals, 1))

    def x(self, when: dt.datetime) -> float:
        return _LEFT + (when - self.first) / (self.last - self.first) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, number: float) -> float:
        return _TOP + (1 - number / self.top) * (_HEIGHT - _TOP - _BOTTOM)


def _chart(shown: Figures) -> str:
    scale = _Scale(shown)
    steps = [f"M{scale.x(shown.points[0].when):.1f},{scale.y(shown.totals[0]):.1f}"]
    for point, total in zip(shown.points[1:], shown.totals[1:], strict=True):
        steps.append(f"H{scale.x(point.when):.1f}V{scale.y(total):.1f}")
    line = "".join(steps)
    end, base = scale.x(shown.points[-1].when), scale.y(0)
    area = f"{line}V{base:.1f}H{scale.x(shown.points[0].when):.1f}Z"
    alt = _escape(f"Findings over time: {shown.headline}")
    return (
        f'<figure><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{alt}">\n'
        f'{_axes(shown, scale)}<path class="area" d="{area}"/><path class="line" d="{line}"/>\n'
        f"{_ahead(shown, scale)}"
        f'<circle class="now" cx="{end:.1f}" cy="{scale.y(shown.totals[-1]):.1f}" r="4"/>'
        f'<text class="value" x="{end - 6:.1f}" y="{scale.y(shown.totals[-1]) - 8:.1f}" text-anchor="end">{shown.totals[-1]}</text>\n'
        "</svg><figcaption>Findings in the baseline after each commit that changed it;"
        " dashed: the pace so far, and the goal.</figcaption></figure>\n"
    )


def _axes(shown: Figures, scale: _Scale) -> str:
    parts = []
    for number in range(5):
        value = scale.top * number / 4
        y = scale.y(value)
        parts.append(
            f'<path class="grid" d="M{_LEFT},{y:.1f}H{_WIDTH - _RIGHT}"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
        )
        when = scale.first + (scale.last - scale.first) * number / 4
        anchor = ("start", "middle", "middle", "middle", "end")[number]
        parts.append(
            f'<text x="{scale.x(when):.1f}" y="{_HEIGHT - 10}" text-anchor="{anchor}">{when.date()}</text>'
        )
    return "".join(parts) + "\n"


def _ahead(shown: Figures, scale: _Scale) -> str:
    """The goal, and the pace so far drawn on towards it."""
    forecast = shown.forecast
    goal = scale.y(min(forecast.goal.findings, scale.top))
    parts = [f'<path class="goal" d="M{_LEFT},{goal:.1f}H{_WIDTH - _RIGHT}"/>']
    if forecast.pace is not None and forecast.pace > 0:
        now, left = shown.points[-1].when, shown.totals[-1] - forecast.goal.findings
        if left > 0:
            end = min(now + _DAY * min(left / forecast.pace, 36500), scale.last)
            reached = shown.totals[-1] - forecast.pace * ((end - now) / _DAY)
            parts.append(
                f'<path class="ahead" d="M{scale.x(now):.1f},{scale.y(shown.totals[-1]):.1f}'
                f'L{scale.x(end):.1f},{scale.y(max(reached, 0)):.1f}"/>'
            )
    return "".join(parts) + "\n"


def _table(name: str, rows: list[GroupRow], shown: Figures) -> str:
    body = "".join(
        f"<tr><th>{_escape(row.name)}</th><td>{row.counts[0]}</td><td>{row.counts[-1]}</td>"
        f"<td>{signed(row.change)}</td><td>{_spark(row, shown)}</td></tr>\n"
        for row in rows
    )
    first, last = shown.totals[0], shown.totals[-1]
    return (
        f"<section><h2>By {name}</h2><table><thead><tr><th>{name}</th><th>first</th><th>last</th>"
        f"<th>change</th><th>course</th></tr></thead>\n<tbody>{body}</tbody><tfoot><tr><th>all</th>"
        f"<td>{first}</td><td>{last}</td><td>{signed(last - first)}</td><td></td></tr></tfoot></table></section>\n"
    )


def _spark(row: GroupRow, shown: Figures) -> str:
    """The course of one group, each to its own height."""
    width, height = _SPARK
    first, last = shown.points[0].when, shown.points[-1].when
    span = (last - first) or _DAY
    most = max(*row.counts, 1)
    steps: list[str] = []
    for point, count in zip(shown.points, row.counts, strict=True):
        x = (point.when - first) / span * (width - 2) + 1
        y = height - 1 - count / most * (height - 2)
        steps.append(f"H{x:.1f}V{y:.1f}" if steps else f"M{x:.1f},{y:.1f}")
    label = _escape(f"{row.name}: from {row.counts[0]} to {row.counts[-1]}")
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">'
        f'<path class="line" d="{"".join(steps)}H{width - 1}"/></svg>'
    )


def _round_up(number: int) -> int:
    """The next number that four equal steps lead to: 1, 2, 4, 8, 20, 40, 80, 200, …"""
    step = 1
    while True:
        for factor in (4, 8, 12, 16, 20, 28, 40, 60):
            if number <= factor * step:
                return factor * step
        step *= 10
