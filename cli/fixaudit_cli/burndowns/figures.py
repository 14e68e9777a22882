"""The figures that every format of a burndown shows: the same numbers, worded once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from fixaudit.baseline.burndown import Burndown, Forecast, Goal, Point
from fixaudit_cli.output.formats.text import counted

_MOST_ROWS = 20


@dataclass(frozen=True)
class GroupRow:
    """One codemod, package or owner: its findings at each shown point."""

    name: str
    counts: Sequence[int]

    @property
    def change(self) -> int:
        return self.counts[-1] - self.counts[0]


@dataclass(frozen=True)
class Figures:
    """What is shown: the points with their totals, the groups by name, and the forecast.

    Attributes:
        notes: what could not be read, and what the history does not reach.
    """

    points: Sequence[Point]
    totals: Sequence[int]
    groups: dict[str, list[GroupRow]]
    came: int
    went: int
    forecast: Forecast
    notes: Sequence[str] = ()

    @property
    def headline(self) -> str:
        """From where to where, and what came and went."""
        first, last = self.totals[0], self.totals[-1]
        days = f"{day_of(self.points[0])} to {day_of(self.points[-1])}"
        commits = counted(len(self.points), "commit")
        if len(self.points) == 1:
            return f"{counted(last, 'finding')} on {day_of(self.points[0])}, in one commit so far"
        return (
            f"{first} -> {last} ({signed(last - first)}: {self.went} resolved, {self.came} new),"
            f" {days}, {commits}"
        )

    @property
    def outlook(self) -> str:
        """Where the pace leads, against the goal."""
        goal, pace = self.forecast.goal, self.forecast.pace
        until = f" by {goal.deadline}" if goal.deadline is not None else ""
        wanted = f"goal {goal.findings}{until}"
        if self.totals[-1] <= goal.findings:
            return f"{wanted}: reached"
        if pace is None:
            return f"{wanted}: no pace yet, the commits span less than a day"
        if self.forecast.reached is None:
            state = "not in sight" if goal.deadline is None else "missed at this pace"
            return f"{wanted}: {state} ({_pace(pace)})"
        when = f"{_pace(pace)}: {self.forecast.reached}"
        if self.forecast.on_course is None:
            return f"{wanted}: {when}"
        return f"{wanted}: {'on course' if self.forecast.on_course else 'late'} ({when})"


def figures(
    burndown: Burndown, names: Sequence[str], goal: Goal, today: dt.date, notes: Sequence[str]
) -> Figures:
    """The figures of a burndown that has a point at least, by the groups `names`."""
    groups = {
        name: [GroupRow(key[0], counts) for key, counts in burndown.by([name]).items()]
        for name in names
    }
    came, went = burndown.change
    forecast = burndown.forecast(goal, today)
    return Figures(burndown.shown, burndown.totals, groups, came, went, forecast, notes)


def signed(number: int) -> str:
    """A change: `+3`, `-3`, `0`."""
    return f"{number:+d}" if number else "0"


def day_of(point: Point) -> str:
    """The day of a point, as 2026-11-30."""
    return point.when.date().isoformat()


def sampled(shown: Figures, most: int = _MOST_ROWS) -> list[tuple[str, int]]:
    """At most so many days with what stood on them, evenly spread from the first to the last."""
    points, totals = shown.points, shown.totals
    if len(points) <= most:
        return [(day_of(point), total) for point, total in zip(points, totals, strict=True)]
    first, last = points[0].when, points[-1].when
    rows, at = [], 0
    for number in range(most):
        when = first + (last - first) * number / (most - 1)
        while at + 1 < len(points) and points[at + 1].when <= when:
            at += 1
        rows.append((when.date().isoformat(), totals[-1] if number == most - 1 else totals[at]))
    return rows


def _pace(pace: float) -> str:
    if pace < 0:
        return f"{-pace:.1f} more a day"
    return f"{pace:.1f} a day" if pace else "no change"
