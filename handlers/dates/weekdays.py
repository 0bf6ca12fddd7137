"""Weekdays in what was typed: 下周六, 本周日, "next Saturday", "last Wed", 周末."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.dates.days import Day, Toward

SIGNS = {**{sign: at for at, sign in enumerate("一二三四五六日")}, "天": 6, **{str(at + 1): at for at in range(7)}}
ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ENGLISH_DAY = "(mon|tues?|wed(?:nes)?|thu(?:r(?:s)?)?|fri|sat(?:ur)?|sun)(?:day)?s?(?![a-z])\\.?"
CHINESE_WEEK = "(?:周|星期|礼拜)"
_CHINESE = re.compile(
    rf"(上上|下下|上|下|这|本)?个? ?{CHINESE_WEEK} ?(?:([一二三四五六日天])|([1-7])(?![\d点时:])|(末))"
)
_ENGLISH = re.compile(rf"(?:(next|last|this|this coming|coming) )?(?:{ENGLISH_DAY}|(weekend)(?![a-z]))")
_ENGLISH_WEEK = re.compile(
    rf"(next|last|this) week(?: on)? {ENGLISH_DAY}|{ENGLISH_DAY} (?:of )?(next|last|this) week(?![a-z])"
)
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2, "last": -1, "this": 0, "next": 1}


@dataclass(frozen=True, slots=True)
class Weekday:
    """0 is Monday. `week`: of so many weeks after this one, which begin on Mondays. `is_latest`: the last such day
    before today."""

    number: int
    week: int | None = None
    is_latest: bool = False

    def as_day(self) -> Day:
        return Day(self._candidates, is_exact=self.week is not None or self.is_latest)

    def _candidates(self, today: date, toward: Toward) -> Sequence[date]:
        if self.week is not None:
            days = self.week * 7 + self.number - today.weekday()
            return [today + timedelta(days=days)]
        if self.is_latest:
            return [today - timedelta(days=(today.weekday() - self.number - 1) % 7 + 1)]
        if toward is Toward.AHEAD:
            first = today + timedelta(days=(self.number - today.weekday()) % 7)
            return [first, first + timedelta(days=7)]
        first = today - timedelta(days=(today.weekday() - self.number) % 7)
        return [first, first - timedelta(days=7)]


def weekday_at(text: str, at: int) -> tuple[Weekday, int] | None:
    """The weekday that stands there, and where it ends; a weekend stands for its Saturday."""
    found = _CHINESE.match(text, at)
    if found is not None:
        sign = found[2] or found[3]
        return Weekday(SIGNS[sign] if sign else 5, _WEEKS.get(found[1] or "")), found.end()
    found = _ENGLISH_WEEK.match(text, at)
    if found is not None:
        day, week = (found[2], found[1]) if found[1] else (found[3], found[4])
        return Weekday(_english_number(day), _WEEKS[week]), found.end()
    found = _ENGLISH.match(text, at)
    if found is None:
        return None
    number = _english_number(found[2]) if found[2] else 5
    if found[1] == "last":
        return Weekday(number, is_latest=True), found.end()
    return Weekday(number, 1 if found[1] == "next" else None), found.end()


def _english_number(day: str) -> int:
    return ENGLISH.index(day[:3])
