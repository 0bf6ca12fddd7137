"""Days, times and lengths as people type them: 2026-12-01 15:00, 2026/12/1 15：00, 12月1日下午3点.

Nothing here understands "next Saturday".
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from storage.plain_text import clean_code

_DAY = re.compile(r"(\d{4})(?: ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})| ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?)")
_DAY_OF_YEAR = re.compile(r"(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]")
_HALVES = {
    **dict.fromkeys(("凌晨", "早上", "早晨", "清晨", "早", "上午", "am"), "am"),
    **dict.fromkeys(("下午", "午后", "傍晚", "晚上", "晚", "pm"), "pm"),
    **dict.fromkeys(("中午", "正午"), "noon"),
}
_HALF = "|".join(sorted(_HALVES, key=len, reverse=True))
_CLOCK = re.compile(
    rf"({_HALF})? ?(\d{{1,2}}) ?(?:: ?(\d{{2}})(?::00)?|(?:点钟|[点时])(?: ?(半|一刻|三刻|\d{{1,2}}) ?分?)?)? ?(am|pm)?"
)
_WORDS = {"半": 30, "一刻": 15, "三刻": 45}
_LENGTH = re.compile(r"(?:(\d{1,3}) ?(?:小时|个小时|h|hours?))? ?(?:(\d{1,4}) ?(?:分钟|分|m|min|minutes?))?")


def typed_datetime(text: str, today: date) -> datetime | None:
    """A day and a time; without a year, the next such day. None for anything else."""
    plain = _plain(text)
    day = _begin(plain, today)
    if day is None:
        return None
    clock = _clock(plain[day[1] :].removeprefix("t").strip(" ,，"))
    return None if clock is None else datetime.combine(day[0], time(*clock))


def typed_day(text: str, today: date) -> date | None:
    """A day; without a year, the next such day. None for anything else."""
    plain = _plain(text)
    found = _begin(plain, today)
    return found[0] if found is not None and found[1] == len(plain) else None


def typed_day_of_the_past(text: str, today: date) -> date | None:
    """A day; without a year, the last such day. None for anything else."""
    day = typed_day(text, today)
    if day is None or day <= today or _DAY.match(_plain(text)):
        return day
    return _date(day.year - 1, day.month, day.day)


def typed_length(text: str) -> timedelta | None:
    """2:30, 2小时30分钟, 90 min. None for anything else."""
    plain = _plain(text)
    clock = re.fullmatch(r"(\d{1,3}):([0-5]\d)", plain)
    parts = clock or _LENGTH.fullmatch(plain)
    if parts is None or not plain:
        return None
    return timedelta(hours=int(parts[1] or 0), minutes=int(parts[2] or 0))


def _plain(text: str) -> str:
    return clean_code(text[:100]).casefold().translate({ord(dash): "-" for dash in "‐‑‒–—―−"})


def _begin(text: str, today: date) -> tuple[date, int] | None:
    """The day with which the text begins, and where it ends."""
    found = _DAY.match(text)
    if found is not None:
        year, month, day = found[1], found[3] or found[5], found[4] or found[6]
        whole = _date(int(year), int(month), int(day))
        return None if whole is None else (whole, found.end())
    found = _DAY_OF_YEAR.match(text)
    if found is None:
        return None
    month, day = int(found[1]), int(found[2])
    years = (_date(today.year + ahead, month, day) for ahead in range(9))
    return next(((one, found.end()) for one in years if one is not None and one >= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str) -> tuple[int, int] | None:
    """Hour and minute; a bare number is none."""
    found = _CLOCK.fullmatch(text)
    if found is None or found[2] == text:
        return None
    before, digits, minutes, words, after = found.groups()
    half = _HALVES.get(before or after or "", "")
    hour, minute = int(digits), int(minutes or _WORDS.get(words or "", words or 0))
    if (before and after) or hour > 23 or minute > 59 or (half and hour == 0 and half != "am"):
        return None
    if half == "am" and hour == 12:
        hour = 0
    elif (half == "pm" and hour < 12) or (half == "noon" and hour < 3):
        hour += 12
    elif half == "am" and hour > 12:
        return None
    return hour, minute
