"""Opening hours as people write them: what has one meaning is read, and nothing else."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.stations.format import hours as hours_words
from storage.hours.hours_reading import by_specification
from storage.hours.opening_hours import HoursBook, State
from storage.hours.parsed_hours import BadHours
from storage.hours.written_hours import in_osm_syntax, slip_in

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("08:00-22:00", "08:00-22:00"),
        ("08：00-22：00", "08:00-22:00"),
        ("０８：００－２２：００", "08:00-22:00"),
        ("08:00–22:00", "08:00-22:00"),
        ("08:00—22:00", "08:00-22:00"),
        ("08:00~22:00", "08:00-22:00"),
        ("08:00～22:00", "08:00-22:00"),
        ("08:00 - 22:00", "08:00-22:00"),
        ("9am-9pm", "Mo-Su 09:00-21:00"),
        ("9 a.m. to 9:30 p.m.", "Mo-Su 09:00-21:30"),
        ("Mo-Th 09:30-19:30; ", "Mo-Th 09:30-19:30"),
        ("mo-tu:10:00-12:30 14:00-19:00", "Mo-Tu 10:00-12:30,14:00-19:00"),
        ("May 3-Sep 8,00:00-24:00", "May 03-Sep 08 00:00-24:00"),
        ("5月3日-9月8日 8:00-18:00", "May 03-Sep 08 08:00-18:00"),
        ("Monday to Friday 9:00-17:00, Sunday closed", "Mo-Fr 09:00-17:00; Su off"),
        ("Mon-Fri 9:00-17:00; Sat 10:00-14:00", "Mo-Fr 09:00-17:00; Sa 10:00-14:00"),
        ("daily 8:00-20:00", "Mo-Su 08:00-20:00"),
        ("全天", "24/7"),
        ("全天开放", "24/7"),
        ("24小时", "24/7"),
        ("24小时营业", "24/7"),
        ("7×24小时", "24/7"),
        ("24h", "24/7"),
        ("24 hours", "24/7"),
        ("周一至周日 全天", "24/7"),
        ("周一至周五 8:00-18:00", "Mo-Fr 08:00-18:00"),
        ("周一至周五8：00—18：00", "Mo-Fr 08:00-18:00"),
        ("星期一到星期五 8点到18点", "Mo-Fr 08:00-18:00"),
        ("周一至五 8点半-17点30分", "Mo-Fr 08:30-17:30"),
        ("周1-5 8:00-18:00", "Mo-Fr 08:00-18:00"),
        ("周六日 9:00-17:00", "Sa,Su 09:00-17:00"),
        ("周一、周三、周五 9:00-17:00", "Mo,We,Fr 09:00-17:00"),
        ("周一至周五8:00-18:00，周六9:00-12:00", "Mo-Fr 08:00-18:00; Sa 09:00-12:00"),
        ("每天 8:00-22:00", "Mo-Su 08:00-22:00"),
        ("每天 8:00-22:00（周日休息）", "Mo-Su 08:00-22:00; Su off"),
        ("8:00-12:00，14:00-18:00，节假日休息", "08:00-12:00,14:00-18:00; PH off"),
        ("节假日休息", "Mo-Su unknown; PH off"),
        ("周日休息", "Mo-Su unknown; Su off"),
        ("法定节假日除外 每天8:00-18:00", "Mo-Su 08:00-18:00; PH off"),
        ("工作日 8:30-17:30", "Mo-Fr 08:30-17:30; PH off"),
        ("8:30-17:30（工作日）", "Mo-Fr 08:30-17:30; PH off"),
        ("9:00—18:00 周一到周六", "Mo-Sa 09:00-18:00"),
        ("08:00-22:00 全年无休", "Mo-Su 08:00-22:00"),
        ("周二闭馆 9:00-17:00", "09:00-17:00; Tu off"),
        ("周末 10:00-16:00", "Sa-Su 10:00-16:00"),
        ("早上8点至晚上10点", "Mo-Su 08:00-22:00"),
        ("早8点-晚12点", "Mo-Su 08:00-24:00"),
        ("上午9点-下午5点", "Mo-Su 09:00-17:00"),
        ("下午2点-5点", "Mo-Su 14:00-17:00"),
        ("晚上10点-次日6点", "Mo-Su 22:00-06:00"),
        ('Mo-Fr 08:00-17:00 || "打电话：12351"', 'Mo-Fr 08:00-17:00 || "打电话：12351"'),
        ("Mo-Fr 08:00-18:00; PH off", "Mo-Fr 08:00-18:00; PH off"),
    ],
)
def test_what_has_one_meaning_is_read(written: str, meant: str) -> None:
    assert in_osm_syntax(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "看情况",
        "9-17",
        "上午9点-5点",
        "8:00",
        "周一至周五",
        "除周日外每天8:00-18:00",
        "25点-30点",
        "9:70-10:00",
        "x",
        "5月32日休息",
    ],
)
def test_what_has_no_meaning_or_several_is_refused(written: str) -> None:
    with pytest.raises(BadHours):
        in_osm_syntax(written)


@given(st.text(st.sampled_from('周一至五六日18:点-晚上午24h, ;()休息每天小时节假日Mofrap.m"|'), max_size=500))
def test_any_text_is_read_or_refused_in_no_time(text: str) -> None:
    begun = time.process_time()
    try:
        meant = in_osm_syntax(text)
    except BadHours:
        meant = ""
    assert time.process_time() - begun < 1
    assert not meant or in_osm_syntax(meant) == meant


def test_a_comma_for_a_semicolon_is_noticed() -> None:
    assert slip_in("Sa 11:30-16:00, 18:00-23:00, Su off") == "Su off"
    assert slip_in("Mo-Fr 08:00-18:00, Sa 10:00-14:00; Su off") == ""


TUESDAY = "2026-11-24T"


@pytest.mark.parametrize(
    ("expression", "at", "state", "until"),
    [
        (
            "Mo, Tu, Th, Fr 07:30-13:00; Mo, Tu, Th, Fr 16:00-19:00",
            "2026-11-24T09:43",
            State.CLOSED,
            "2026-11-24T16:00",
        ),
        ("Mo, Tu, Th, Fr 07:30-13:00; Mo, Tu, Th, Fr 16:00-19:00", "2026-11-24T16:00", State.OPEN, "2026-11-24T19:00"),
        ("Mo, We 07:30-13:00", "2026-11-24T09:43", State.CLOSED, "2026-11-25T07:30"),
        ("Jan, Nov 08:00-10:00", "2026-11-24T09:00", State.OPEN, "2026-11-24T10:00"),
        ("Mo-Fr 08:00-12:00, 14:00-18:00", "2026-11-24T13:00", State.CLOSED, "2026-11-24T14:00"),
        ('"by appointment"', "2026-11-24T09:43", State.UNKNOWN, None),
        ('Mo-Fr "by appointment"', "2026-11-24T09:43", State.UNKNOWN, "2026-11-28T00:00"),
        ('Mo-Fr 08:00-17:00 open "ring the bell"', "2026-11-24T09:43", State.OPEN, "2026-11-24T17:00"),
        ('Mo-Fr 08:00-17:00 || "call us"', "2026-11-24T20:00", State.UNKNOWN, "2026-11-25T08:00"),
        ('Mo-Fr 08:00-17:00 || "call us"', "2026-11-24T09:00", State.OPEN, "2026-11-24T17:00"),
        ('Mo-Fr 08:00-17:00 || "call us"', "2026-11-29T09:00", State.UNKNOWN, "2026-11-30T08:00"),
        ("Mo-Fr 08:00-17:00 || Tu 19:00-20:00", "2026-11-24T18:00", State.CLOSED, "2026-11-24T19:00"),
        ("22:00-02:00; PH off", "2026-10-01T01:00", State.OPEN, "2026-10-01T02:00"),
        ("22:00-02:00; PH off", "2026-09-30T23:00", State.OPEN, "2026-10-01T02:00"),
        ("22:00-02:00; PH off", "2026-10-01T02:00", State.CLOSED, "2026-10-08T22:00"),
        ("22:00-02:00; PH off", "2026-10-02T01:00", State.CLOSED, "2026-10-08T22:00"),
        ("22:00-02:00; PH off", "2026-10-08T01:00", State.CLOSED, "2026-10-08T22:00"),
        ("22:00-26:00; PH off", "2026-10-01T01:00", State.OPEN, "2026-10-01T02:00"),
        ("Mo-Su 22:00-02:00; Su off", "2026-11-29T01:00", State.OPEN, "2026-11-29T02:00"),
        ("Mo-Fr 22:00-02:00; PH off", "2026-11-29T01:00", State.CLOSED, "2026-11-30T22:00"),
        ("00:00-24:00; PH off", "2026-10-01T01:00", State.CLOSED, "2026-10-08T00:00"),
    ],
)
def test_hours_mean_what_the_specification_says(expression: str, at: str, state: State, until: str | None) -> None:
    book = HoursBook(ZONE, "CN")
    found = book.hours(book.number(expression), datetime.fromisoformat(at).replace(tzinfo=ZONE))
    assert found.state is state
    assert found.changes_at == (until and datetime.fromisoformat(until).replace(tzinfo=ZONE))


def test_the_comment_is_shown() -> None:
    book = HoursBook(ZONE, "CN")
    now = datetime(2026, 11, 24, 20, tzinfo=ZONE)
    found = book.hours(book.number('Mo-Fr 08:00-17:00 || "call us"'), now)
    assert hours_words(found, now.date(), "en") == "⚪ hours unknown (call us)"


def test_a_comment_keeps_the_modifier_that_it_has() -> None:
    assert by_specification('Mo off "x"; Tu "y", We open "z"') == 'Mo off "x"; Tu unknown "y", We open "z"'
