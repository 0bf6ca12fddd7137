"""Shifts as riders write them, in one line; and what comes of an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.pay import sums
from storage.pay.entries import Entry, Version
from storage.pay.ids import EntryId
from storage.pay.shifts import NotAShift, Shift, read_line, read_of_keeper, read_unasked

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)

LINES = {
    "9h 42 318": Shift(540, 42, 31_800),
    "9 42 318": Shift(540, 42, 31_800),
    "9小时 42单 318元": Shift(540, 42, 31_800),
    "９小时４２单３１８元": Shift(540, 42, 31_800),
    "9h42单318": Shift(540, 42, 31_800),
    "42单 318元 9小时": Shift(540, 42, 31_800),
    "今天跑了9小时 42单 赚了318元": Shift(540, 42, 31_800),
    "两小时 5单 40块": Shift(120, 5, 4_000),
    "8小时半 30单 250块钱": Shift(510, 30, 25_000),
    "8小时30分 30单 250": Shift(510, 30, 25_000),
    "8h30 40单 ¥300": Shift(510, 40, 30_000),
    "8小时30单300": Shift(480, 30, 30_000),
    "480分钟 42单 318": Shift(480, 42, 31_800),
    "7:45 20 180": Shift(465, 20, 18_000),
    "9.5 42 318.50": Shift(570, 42, 31_850),
    "9,5h 10 100": Shift(570, 10, 10_000),
    "10h, 50 orders, $420": Shift(600, 50, 42_000),
    "worked 8 hours, 30 trips and made 240": Shift(480, 30, 24_000),
    "9h 42 318 奖金20 罚款10 油费15": Shift(540, 42, 31_800, 2_000, 1_000, 1_500),
    "9h 42 318元 奖金 20元 小费5": Shift(540, 42, 31_800, 2_500),
    "9h 318元": Shift(540, -1, 31_800),
    "9小时 318元 奖金20": Shift(540, -1, 31_800, 2_000),
    "¥318 in 9 hours": Shift(540, -1, 31_800),
    "9h - 318": Shift(540, -1, 31_800),
    "9 — 318": Shift(540, -1, 31_800),
    "12 0 0": Shift(720, 0, 0),
}
NO_LINES = {
    "abc": "line",
    "": "hours",
    "9 42": "money",
    "9h": "orders",
    "- 42 318": "hours",
    "9 42 - ": "money",
    "9h -5 318": "line",
    "9h 42.5 318": "orders",
    "25h 3 4": "hours",
    "0 1 2": "hours",
    "9h 9h 3 4": "line",
    "1 2 3 4": "line",
    "9h 42 318 and a flat tyre": "line",
    "9h 5000 318": "orders",
    "9h 42 99999999": "line",
}


@pytest.mark.parametrize(("line", "shift"), LINES.items(), ids=LINES)
def test_a_line_is_read(line: str, shift: Shift) -> None:
    assert read_line(line) == shift


@pytest.mark.parametrize(("line", "what"), NO_LINES.items(), ids=NO_LINES)
def test_what_is_missing_or_makes_no_sense_is_named(line: str, what: str) -> None:
    with pytest.raises(NotAShift) as fault:
        read_line(line)
    assert fault.value.what == what


@given(st.text(max_size=60))
def test_any_text_is_a_shift_or_is_none(text: str) -> None:
    try:
        shift = read_line(text)
    except NotAShift:
        return
    assert 0 < shift.minutes <= 24 * 60 and shift.orders >= -1 and shift.money >= 0


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [
        ("9小时 42单 318元", True),
        ("9h 42 orders 318", True),
        ("9h 318元", True),
        ("9 42 318", False),
        ("10 元", False),
        ("I waited 2 hours for 3 orders and nobody paid", False),
        ("", False),
        ("30h 5单 10元", False),
    ],
)
def test_what_is_a_shift_without_being_asked_for_one(text: str, is_meant: bool) -> None:
    assert (read_unasked(text) is not None) is is_meant


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [
        ("9h 42 318", True),
        ("9小时 42 318", True),
        ("9h - 318", True),
        ("8h30 42 318 bonus 20", True),
        ("9小时 42单 318元", True),
        ("9h 42", False),
        ("9 42 318", False),
        ("42 318 9h", False),
        ("12:30 42 318", False),
        ("9 hours for 3 orders is too much", False),
        ("2h 30 people came, 100 left", False),
        ("30h 42 318", False),
        ("9h 42 318 1", False),
        ("", False),
    ],
)
def test_what_is_a_shift_of_somebody_who_keeps_a_book(text: str, is_meant: bool) -> None:
    assert (read_of_keeper(text) is not None) is is_meant


def entry(day: date, shift: Shift) -> Entry:
    return Entry(EntryId(1), day, (Version(NOW, shift),))


def test_sums_count_days_once_and_pay_with_bonus_less_fines() -> None:
    monday = date(2026, 11, 23)
    kept = [
        entry(date(2026, 10, 31), Shift(600, 50, 50_000)),
        entry(monday, Shift(300, 20, 15_000, bonus=1_000, fines=500, costs=2_000)),
        entry(monday, Shift(300, 20, 15_000)),
        entry(date(2026, 11, 29), Shift(60, 2, 2_000)),
    ]
    week = sums.between(kept, monday, date(2026, 11, 29))
    assert (week.days, week.minutes, week.orders, week.paid, week.costs) == (2, 660, 42, 32_500, 2_000)
    assert (week.per_hour, week.per_order) == (2_955, 774)
    assert sums.week_of(date(2026, 11, 29)) == monday
    assert sums.month_before(date(2026, 11, 24)) == (date(2026, 10, 1), date(2026, 10, 31))
    assert sums.change(2_955, sums.between(kept, *sums.month_before(monday)).per_hour) == pytest.approx(-0.409)
    assert sums.change(1, None) is None and sums.change(None, 5) is None
    assert [one.days for _, one in sums.by_week(kept, date(2026, 11, 29))] == [0, 0, 0, 1, 0, 0, 0, 2]
    assert [one.days for _, one in sums.by_month(kept, date(2026, 11, 29))] == [0, 0, 1, 2]
    assert [first for first, _ in sums.by_month([], date(2027, 1, 31))] == [
        date(2026, 10, 1),
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
    assert sums.total([]).per_hour is None


def test_pay_per_order_is_that_of_shifts_whose_orders_are_known() -> None:
    day = date(2026, 11, 23)
    both = sums.total([entry(day, Shift(300, 20, 15_000)), entry(day, Shift(300, -1, 99_000))])
    assert (both.orders, both.per_order, both.per_hour) == (20, 750, 11_400)
    assert (both.shifts, both.counted, both.leaves_out_shifts) == (2, 1, True)
    assert not sums.total([entry(day, Shift(300, 20, 15_000))]).leaves_out_shifts
    without = sums.total([entry(day, Shift(300, -1, 99_000))])
    assert without.per_order is None and not without.leaves_out_shifts
