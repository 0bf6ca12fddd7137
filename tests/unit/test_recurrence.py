"""Rules of recurrence: what is read, what is refused, and that nothing typed holds up the bot."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select

from handlers.activities import presses as activities_presses
from storage.activities import planning, recurrence, series
from storage.activities.activities import Activity
from storage.activities.ids import ActivityId
from storage.activities.recurrence import MOST_DAYS, BadRule, NoDates, occurrences
from storage.activities.series import Series
from storage.database import Database
from storage.deliveries.table import Delivery
from storage.telegram_ids import PersonId
from tests.support.activities import at_home, basketball, planned
from tests.support.simulator import COORDINATOR, NOON, Town

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 1, 31, 15, 0, tzinfo=SHANGHAI)
REFUSED = [
    # What a coordinator typed, and what it did to the bot before (it hung, or raised what nobody expected).
    "FREQ=DAILY;INTERVAL=0;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=HOURLY;BYHOUR=99",
    "FREQ=YEARLY;BYEASTER=999",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=MONTHLY;BYDAY=" + ",".join(["12MO"] * 12),
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=YEARLY;BYMONTH=2;BYDAY=6MO",
    "FREQ=YEARLY;BYDAY=54MO",
    "FREQ=MONTHLY;BYDAY=0MO",
    "FREQ=DAILY;INTERVAL=401",
    "FREQ=DAILY;INTERVAL=٣",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=1001",
    "FREQ=DAILY;UNTIL=20270230",
    "FREQ=DAILY;UNTIL=99991231",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=YEARLY;BYMONTH=13",
    "FREQ=YEARLY;BYMONTH=-1",
    "FREQ=WEEKLY;BYMONTHDAY=1",
    "FREQ=WEEKLY;BYSETPOS=1",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367",
    "FREQ=YEARLY;BYWEEKNO=20",
    "FREQ=WEEKLY;FREQ=WEEKLY",
    "FREQ=WEEKLY;",
    "DTSTART:20260101\nRRULE:FREQ=DAILY",
    "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 100),
    "INTERVAL=2",
    "",
]
NEVER = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=DAILY;UNTIL=20200101",
    "FREQ=YEARLY;INTERVAL=400",
    "FREQ=DAILY;COUNT=1",
]


@pytest.mark.parametrize("rule", REFUSED)
def test_what_is_no_rule_of_the_grammar_is_refused(rule: str) -> None:
    with pytest.raises(BadRule):
        series.check(rule, FIRST, SHANGHAI)


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_without_dates_is_refused(rule: str) -> None:
    with pytest.raises(NoDates):
        series.check(rule, FIRST, SHANGHAI)


_NUMBER = st.integers(-60, 1_100).map(str)
_WEEKDAY = st.builds(
    "{}{}".format, st.one_of(st.just(""), st.integers(-6, 54)), st.sampled_from(["MO", "SA", "SU", "X"])
)
_VALUE = st.one_of(
    _NUMBER,
    st.lists(_NUMBER, max_size=4).map(",".join),
    st.lists(_WEEKDAY, max_size=4).map(",".join),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "20271231", "20271231T120000Z", "SU"]),
    st.text(max_size=6),
)
_NAME = st.sampled_from(
    ["INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYHOUR", "BYEASTER"]
)
_PART = st.builds("{}={}".format, _NAME, _VALUE)
_FREQUENCY = st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
_RULE = st.builds(
    "FREQ={}{}".format, _FREQUENCY, st.lists(_PART, max_size=4).map(lambda all: "".join(f";{one}" for one in all))
)


@given(rule=st.one_of(st.text(max_size=60), _RULE), years=st.sampled_from([1, 2, 9, 300]))
def test_any_text_is_a_rule_or_a_refusal_after_a_bounded_number_of_days(rule: str, years: int) -> None:
    until = FIRST + timedelta(days=365 * years)
    try:
        found = recurrence.read(rule)
    except BadRule:
        return
    looked_at = sum(map(len, recurrence.periods(found, FIRST.date(), FIRST.date(), until.date())))
    assert looked_at <= MOST_DAYS
    moments = list(islice(occurrences(rule, FIRST, FIRST, until, SHANGHAI), 50))
    assert moments == sorted(set(moments))
    assert all(FIRST < at <= until and at.hour == 15 for at in moments)


def _some(*values: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), max_size=3, unique=True).map(",".join)


@st.composite
def _rules(draw: st.DrawFn) -> str:
    """Those that the library for the whole of RFC 5545 works out as the RFC says it."""
    frequency = draw(_FREQUENCY)
    parts = {
        "FREQ": frequency,
        "INTERVAL": draw(st.sampled_from(["1", "2", "3", "5"])),
        "BYMONTH": draw(_some("1", "2", "6", "11")),
        "WKST": draw(st.sampled_from(["MO", "SU", "TH"])),
    }
    if frequency == "WEEKLY":
        parts["BYDAY"] = draw(_some("MO", "SA", "SU"))
    else:
        parts["BYMONTHDAY"] = draw(_some("1", "13", "29", "31", "-1", "-30"))
        counted = frequency != "DAILY" and draw(st.booleans())
        parts["BYDAY"] = draw(_some("1MO", "-1SA", "5FR", "2SU") if counted else _some("MO", "FR", "SU"))
        if parts["BYDAY"] or parts["BYMONTHDAY"]:
            parts["BYSETPOS"] = draw(_some("1", "-1", "3"))
    ends = draw(st.sampled_from(["", "COUNT=1", "COUNT=7", "UNTIL=20280229T150000"]))
    return ";".join([f"{name}={value}" for name, value in parts.items() if value] + [ends] * bool(ends))


@given(rule=_rules(), later=st.integers(0, 900), first=st.dates(date(2023, 1, 1), date(2024, 12, 31)))
def test_the_dates_are_those_of_rfc_5545(rule: str, later: int, first: date) -> None:
    """Held against dateutil, also from the middle of a series on."""
    begins = datetime(first.year, first.month, first.day, 15, tzinfo=SHANGHAI)
    after, until = begins + timedelta(days=later), begins + timedelta(days=later + 800)
    # Where there is nothing to find, the library looks until the year 9999.
    assume(any(occurrences(rule, begins, begins - timedelta(days=1), begins + timedelta(days=7_000), SHANGHAI)))
    theirs = rrulestr(rule, dtstart=begins.replace(tzinfo=None)).between(
        after.replace(tzinfo=None), until.replace(tzinfo=None)
    )
    ours = [at.replace(tzinfo=None) for at in occurrences(rule, begins, after, until, SHANGHAI)]
    assert [at for at in ours if at != until.replace(tzinfo=None)] == theirs


def test_a_day_as_the_end_counts_whole_and_a_z_is_utc() -> None:
    def days(until: str) -> int:
        end = FIRST + timedelta(days=30)
        return len(list(occurrences(f"FREQ=DAILY;UNTIL={until}", FIRST, FIRST, end, SHANGHAI)))

    assert [days("20260203"), days("20260203T145959"), days("20260203T070000Z"), days("20260203T065959Z")] == [
        3,
        2,
        3,
        2,
    ]


async def test_a_coordinator_who_types_a_rule_that_hung_the_bot_hears_what_to_write(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    await planned(town)
    await coordinator.forges(activities_presses.REPEAT.data(ActivityId(1)))
    await coordinator.hears_of("How often?")
    await coordinator.says("FREQ=DAILY;INTERVAL=0;BYMONTH=2;BYMONTHDAY=30")
    await coordinator.hears_of("every Saturday")
    await coordinator.says("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    await coordinator.hears_of("has no dates")
    await coordinator.says("rrule:freq=monthly;byday=2sa")
    await coordinator.hears_of("public holidays")


async def test_a_kept_rule_that_is_not_read_any_more_ends_its_series(town: Town) -> None:
    """And the clock goes on to the next series, instead of failing at this one for ever."""
    coordinator = await at_home(town, COORDINATOR)
    await planned(town)
    async with town.database.writing() as session:
        row = Series(rule="FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", first=NOON, organiser=COORDINATOR, laid_to=NOON)
        session.add(row)
        await session.flush()
        activity = await session.get_one(Activity, 1)
        activity.series_id, activity.occurrence = row.id, activity.starts_at
    await town.tick("activities")
    assert "can't be continued" in (await coordinator.hears_of("series"))["text"]
    async with town.database.reading() as session:
        assert await session.scalar(select(Series.ended))


async def test_a_kept_rule_without_dates_ends_at_once(database: Database) -> None:
    async with database.writing() as session:
        row = Series(
            rule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", first=NOON - timedelta(days=9_000), organiser=1, laid_to=NOON
        )
        session.add(row)
        await session.flush()
        activity = await planning.create(session, basketball(), PersonId(1), NOON)
        activity.series_id, activity.occurrence = row.id, NOON
        await session.flush()
        assert await series.lay_out(session, row, NOON, SHANGHAI, "CN") == []
        assert not row.ended and row.laid_to > NOON
        assert not (await session.scalars(select(Delivery))).all()
