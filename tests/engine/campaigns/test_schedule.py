"""When a request may be opened: caps, rates, and hours in a zone whose clocks are set twice a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixaudit.campaigns.schedule import AllowedNow, Schedule, Wait, Window
from fixaudit.campaigns.settings import PublishSettings
from fixaudit.campaigns.state import BatchState, BatchStatus

BERLIN = ZoneInfo("Europe/Berlin")


def schedule(**keys: object) -> Schedule:
    return Schedule.of(PublishSettings(**{"timezone": "Europe/Berlin", **keys}))  # type: ignore[arg-type]


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def opened(
    *times: datetime, status: BatchStatus = "published", owner: str = "@a"
) -> list[BatchState]:
    return [
        BatchState(f"b-{number}", status, owners=(owner,), opened=time.astimezone(UTC).isoformat())
        for number, time in enumerate(times)
    ]


def until(answer: AllowedNow | Wait) -> str:
    assert isinstance(answer, Wait)
    assert answer.until is not None
    return answer.until.isoformat()


def test_without_keys_it_is_always_allowed() -> None:
    now = at("2026-11-29T03:00")
    assert schedule().may_open(now, opened(*[now] * 500)) == AllowedNow()


def test_a_window_is_read_in_its_own_zone() -> None:
    plan = schedule(window="mon-thu 09:00-16:00")
    assert plan.may_open(datetime(2026, 11, 30, 8, 0, tzinfo=UTC), ()) == AllowedNow()
    assert until(plan.may_open(datetime(2026, 11, 30, 7, 59, tzinfo=UTC), ())) == "2026-11-30T09:00:00+01:00"  # fmt: skip
    assert plan.may_open(at("2026-11-30T15:59:59"), ()) == AllowedNow()
    assert until(plan.may_open(at("2026-11-30T16:00"), ())) == "2026-12-01T09:00:00+01:00"
    assert until(plan.may_open(at("2026-12-03T16:00"), ())) == "2026-12-07T09:00:00+01:00"


def test_a_time_that_comes_in_another_zone_is_the_same_time() -> None:
    plan = schedule(window="mon-thu 09:00-16:00")
    tokyo = datetime(2026, 11, 30, 17, 30, tzinfo=ZoneInfo("Asia/Tokyo"))  # 09:30 in Berlin
    assert plan.may_open(tokyo, ()) == AllowedNow()


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ("mon,wed 09:00-10:00", "2026-12-02T09:30", "2026-12-01T09:30"),
        ("sat-mon 09:00-10:00", "2026-11-29T09:30", "2026-12-01T09:30"),
        ("fri 22:00-06:00", "2026-12-05T05:59", "2026-12-04T05:59"),
        ("fri 22:00-06:00", "2026-12-04T22:00", "2026-12-05T22:00"),
        ("22:00-06:00", "2026-11-30T01:00", "2026-11-30T06:00"),
        ("mon 00:00-24:00", "2026-11-30T23:59", "2026-12-01T00:00"),
        ("sat,sun", "2026-11-28T00:00", "2026-11-30T00:00"),
        ("mon 09:00-10:00; tue 11:00-12:00", "2026-12-01T11:30", "2026-12-01T09:30"),
        ("Mon - Thu 09:00-16:00", "2026-11-30T09:00", "2026-12-04T09:00"),
    ],
)
def test_forms_of_a_window(window: str, inside: str, outside: str) -> None:
    plan = schedule(window=window)
    assert plan.may_open(at(inside), ()) == AllowedNow()
    assert isinstance(plan.may_open(at(outside), ()), Wait)


def test_a_window_that_the_clock_jumps_into_opens_with_the_jump() -> None:
    """On 2026-03-29 the clocks go from 02:00 to 03:00: 02:30 is no time of that day."""
    plan = schedule(window="sun 02:30-04:00")
    assert until(plan.may_open(at("2026-03-29T01:00"), ())) == "2026-03-29T03:00:00+02:00"


def test_a_window_that_the_clock_jumps_over_opens_a_week_later() -> None:
    plan = schedule(window="sun 02:15-02:45")
    assert until(plan.may_open(at("2026-03-29T01:00"), ())) == "2026-04-05T02:15:00+02:00"


def test_a_window_that_the_clock_goes_back_into_opens_twice() -> None:
    """On 2026-10-25 the clocks go from 03:00 back to 02:00."""
    plan = schedule(window="sun 02:15-02:45")
    assert plan.may_open(at("2026-10-25T02:30"), ()) == AllowedNow()
    first_end = at("2026-10-25T02:50")
    assert until(plan.may_open(first_end, ())) == "2026-10-25T02:15:00+01:00"
    assert plan.may_open(at("2026-10-25T02:30", fold=1), ()) == AllowedNow()
    assert until(plan.may_open(at("2026-10-25T02:50", fold=1), ())) == "2026-11-01T02:15:00+01:00"


def test_going_back_can_open_a_window_that_had_begun_before() -> None:
    plan = schedule(window="sun 01:00-02:30")
    assert until(plan.may_open(at("2026-10-25T02:40"), ())) == "2026-10-25T02:00:00+01:00"


def test_hours_are_those_of_the_day_after_the_clocks_were_set() -> None:
    plan = schedule(window="mon 09:00-16:00")
    assert until(plan.may_open(at("2026-03-28T12:00"), ())) == "2026-03-30T09:00:00+02:00"
    assert until(plan.may_open(at("2026-10-24T12:00"), ())) == "2026-10-26T09:00:00+01:00"


def test_a_rate_counts_the_last_period() -> None:
    plan = schedule(rate="3/hour", window="mon-thu 09:00-16:00")
    now = at("2026-11-30T10:00")
    times = [now - timedelta(minutes=back) for back in (54, 30, 10)]
    assert until(plan.may_open(now, opened(*times))) == "2026-11-30T10:06:00+01:00"
    assert plan.may_open(now + timedelta(minutes=6), opened(*times)) == AllowedNow()
    assert plan.may_open(now, opened(*times[1:])) == AllowedNow()


def test_what_was_merged_since_counts_for_the_rate_and_not_for_the_cap() -> None:
    now = at("2026-11-30T10:00")
    merged = opened(now, now, status="merged")
    assert isinstance(schedule(rate="2/hour").may_open(now, merged), Wait)
    assert schedule(max_open=2).may_open(now, merged) == AllowedNow()


def test_a_rate_that_ends_outside_of_the_window_waits_for_it() -> None:
    plan = schedule(rate="1/hour", window="mon-thu 09:00-16:00")
    now = at("2026-12-03T15:30")
    assert until(plan.may_open(now, opened(now))) == "2026-12-07T09:00:00+01:00"


def test_caps_wait_for_others() -> None:
    now = at("2026-11-30T10:00")
    assert schedule(max_open=2).may_open(now, opened(now, now)) == Wait(None, "max-open 2")
    each = schedule(max_open_per_owner=1)
    assert each.may_open(now, opened(now), ["@a", "@b"]) == Wait(None, "max-open-per-owner 1")
    assert each.may_open(now, opened(now), ["@b"]) == AllowedNow()
    assert each.may_open(now, opened(now), []) == AllowedNow()


def test_one_whose_opening_was_begun_counts_as_open() -> None:
    now = at("2026-11-30T10:00")
    begun = BatchState("x", "verified", opening=now.astimezone(UTC).isoformat())
    assert schedule(max_open=1).may_open(now, [begun]) == Wait(None, "max-open 1")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"rate": "ten/hour"}, "`ten/hour`"),
        ({"rate": "0/hour"}, "`0/hour`"),
        ({"rate": "10/week"}, "`10/week`"),
        ({"rate": "10"}, "`10`"),
        ({"window": "09:00"}, "`09:00`"),
        ({"window": "mon-fri 9-16"}, "is no window"),
        ({"window": "mon-fri 25:00-26:00"}, "is no window"),
        ({"window": "mon 09:60-10:00"}, "is no window"),
        ({"window": "mon 09:00-09:00"}, "is no window"),
        ({"window": "montag 09:00-10:00"}, "is no window"),
        ({"window": ""}, "``"),
        ({"window": "mon 09:00-10:00;"}, "is no window"),
        ({"window": "\x1b[2J"}, "`\\x1b[2j`".replace("j", "J")),
        ({"timezone": "Europe/Berlyn"}, "`Europe/Berlyn`"),
        ({"timezone": "../../etc/passwd"}, "is no time zone"),
        ({"timezone": ""}, "is no time zone"),
        ({"timezone": "Europe"}, "is no time zone"),
    ],
)
def test_what_cannot_be_parsed_is_one_line(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match="is no ") as caught:
        Schedule.of(PublishSettings(**keys))  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_design_s_own_words_are_taken() -> None:
    keys = {"rate": "10/hour", "window": "mon-thu 09:00-16:00", "timezone": "Europe/Berlin"}
    found = Schedule.of(PublishSettings(max_open=20, max_open_per_owner=3, **keys))  # type: ignore[arg-type]
    assert (found.rate, found.max_open, found.max_open_per_owner) == (
        (10, timedelta(hours=1)),
        20,
        3,
    )
    assert found.windows == (Window(frozenset(range(4)), 540, 960),)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    st.sampled_from(["sun 01:30-02:30", "02:00-03:00", "sat,sun 23:30-01:15", "mon 09:00-16:00"]),
)
def test_the_time_waited_for_is_allowed_and_the_minute_before_is_not(
    when: datetime, zone: str, window: str
) -> None:
    plan = Schedule.of(PublishSettings(timezone=zone, window=window))
    now = when.replace(tzinfo=UTC)
    answer = plan.may_open(now, ())
    if isinstance(answer, Wait):
        assert answer.until is not None
        assert plan.may_open(answer.until, ()) == AllowedNow()
        before = answer.until.astimezone(UTC) - timedelta(seconds=1)
        assert before < now or isinstance(plan.may_open(before, ()), Wait)
