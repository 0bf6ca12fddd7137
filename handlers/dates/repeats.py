"""How often something repeats, as people write it: 每周六, 每月第一个周六, 连续四周, "every other Saturday".

What is read becomes a rule of RFC 5545, which storage keeps; such a rule itself is taken as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from handlers.dates.days import Toward
from handlers.dates.plain import plain
from handlers.dates.reading import WrongWeekday, read
from handlers.dates.weekdays import CHINESE_WEEK, ENGLISH, ENGLISH_DAY, SIGNS

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SIGN = r"(?:[一二三四五六日天]|(?<=[周期拜])[1-7](?!\d))"
_MORE_DAYS = (
    rf"(?: ?[、,和及] ?)?(?:{CHINESE_WEEK}[一二三四五六日天1-7](?!\d)|[一二三四五六日天])|、[1-7](?!\d| ?[次场回号日])"
)
_CHINESE_DAYS = re.compile(rf"{CHINESE_WEEK}? ?({_SIGN}(?:{_MORE_DAYS})*)(?!次|个|[至到-])")
_CHINESE_RANGE = re.compile(rf"{CHINESE_WEEK}? ?({_SIGN}) ?[至到-] ?{CHINESE_WEEK}?({_SIGN})")
_ENGLISH_DAYS = re.compile(ENGLISH_DAY)
_ENGLISH_RANGE = re.compile(rf"{ENGLISH_DAY} ?(?:-|to|through) ?{ENGLISH_DAY}")
_NTH = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "last": -1,
}
_FREQUENCIES = {
    "天": "DAILY",
    "日": "DAILY",
    "周": "WEEKLY",
    "星期": "WEEKLY",
    "礼拜": "WEEKLY",
    "月": "MONTHLY",
    "年": "YEARLY",
}
_ENGLISH_FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_UNIT = "天|日|周|星期|礼拜|月|年"
_ENGLISH_UNIT = "day|week|month|year"
_FILLER = re.compile(
    r"[\s,，、。;；()（）]|的|在|和|1 ?次|一次|举办|办|重复"
    r"|(?:of the month|on|the|of|each|and|a|in|at|for|every(?= (?:first|second|third|fourth|fifth|last) )"
    r"|repeat(?:s|ing)?|starting|once)(?![a-z])"
)


@dataclass(slots=True)
class _Repeat:
    frequency: str = ""
    interval: int = 1
    count: int | None = None
    spans: int | None = None
    """Of "for four weeks": so many periods in a row."""
    until: date | None = None
    days: list[str] = field(default_factory=list)
    month_days: list[int] = field(default_factory=list)


def read_repeat(text: str, now: datetime) -> str | None:
    """The rule that was written; None for anything else."""
    small = plain(text)
    body, until = _without_end(small, now)
    if body is None:
        return None
    repeat = _Repeat(until=until)
    at = 0
    while at < len(body):
        end = _take(repeat, body, at)
        if end is None:
            return None
        at = end
    return _rule(repeat)


_END = re.compile(r"(?:,|，|;|；)? ?(?:一直到|直到|截至|到|至|until|till|up to)(?! ?周)(.{2,30}?)(?:为止|结束|截止)?$")


def _without_end(text: str, now: datetime) -> tuple[str | None, date | None]:
    """The text before its "until", and the last day; no text if that can't be read."""
    found = next((one for one in _END.finditer(text) if _last_day(one[1], now) is not None), None)
    if found is not None:
        return text[: found.start()], _last_day(found[1], now)
    is_cut = re.search(r"直到|截至|until|till", text) is not None
    return (None if is_cut else text), None


def _last_day(text: str, now: datetime) -> date | None:
    try:
        found = read(text, now, Toward.AHEAD)
    except WrongWeekday:
        return None
    return None if found is None or found.clock is not None else found.day


def _take(repeat: _Repeat, text: str, at: int) -> int | None:
    """Reads the words that stand there; where they end, or None for what is not known."""
    for pattern, use in _READERS:
        found = pattern.match(text, at)
        if found is not None and found.end() > at and use(repeat, found):
            return found.end()
    filler = _FILLER.match(text, at)
    return None if filler is None else filler.end()


def _set(repeat: _Repeat, frequency: str, interval: int = 1) -> bool:
    if repeat.frequency not in ("", frequency) or interval < 1:
        return False
    repeat.frequency = frequency
    repeat.interval = max(repeat.interval, interval)
    return True


def _every(repeat: _Repeat, found: re.Match[str]) -> bool:
    """每两周, 每隔一周, 隔周: an interval of one lies between."""
    number = int(found[2] or 1)
    interval = number + 1 if found[1].endswith("隔") else number
    return _set(repeat, _FREQUENCIES[found[3]], interval)


def _english_every(repeat: _Repeat, found: re.Match[str]) -> bool:
    interval = 2 if found[1] in ("other ", "second ") else int(found[2] or 1)
    return _set(repeat, _ENGLISH_FREQUENCIES[found[3]], interval)


def _every_day_of_week(repeat: _Repeat, found: re.Match[str]) -> bool:
    return _set(repeat, "WEEKLY", 2 if found[1] else 1)


def _word(frequency: str, interval: int, *days: str) -> tuple[str, int, tuple[str, ...]]:
    return frequency, interval, days


_WORDS = {
    **dict.fromkeys(("每天", "每日", "天天", "every day", "daily"), _word("DAILY", 1)),
    **dict.fromkeys(("每个工作日", "每工作日", "工作日", "every weekday", "weekdays"), _word("WEEKLY", 1, *DAYS[:5])),
    **dict.fromkeys(("每个周末", "每周末", "周末", "every weekend", "weekends"), _word("WEEKLY", 1, "SA", "SU")),
    **dict.fromkeys(("weekly",), _word("WEEKLY", 1)),
    **dict.fromkeys(("fortnightly", "biweekly", "every fortnight"), _word("WEEKLY", 2)),
    **dict.fromkeys(("monthly",), _word("MONTHLY", 1)),
    **dict.fromkeys(("yearly", "annually"), _word("YEARLY", 1)),
}


def _named(repeat: _Repeat, found: re.Match[str]) -> bool:
    frequency, interval, days = _WORDS[found[0]]
    repeat.days += days
    return _set(repeat, frequency, interval)


def _in_a_row(repeat: _Repeat, found: re.Match[str]) -> bool:
    """连续四周, "four weeks in a row"."""
    number, unit = found[1], found[2]
    repeat.spans = int(number)
    frequency = _FREQUENCIES.get(unit) or _ENGLISH_FREQUENCIES[unit.rstrip("s")]
    return repeat.frequency not in ("",) or _set(repeat, frequency)


def _times(repeat: _Repeat, found: re.Match[str]) -> bool:
    repeat.count = int(next(filter(None, found.groups())))
    return True


def _nth(repeat: _Repeat, found: re.Match[str]) -> bool:
    number = -1 if found[1] else int(found[2])
    sign = found[3]
    repeat.days.append(f"{number}{DAYS[SIGNS[sign]]}")
    return 1 <= abs(number) <= 5 and _set(repeat, "MONTHLY", 1)


def _english_nth(repeat: _Repeat, found: re.Match[str]) -> bool:
    repeat.days.append(f"{_NTH[found[1]]}{DAYS[ENGLISH.index(found[2][:3])]}")
    return _set(repeat, "MONTHLY", 1)


def _month_day(repeat: _Repeat, found: re.Match[str]) -> bool:
    repeat.month_days.append(int(next(filter(None, found.groups()))))
    return 1 <= repeat.month_days[-1] <= 31 and _set(repeat, "MONTHLY")


def _last_of_month(repeat: _Repeat, _found: re.Match[str]) -> bool:
    repeat.month_days.append(-1)
    return _set(repeat, "MONTHLY")


def _chinese_days(repeat: _Repeat, found: re.Match[str]) -> bool:
    repeat.days += [DAYS[SIGNS[sign]] for sign in re.findall("[一二三四五六日天1-7]", found[1])]
    return repeat.frequency in ("", "WEEKLY") and _set(repeat, "WEEKLY")


def _english_days(repeat: _Repeat, found: re.Match[str]) -> bool:
    repeat.days.append(DAYS[ENGLISH.index(found[1][:3])])
    return repeat.frequency in ("", "WEEKLY") and _set(repeat, "WEEKLY")


def _range(repeat: _Repeat, first: int, last: int) -> bool:
    repeat.days += DAYS[first : last + 1]
    return first < last and repeat.frequency in ("", "WEEKLY") and _set(repeat, "WEEKLY")


_READERS = (
    (re.compile("|".join(rf"{word}(?![a-z])" for word in sorted(_WORDS, key=len, reverse=True))), _named),
    (re.compile(rf"(?:连续|连着|连办) ?(\d{{1,3}}) ?个? ?({_UNIT})"), _in_a_row),
    (
        re.compile(rf"(?:for )?(?:the next )?(\d{{1,3}}) ((?:{_ENGLISH_UNIT})s?)(?: in a row| running)?(?![a-z])"),
        _in_a_row,
    ),
    (re.compile(r"(?:一?共|总共) ?(\d{1,3}) ?[次场回]|([2-9]|\d{2,3}) ?[次场回]"), _times),
    (re.compile(r"(\d{1,3}) times?(?: in all)?(?![a-z])"), _times),
    (re.compile(rf"(?:的 ?)?(?:(最后) ?(?:一|1) ?个?|第 ?(\d) ?个?) ?{CHINESE_WEEK} ?({_SIGN})"), _nth),
    (re.compile(rf"({'|'.join(_NTH)}) {ENGLISH_DAY}"), _english_nth),
    (re.compile(r"(?:的 ?)?(?:最后 ?(?:一|1) ?天|月底)|last day(?: of the month)?(?![a-z])"), _last_of_month),
    (re.compile(r"day (\d{1,2})(?!\d)|(\d{1,2}) ?[号日]|(\d{1,2})(?:st|nd|rd|th)(?![a-z])"), _month_day),
    (re.compile(rf"(每隔|每|隔) ?(?:一|(\d{{1,3}}))? ?个? ?({_UNIT})"), _every),
    (re.compile(rf"every (other |second )?(?:(\d{{1,3}}) )?({_ENGLISH_UNIT})s?(?![a-z])"), _english_every),
    (re.compile(rf"every (other |second )?(?={ENGLISH_DAY})"), _every_day_of_week),
    (re.compile(r"每 ?个? ?(?=星期[一二三四五六日天]|礼拜[一二三四五六日天])()"), _every_day_of_week),
    (_CHINESE_RANGE, lambda repeat, found: _range(repeat, SIGNS[found[1]], SIGNS[found[2]])),
    (
        _ENGLISH_RANGE,
        lambda repeat, found: _range(repeat, ENGLISH.index(found[1][:3]), ENGLISH.index(found[2][:3])),
    ),
    (_CHINESE_DAYS, _chinese_days),
    (_ENGLISH_DAYS, _english_days),
)


def _rule(repeat: _Repeat) -> str | None:
    if not repeat.frequency or (repeat.days and repeat.month_days):
        return None
    days = list(dict.fromkeys(repeat.days))
    is_counted = any(day[0] in "-12345" for day in days)
    if is_counted and not all(day[0] in "-12345" for day in days):
        return None
    parts = [f"FREQ={repeat.frequency}"]
    if repeat.interval > 1:
        parts.append(f"INTERVAL={repeat.interval}")
    if days:
        parts.append("BYDAY=" + ",".join(days if is_counted else sorted(days, key=DAYS.index)))
    if repeat.month_days:
        parts.append("BYMONTHDAY=" + ",".join(map(str, dict.fromkeys(repeat.month_days))))
    count = repeat.count if repeat.count is not None else _counted(repeat, len(days) or 1)
    if count is not None and repeat.until is not None:
        return None
    if count is not None:
        parts.append(f"COUNT={count}")
    if repeat.until is not None:
        parts.append(f"UNTIL={repeat.until:%Y%m%d}")
    return ";".join(parts)


def _counted(repeat: _Repeat, days: int) -> int | None:
    """How many occurrences "for four weeks" are."""
    return None if repeat.spans is None else repeat.spans * days
