"""The day in what was typed: 下周六, 11月28日, 明天, "next Saturday", "3 days ago"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto


class Toward(Enum):
    """Where what is asked for lies, which decides between several readings."""

    AHEAD = auto()
    BACK = auto()


Candidates = Callable[[date, Toward], Sequence[date]]
"""The days that are meant, the likeliest first, seen from today; none for a day that there is not."""


@dataclass(frozen=True, slots=True)
class Day:
    """`is_exact`: there is only one such day, even if a time on it has passed."""

    candidates: Candidates
    is_exact: bool = False


YEARS = 9
"""29 February comes back within so many."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)\\.?(?![a-z])"
)
_NTH = r"(\d{1,2})(?:st|nd|rd|th)?(?![\d:a-z])"
_WORDS = {
    **dict.fromkeys(("今天", "今日", "今儿", "today"), 0),
    **dict.fromkeys(("明天", "明日", "明儿", "tomorrow", "tmrw", "tmr"), 1),
    **dict.fromkeys(("后天", "後天", "the day after tomorrow", "day after tomorrow"), 2),
    "大后天": 3,
    **dict.fromkeys(("昨天", "昨日", "昨儿", "yesterday"), -1),
    **dict.fromkeys(("前天", "the day before yesterday", "day before yesterday"), -2),
    "大前天": -3,
}
_SHORT = {"今": 0, "明": 1, "昨": -1, "this ": 0, "tonight": 0, "last night": -1}
"""With a part of the day: 今晚, 明早, "last night"."""
_YEARS = {"今年": 0, "明年": 1, "后年": 2, "去年": -1, "前年": -2}
_MONTHS_AWAY = {"本月": 0, "这个月": 0, "这月": 0, "下个月": 1, "下月": 1, "上个月": -1, "上月": -1}
_UNITS = {"天": 1, "日": 1, "day": 1, "周": 7, "星期": 7, "礼拜": 7, "week": 7}


def day_at(text: str, at: int) -> tuple[Day, int] | None:
    """The day that stands there, and where it ends."""
    for pattern, read in _READERS:
        found = pattern.match(text, at)
        day = None if found is None else read(found)
        if found is not None and day is not None:
            return day, found.end()
    return None


def exactly(day: Callable[[date], date | None]) -> Day:
    """A day that is counted from today."""

    def candidates(today: date, _toward: Toward) -> Sequence[date]:
        found = day(today)
        return () if found is None else (found,)

    return Day(candidates, is_exact=True)


def real(year: int, month: int, day: int) -> date | None:
    """None for a date that there is not."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full(year: str, month: str, day: str) -> Day:
    return exactly(lambda _today: real(int(year), int(month), int(day)))


def _yearly(month: int, day: int) -> Day | None:
    """A day of every year: the nearest in the direction that is asked for."""
    if real(2028, month, day) is None:
        return None

    def candidates(today: date, toward: Toward) -> Sequence[date]:
        step = 1 if toward is Toward.AHEAD else -1
        found = [real(today.year + step * away, month, day) for away in range(YEARS)]
        return _in_direction((one for one in found if one is not None), today, toward)

    return Day(candidates)


def _monthly(day: int) -> Day | None:
    """A day of every month."""
    if not 1 <= day <= 31:
        return None

    def candidates(today: date, toward: Toward) -> Sequence[date]:
        step = 1 if toward is Toward.AHEAD else -1
        found = [real(*month_away(today, step * away), day) for away in range(4)]
        return _in_direction((one for one in found if one is not None), today, toward)

    return Day(candidates)


def _in_direction(days: Iterator[date], today: date, toward: Toward) -> Sequence[date]:
    return [day for day in days if (day >= today if toward is Toward.AHEAD else day <= today)]


def month_away(today: date, months: int) -> tuple[int, int]:
    """Year and month, so many months from today's."""
    at = today.year * 12 + today.month - 1 + months
    return at // 12, at % 12 + 1


def _month_and_day(found: re.Match[str]) -> Day | None:
    """11-28, 11/28, 11.28; 28/11 where it can't be otherwise."""
    first, second = int(found[1]), int(found[3])
    month, day = (second, first) if first > 12 else (first, second)
    return _yearly(month, day)


def _chinese_month_and_day(found: re.Match[str]) -> Day | None:
    if found[1] is None:
        return _yearly(int(found[2]), int(found[3]))
    return exactly(lambda today: real(today.year + _YEARS[found[1]], int(found[2]), int(found[3])))


def _american(found: re.Match[str]) -> Day | None:
    """11/28/2026; 28.11.2026, and 28/11/2026 where it can't be otherwise."""
    first, second = int(found[1]), int(found[3])
    is_day_first = found[2] == "." or first > 12
    month, day = (second, first) if is_day_first else (first, second)
    return exactly(lambda _today: real(int(found[4]), month, day))


def _english(month: str, day: str, year: str | None) -> Day | None:
    number = _MONTHS.index(month[:3]) + 1
    return _full(year, str(number), day) if year else _yearly(number, int(day))


def _month_end(found: re.Match[str]) -> Day:
    away = _MONTHS_AWAY.get(found[1] or "本月", 0)

    def last(today: date) -> date | None:
        year, month = month_away(today, away)
        return real(year, month, monthrange(year, month)[1])

    return exactly(last)


def _away(count: str, unit: str, sign: int) -> Day | None:
    number = 1 if count in ("a", "an") else int(count)
    unit = unit.rstrip("s")
    if unit in _UNITS:
        return exactly(lambda today: _moved(today, sign * number * _UNITS[unit]))
    months = number * (12 if unit in ("年", "year") else 1)
    return exactly(lambda today: _months_moved(today, sign * months))


def _moved(today: date, days: int) -> date | None:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def _months_moved(today: date, months: int) -> date | None:
    """The same day of another month, or that month's last one."""
    year, month = month_away(today, months)
    if not date.min.year <= year <= date.max.year:
        return None
    return real(year, month, min(today.day, monthrange(year, month)[1]))


def _sign(word: str) -> int:
    return 1 if "后" in word or "from now" in word or "later" in word else -1


_YEAR = r"(?:,? ?(\d{4})(?![\d:]))?"
_COUNT = r"(\d{1,3}|an?)"
_READERS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], Day | None]]] = (
    (re.compile(r"(\d{4}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})(?!\d)"), lambda f: _full(f[1], f[3], f[4])),
    (re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?"), lambda f: _full(f[1], f[2], f[3])),
    (re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)"), _american),
    (
        re.compile(rf"({'|'.join(_YEARS)})? ?(\d{{1,2}}) ?月 ?(\d{{1,2}}) ?(?:[日号]|(?![\d点时:]))"),
        _chinese_month_and_day,
    ),
    (re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?![\d:点时/.-])(?! ?(?:am|pm)(?![a-z]))"), _month_and_day),
    (re.compile(rf"{_MONTH} ?{_NTH}{_YEAR}"), lambda f: _english(f[1], f[2], f[3])),
    (re.compile(rf"{_NTH} ?(?:of )?{_MONTH}{_YEAR}"), lambda f: _english(f[2], f[1], f[3])),
    (
        re.compile(rf"({'|'.join(_MONTHS_AWAY)}) ?(?:的 ?)?(\d{{1,2}}) ?[日号]"),
        lambda f: exactly(lambda today: real(*month_away(today, _MONTHS_AWAY[f[1]]), int(f[2]))),
    ),
    (re.compile(rf"({'|'.join(_MONTHS_AWAY)})?月?底"), _month_end),
    (re.compile(r"(?:今年)?年底"), lambda _f: exactly(lambda today: real(today.year, 12, 31))),
    (
        re.compile(rf"{_COUNT} ?个?(天|日|周|星期|礼拜|月|年)(以?后|之后|以?前|之前)"),
        lambda f: _away(f[1], f[2], _sign(f[3])),
    ),
    (re.compile(rf"in {_COUNT} (days?|weeks?|months?|years?)(?![a-z])"), lambda f: _away(f[1], f[2], 1)),
    (
        re.compile(rf"{_COUNT} (days?|weeks?|months?|years?) (ago|from now|later)"),
        lambda f: _away(f[1], f[2], _sign(f[3])),
    ),
    (
        re.compile(rf"({'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![a-z])"),
        lambda f: exactly(lambda today: _moved(today, _WORDS[f[1]])),
    ),
    (
        re.compile(r"(今|明|昨)(?=早|晚|夜)|(this )(?=morning|afternoon|evening)|(tonight|last night)(?![a-z])"),
        lambda f: exactly(lambda today: _moved(today, _SHORT[f[0]])),
    ),
    (
        re.compile(r"(\d{1,2}) ?[日号]|(?:the )?(\d{1,2})(?:st|nd|rd|th)(?![a-z])"),
        lambda f: _monthly(int(f[1] or f[2])),
    ),
)
