"""How the findings of a baseline became fewer, or more: by commit, by group, and where that leads.

Dates are those of the commits, in UTC. Sums agree: a finding is counted once at each commit, under one
codemod, one package (the folder of its baseline file) and one owner (all owners of its file together).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from fixaudit.baseline.entries import BaselineFile
from fixaudit.errors import ConfigError

GROUPS = ("codemod", "package", "owner")
NOBODY = "(nobody)"
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_DAY = dt.timedelta(days=1)

Group = tuple[str, str, str]
"""Codemod, package and owner of some findings."""


@dataclass(frozen=True)
class Point:
    """The baseline at one commit.

    Attributes:
        when: the commit's date, in UTC.
        commit: its full name.
        files: the baseline files that it holds, by folder.
    """

    when: dt.datetime
    commit: str
    files: Mapping[str, BaselineFile]


@dataclass(frozen=True)
class Period:
    """From the first day to the last one, both counted; None where a side is open."""

    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Goal:
    """So many findings are to be left, on a day where one is said."""

    findings: int = 0
    deadline: dt.date | None = None


@dataclass
class Burndown:
    """The points of a period in the order of time, and what can be told of them.

    Args:
        points: all of the history, oldest first.
        owner: the owners of a file, given its path relative to the tree; empty for nobody.
    """

    points: Sequence[Point]
    period: Period = Period()
    owner: Callable[[str], str] = field(default=lambda path: "")
    _known: dict[int, Counter[Group]] = field(default_factory=dict, repr=False)

    @cached_property
    def shown(self) -> list[Point]:
        """The points of the period; before them the one that held when it began."""
        first, last = self.period.first, self.period.last
        before = [p for p in self.points if first is not None and p.when.date() < first]
        inside = [
            point
            for point in self.points
            if (first is None or point.when.date() >= first)
            and (last is None or point.when.date() <= last)
        ]
        return [*before[-1:], *inside]

    def counts(self, point: Point) -> Counter[Group]:
        """How many findings each group has at a point."""
        total: Counter[Group] = Counter()
        for file in point.files.values():
            total.update(self._of_file(file))
        return total

    def by(self, names: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
        """The numbers of each group, one a shown point, by the values of `names` (of `GROUPS`)."""
        at = [GROUPS.index(name) for name in names]
        series: dict[tuple[str, ...], list[int]] = {}
        for number, point in enumerate(self.shown):
            for group, count in self.counts(point).items():
                key = tuple(group[each] for each in at)
                row = series.setdefault(key, [0] * len(self.shown))
                row[number] += count
        return dict(sorted(series.items(), key=lambda item: (-item[1][-1], -item[1][0], item[0])))

    @cached_property
    def totals(self) -> list[int]:
        """How many findings there are at each shown point."""
        return [sum(self.counts(point).values()) for point in self.shown]

    @cached_property
    def change(self) -> tuple[int, int]:
        """How many findings came and how many went from the first shown point to the last; what only
        moved to another file is neither."""
        if not self.shown:
            return 0, 0
        old, new = (_kinds(point.files.values()) for point in (self.shown[0], self.shown[-1]))
        return (new - old).total(), (old - new).total()

    def forecast(self, goal: Goal, today: dt.date) -> Forecast:
        """Where the pace of the shown points leads."""
        days = (self.shown[-1].when - self.shown[0].when) / _DAY
        if days < 1:  # of some hours nothing follows
            return Forecast(goal, None, today if self.totals[-1] <= goal.findings else None)
        pace = (self.totals[0] - self.totals[-1]) / days
        left = self.totals[-1] - goal.findings
        if left <= 0:
            return Forecast(goal, pace, today)
        if pace <= 0:
            return Forecast(goal, pace, None)
        needed = math.ceil(left / pace)
        try:
            return Forecast(goal, pace, today + needed * _DAY)
        except OverflowError:
            return Forecast(goal, pace, None)

    def _of_file(self, file: BaselineFile) -> Counter[Group]:
        known = self._known.get(id(file))
        if known is None:
            known = self._known[id(file)] = Counter()
            for entry in file.entries:
                path = f"{file.folder}/{entry.path}" if file.folder else entry.path
                owner = self.owner(path) or NOBODY
                known[entry.codemod, file.folder or ".", owner] += entry.count
        return known


@dataclass(frozen=True)
class Forecast:
    """What a pace leads to.

    Attributes:
        pace: findings a day that become fewer; None where the points span less than a day.
        reached: the day on which the goal is met at that pace; None where it never is.
    """

    goal: Goal
    pace: float | None
    reached: dt.date | None

    @property
    def on_course(self) -> bool | None:
        """Whether the goal is met by its deadline; None where there is none, or no pace."""
        if self.goal.deadline is None or self.pace is None:
            return None
        return self.reached is not None and self.reached <= self.goal.deadline


def _kinds(files: Iterable[BaselineFile]) -> Counter[tuple[str, str, str]]:
    kinds: Counter[tuple[str, str, str]] = Counter()
    for file in files:
        for entry in file.entries:
            kinds[entry.codemod, entry.symbol, entry.tokens] += entry.count
    return kinds


def day(text: str, option: str, *, last: bool = False) -> dt.date:
    """The day that `2026-11-30` or `2026-W49` means: of a week its Monday, or its Sunday with `last`.

    Raises ConfigError.
    """
    try:
        if (found := _WEEK.fullmatch(text)) is not None:
            return dt.date.fromisocalendar(int(found[1]), int(found[2]), 7 if last else 1)
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{option} {text}: write a day as 2026-11-30 or a week as 2026-W49"
        ) from None


def period_of(since: str | None, sprint: str | None) -> Period:
    """The period that the options mean. Raises ConfigError."""
    if sprint is None:
        return Period(None if since is None else day(since, "--since"))
    if since is not None:
        raise ConfigError("--since and --sprint exclude each other; give one")
    first, dots, last = sprint.partition("..")
    found = Period(
        day(first, "--sprint") if first else None,
        day(last if dots else first, "--sprint", last=True) if last or not dots else None,
    )
    if found.first is not None and found.last is not None and found.last < found.first:
        raise ConfigError(f"--sprint {sprint}: it ends before it begins")
    return found
