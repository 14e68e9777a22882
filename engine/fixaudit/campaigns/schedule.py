"""When the next request for review may be opened: caps, a rate, and hours of a time zone.

Pure: the time is a parameter, an aware datetime in any zone. A window is read off the clock on the
wall, so that one that the clock jumps over begins with the jump, and one that it goes back into
opens twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from fixaudit.campaigns.settings import PublishSettings
from fixaudit.campaigns.state import BatchState, BatchStatus
from fixaudit.text.visible import visible

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIODS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_RATE = re.compile(r"\s*(\d{1,6})\s*/\s*(minute|hour|day)\s*")
_HOURS = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_OVER: frozenset[BatchStatus] = frozenset({"merged", "closed", "gone"})
_AHEAD = 9
"""Days: a week, whatever a clock that is set skips of it."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AllowedNow:
    """It may be opened now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: at `until` at the earliest, in the schedule's zone; None where only others can tell."""

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some days of the week, 0 for Monday. Where `end` is not after `start` it is the next
    day's; minutes since midnight, 1440 for its end."""

    days: frozenset[int]
    start: int
    end: int

    def holds(self, wall: datetime) -> bool:
        minute = wall.hour * 60 + wall.minute
        if self.start < self.end:
            return wall.weekday() in self.days and self.start <= minute < self.end
        if wall.weekday() in self.days and minute >= self.start:
            return True
        return (wall.weekday() - 1) % 7 in self.days and minute < self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """`[publish]` as far as it says when. No windows: any time."""

    zone: tzinfo
    windows: tuple[Window, ...] = ()
    rate: tuple[int, timedelta] | None = None
    rate_text: str = ""
    max_open: int | None = None
    max_open_per_owner: int | None = None

    @classmethod
    def of(cls, publish: PublishSettings) -> Schedule:
        """Raises ValueError where one of its texts means nothing; a campaign that was read has none."""
        return cls(
            zone_of(publish.timezone),
            () if publish.window is None else windows_of(publish.window),
            None if publish.rate is None else rate_of(publish.rate),
            publish.rate or "",
            publish.max_open,
            publish.max_open_per_owner,
        )

    def may_open(
        self, now: datetime, states: Iterable[BatchState], owners: Iterable[str] = ()
    ) -> AllowedNow | Wait:
        """Whether one more may be opened, of these owners. `states` are all of the campaign."""
        known, now = tuple(states), now.astimezone(UTC)
        reason = self._full(known, frozenset(owners))
        if reason is not None:
            return Wait(None, reason)
        at = self.next_time(now, known)
        if at is None:
            return Wait(None, "publish.window opens in no hour of the next days")
        if at <= now:
            return AllowedNow()
        reason = "outside of publish.window" if self._open_after(now) != now else "publish.rate"
        return Wait(at, f"{reason} {self.rate_text}" if reason == "publish.rate" else reason)

    def next_time(self, now: datetime, states: Iterable[BatchState]) -> datetime | None:
        """The first time from `now` on that rate and window allow; caps are not asked."""
        now = now.astimezone(UTC)  # two times of one zone are compared by their walls' clocks
        found = self._open_after(max(now, self._rate_after(now, states)))
        return None if found is None else self.local(found)

    def local(self, at: datetime) -> datetime:
        """The time as the clocks of the zone show it."""
        return at.astimezone(self.zone)

    def _full(self, states: Iterable[BatchState], owners: frozenset[str]) -> str | None:
        opened = [state for state in states if is_open(state)]
        if self.max_open is not None and len(opened) >= self.max_open:
            return f"max-open {self.max_open}"
        most = self.max_open_per_owner
        for owner in sorted(owners) if most is not None else ():
            if most is not None and sum(owner in state.owners for state in opened) >= most:
                return f"max-open-per-owner {most}"
        return None

    def _rate_after(self, now: datetime, states: Iterable[BatchState]) -> datetime:
        """When fewer than the rate's number have been opened within its period."""
        if self.rate is None:
            return now
        most, period = self.rate
        times = sorted(at for at in map(_opened, states) if at is not None and at > now - period)
        return now if len(times) < most else times[-most] + period

    def _open_after(self, now: datetime) -> datetime | None:
        if not self.windows or self._holds(now):
            return now
        found = (at for at in self._moments(now) if at > now and self._holds(at))
        return min(found, default=None)

    def _holds(self, at: datetime) -> bool:
        return any(window.holds(self.local(at)) for window in self.windows)

    def _moments(self, now: datetime) -> Iterator[datetime]:
        """Every moment of the next days at which a window can open: as it begins, or the clock jumps."""
        today = self.local(now).date()
        for ahead in range(-1, _AHEAD):
            for window in self.windows:
                wall = datetime.combine(today + timedelta(days=ahead), time(), self.zone)
                wall = wall.replace(hour=window.start // 60, minute=window.start % 60)
                yield from (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        yield from self._jumps(now.astimezone(UTC))

    def _jumps(self, begin: datetime) -> Iterator[datetime]:
        """When the zone's offset changes, to the second."""
        hours = (begin + _HOUR * number for number in range(24 * _AHEAD))
        for low in hours:
            high = low + _HOUR
            before = self.local(low).utcoffset()
            if self.local(high).utcoffset() == before:
                continue
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                if self.local(middle).utcoffset() == before:
                    low = middle
                else:
                    high = middle
            yield high.replace(microsecond=0)


def is_open(state: BatchState) -> bool:
    """Whether a request of this batch may be open: it was opened, or that was begun, and as far as is
    known it is neither merged nor closed."""
    return (state.opened or state.opening) is not None and state.status not in _OVER


def _opened(state: BatchState) -> datetime | None:
    said = state.opened or state.opening
    if said is None:
        return None
    at = datetime.fromisoformat(said)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def zone_of(name: str) -> tzinfo:
    """The time zone of an IANA name. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(f"`{visible(name)}` is no time zone") from error


def rate_of(text: str) -> tuple[int, timedelta]:
    """How many within which time, of a text such as `10/hour`. Raises ValueError."""
    matched = _RATE.fullmatch(text)
    if matched is None or not int(matched[1]):
        raise ValueError(f"`{visible(text)}` is no rate")
    return int(matched[1]), _PERIODS[matched[2]]


def windows_of(text: str) -> tuple[Window, ...]:
    """The hours of a text such as `mon-thu 09:00-16:00`, several between `;`. Raises ValueError."""
    return tuple(_windows(text))


def _windows(text: str) -> Iterator[Window]:
    for part in text.split(";"):
        words = re.sub(r"\s*([,-])\s*", r"\1", part.strip().lower()).split()
        hours = words.pop() if words and words[-1][:1].isdigit() else None
        if len(words) > 1 or (hours is None and not words):
            raise _no_window(text)
        days = _days(words[0]) if words else range(7)
        if days is None:
            raise _no_window(text)
        start, end = (0, 24 * 60) if hours is None else _hours(hours, text)
        yield Window(frozenset(days), start, end)


def _days(text: str) -> list[int] | None:
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first not in DAYS or last not in DAYS:
            return None
        begin = DAYS.index(first)
        found += ((begin + number) % 7 for number in range((DAYS.index(last) - begin) % 7 + 1))
    return found


def _hours(hours: str, text: str) -> tuple[int, int]:
    matched = _HOURS.fullmatch(hours)
    if matched is None:
        raise _no_window(text)
    from_hour, from_minute, to_hour, to_minute = map(int, matched.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or start >= 1440 or end > 1440 or start == end:
        raise _no_window(text)
    return start, end


def _no_window(text: str) -> ValueError:
    return ValueError(f"`{visible(text)}` is no window")
