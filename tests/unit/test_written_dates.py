"""Moments, days, hours, lengths and repetitions as people write them; and what is shown of them, read back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.admin.setting_list import SETTINGS
from handlers.dates.days import Toward
from handlers.dates.hours_words import hours_words
from handlers.dates.lengths import read_clock, read_clocks, read_length, read_lengths
from handlers.dates.reading import WrongWeekday, moment_of, read
from handlers.dates.repeat_words import repeat_words
from handlers.dates.repeats import read_repeat
from handlers.i18n import formatting
from handlers.i18n.translations import LANGUAGES
from storage.activities import recurrence
from storage.hours.hours_reading import parse
from storage.hours.parsed_hours import BadHours
from storage.hours.written_hours import in_osm_syntax

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=ZONE)
"""A Thursday."""


def examples(kind: str) -> Iterator[tuple[str, str]]:
    for line in Path(__file__).with_name("written_times.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            of, written, meant = line.split("\t")
            if of == kind:
                yield written, meant


def as_read(written: str, toward: Toward) -> str:
    try:
        found = read(written, NOW, toward)
    except WrongWeekday as other:
        return f"weekday {other.day}"
    if found is None:
        return "-"
    return f"{found.day:%Y-%m-%d %a}" + (f" {found.clock:%H:%M}" if found.clock else "")


def test_there_are_many_examples_of_each_kind() -> None:
    counts = [len(list(examples(kind))) for kind in ("ahead", "back", "hours", "repeat")]
    assert min(counts) >= 60 and sum(counts) >= 200


@pytest.mark.parametrize(("kind", "toward"), [("ahead", Toward.AHEAD), ("back", Toward.BACK)])
def test_days_and_moments(kind: str, toward: Toward) -> None:
    found = [(written, as_read(written, toward)) for written, _ in examples(kind)]
    assert found == list(examples(kind))


def test_opening_hours() -> None:
    def meant(written: str) -> str:
        try:
            return in_osm_syntax(written)
        except BadHours:
            return "-"

    assert [(written, meant(written)) for written, _ in examples("hours")] == list(examples("hours"))


def test_repetitions() -> None:
    found = [(written, read_repeat(written, NOW) or "-") for written, _ in examples("repeat")]
    assert found == list(examples("repeat"))


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("2:30", 150),
        ("２：３０", 150),
        ("2小时30分钟", 150),
        ("两个半小时", 150),
        ("半小时", 30),
        ("90 min", 90),
        ("1 h", 60),
        ("2 天", 2 * 1440),
        ("2d", 2 * 1440),
    ],
)
def test_lengths(written: str, minutes: int) -> None:
    assert read_length(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "written", ["24 小时、2 小时", "24h, 2h", "24 hours and 2 hours", "提前24小时，2小时", "24小时和2小时"]
)
def test_lead_times_in_settings(written: str) -> None:
    assert read_lengths(written) == [timedelta(hours=24), timedelta(hours=2)]
    assert SETTINGS["leads"].read(written) == ["24h", "2h"]


def test_times_of_day_in_settings() -> None:
    assert SETTINGS["quiet"].read("晚上10点到早上7点") == SETTINGS["quiet"].read("10 pm to 7 am") == "22:00-07:00"
    assert SETTINGS["quiet"].read("22：00～07:00") == "22:00-07:00" and SETTINGS["quiet"].read("ten") == "ten"
    assert SETTINGS["week_at"].read("早上九点") == "09:00" and read_clock("9 pm") == time(21)
    assert read_clock("soon") is None and read_clocks("9:00") is None


def test_a_time_alone_belongs_to_the_day_that_was_chosen() -> None:
    chosen = date(2026, 12, 5)
    for written in ("19:00", "7点", "晚上七点", "7 pm", "7", "19"):
        found = read(written, NOW, Toward.AHEAD, on=chosen)
        assert found is not None and (found.day, found.clock) == (chosen, time(19)), written


def test_a_time_that_summer_time_leaves_out_is_as_much_later() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2027, 3, 27, 12, tzinfo=berlin)
    found = read("tomorrow 2:30", now, Toward.AHEAD)
    assert found is not None
    at = found.at(berlin)
    assert at is not None and at.replace(tzinfo=None) == datetime(2027, 3, 28, 3, 30)  # noqa: DTZ001
    twice = moment_of(date(2027, 10, 31), time(2, 30), berlin)
    assert twice.utcoffset() == timedelta(hours=2), "the first of the two"


def test_long_text_and_any_text_is_read_quickly_or_not_at_all() -> None:
    for text in ("周六" * 5_000, "9" * 10_000, "每周一" * 5_000, "、" * 10_000):
        assert read(text, NOW, Toward.AHEAD) is None or len(text) > 100
        read_repeat(text, NOW)
        read_length(text)
        read_lengths(text)


WORDS = st.sampled_from(
    [
        "下",
        "上",
        "周",
        "六",
        "日",
        "明天",
        "晚上",
        "早",
        "点",
        "半",
        "11",
        "28",
        "月",
        "号",
        "7",
        ":",
        ".",
        "-",
        "/",
        "19:00",
        "pm",
        "next",
        "last",
        "Saturday",
        "every",
        "每",
        "第",
        "个",
        "到",
        "连续",
        "次",
        "28th",
        "Nov",
        "今",
        "后",
        "前",
        "小时",
        "2026",
        "共",
    ]
)


@given(st.lists(WORDS, max_size=12).map("".join) | st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60))
@settings(max_examples=400)
def test_any_text_is_something_or_nothing(text: str) -> None:
    for toward in Toward:
        as_read(text, toward)
    rule = read_repeat(text, NOW)
    assert rule is None or rule.startswith("FREQ=")
    read_length(text)
    read_clocks(text)


@given(
    st.datetimes(datetime(2026, 11, 27), datetime(2028, 1, 1)),  # noqa: DTZ001 (a clock on the wall)
    st.sampled_from(sorted(LANGUAGES)),
)
def test_a_moment_that_is_shown_is_read_back(at: datetime, language: str) -> None:
    moment = at.replace(second=0, microsecond=0, tzinfo=ZONE)
    for shown in (formatting.moment(moment, NOW, ZONE, language), formatting.end(moment, NOW, ZONE, language)):
        found = read(shown, NOW, Toward.AHEAD)
        assert found is not None and found.at(ZONE) == moment, shown


def test_days_are_shown_as_people_write_them() -> None:
    def shown(days: int, language: str) -> str:
        return formatting.moment(NOW + timedelta(days=days, hours=5), NOW, ZONE, language)

    assert [shown(days, "zh_Hans") for days in (0, 1, 2, 40)] == [
        "今天 15:00",
        "明天（周五）15:00",
        "11月28日（周六）15:00",
        "2027年1月5日（周二）15:00",
    ]
    assert [shown(days, "en") for days in (0, 1, 2, 40)] == [
        "today 15:00",
        "tomorrow (Fri) 15:00",
        "Sat 28 Nov 15:00",
        "Tue 5 Jan 2027 15:00",
    ]
    midnight = datetime(2026, 11, 29, tzinfo=ZONE)
    assert formatting.end(midnight, NOW, ZONE, "zh_Hans") == "11月28日（周六）24:00"
    assert formatting.end(midnight, NOW, ZONE, "en") == "24:00 on Sat 28 Nov"
    ends = [formatting.end(NOW + timedelta(days=days, hours=5), NOW, ZONE, "en") for days in (0, 1, 2)]
    assert ends == ["15:00 today", "15:00 tomorrow (Fri)", "15:00 on Sat 28 Nov"], "to stand behind until"


DAYS = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(
    lambda days: ",".join(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[day] for day in sorted(days))
)
CLOCKS = st.integers(0, 23 * 60).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")
SPANS = st.lists(CLOCKS, min_size=2, max_size=4, unique=True).map(
    lambda clocks: ",".join(f"{a}-{b}" for a, b in zip(sorted(clocks)[::2], sorted(clocks)[1::2], strict=False))
)
RULES = st.tuples(DAYS, SPANS).map(" ".join)
HOURS = st.tuples(RULES, st.sampled_from(["", "; PH off", "; Su off", "; PH 10:00-16:00", "; Dec 24 off"])).map("".join)


@given(HOURS, st.sampled_from(sorted(LANGUAGES)))
@settings(max_examples=60, deadline=None)
def test_hours_that_are_shown_are_read_back(expression: str, language: str) -> None:
    """What is read says the same of every hour of two weeks, one with a holiday and the days before Christmas."""
    shown = hours_words(expression, NOW.date(), ZONE, "CN", language)
    assert shown
    if "\n" in shown:  # rules that take each other's days away are said by the days of this week
        return
    holidays = (date(2026, 12, 22),)
    first, second = (parse(one, holidays, ZONE) for one in (expression, in_osm_syntax(shown)))
    begin = datetime(2026, 12, 14, 0, 30, tzinfo=ZONE)
    for hour in range(14 * 24):
        at = begin + timedelta(hours=hour)
        assert first.now(at).state == second.now(at).state, (shown, at)


@pytest.mark.parametrize(
    ("expression", "chinese", "english"),
    [
        ("24/7", "全天 24 小时", "open 24 hours"),
        ("08:00-22:00", "每天 08:00-22:00", "every day 08:00-22:00"),
        (
            "Mo-Fr 08:30-17:30; PH off",
            "周一至周五 08:30-17:30；节假日休息",
            "Mon to Fri 08:30-17:30; closed on public holidays",
        ),
        ('Sa,Su 10:00-16:00 "ring"', "周六、周日 10:00-16:00（ring）", "Sat, Sun 10:00-16:00 (ring)"),
        ("Mo-Su unknown; Sa-Su off", "周六、周日休息", "closed on Sat, Sun"),
        ("May-Sep 06:00-22:00; Oct-Apr 07:00-20:00", "5月至9月 06:00-22:00；10月至4月 07:00-20:00", None),
        ("", "", ""),
        ("nonsense", "", ""),
    ],
)
def test_hours_in_words(expression: str, chinese: str, english: str | None) -> None:
    assert hours_words(expression, NOW.date(), ZONE, "CN", "zh_Hans") == chinese
    if english is not None:
        assert hours_words(expression, NOW.date(), ZONE, "CN", "en") == english


@pytest.mark.parametrize(
    "expression", ["Th[4] 10:00-12:00", "Th 10:00-12:00; We 10:00+, Fr 9:00-9:30", "PH off; Mo-Su 9:00-17:00"]
)
def test_hours_that_no_sentence_says_are_said_by_days(expression: str) -> None:
    lines = hours_words(expression, NOW.date(), ZONE, "CN", "zh_Hans").splitlines()
    assert [line[:2] for line in lines] == ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    assert not any(sign in "".join(lines) for sign in ("[", "PH", "Th", "+"))


RULE = st.sampled_from(
    ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=MONTHLY"]
    + [f"FREQ=MONTHLY;BYDAY={nth}{day}" for nth in (1, 2, 3, 4, 5, -1) for day in ("MO", "SA")]
    + ["FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY"]
)
ENDS = st.sampled_from(["", ";COUNT=1", ";COUNT=10", ";UNTIL=20261231", ";UNTIL=20270630"])


@given(RULE, st.sampled_from(["", ";INTERVAL=2", ";INTERVAL=12"]), ENDS, st.sampled_from(sorted(LANGUAGES)))
def test_a_repetition_that_is_shown_is_read_back(rule: str, interval: str, end: str, language: str) -> None:
    text = rule + interval + end
    shown = repeat_words(text, NOW.date(), language)
    again = read_repeat(shown, NOW)
    assert again is not None and recurrence.read(again) == recurrence.read(text), shown


def test_a_rule_beyond_words_is_called_one_of_its_own() -> None:
    for rule in ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "FREQ=YEARLY;BYDAY=20MO", "nonsense", "FREQ=WEEKLY;WKST=SU"):
        assert repeat_words(rule, NOW.date(), "en") == "by a custom rule"
    assert repeat_words("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", NOW.date(), "zh_Hans") == "每年的5月1日"
