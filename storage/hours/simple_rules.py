"""Opening hours in OpenStreetMap's syntax, taken apart as far as a sentence can say them: days, dates, hours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from storage.hours.hours_reading import MOST_LETTERS, MOST_RULES

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ALL_DAY = (0, 1_440)

_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)"
_DATE = rf"(?:{'|'.join(MONTHS)})(?: ?\d{{1,2}}(?![\d:]))?"
_DATES = rf"{_DATE}(?: ?- ?(?:{_DATE}|\d{{1,2}}(?![\d:])))?"
_SPAN = r"\d{1,2}:\d\d ?- ?\d{1,2}:\d\d"
_RULE = re.compile(
    rf"(?P<dates>{_DATES}(?:, ?{_DATES})*)?:? ?(?P<days>{_DAY}(?:-{_DAY})?(?:, ?{_DAY}(?:-{_DAY})?)*)?:? ?"
    rf'(?P<spans>24/7|{_SPAN}(?:, ?{_SPAN})*)? ?(?P<state>off|closed|open|unknown)? ?(?:"(?P<comment>[^"]*)")?'
)


class RuleState(Enum):
    OPEN = auto()
    OFF = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class DateRange:
    """From a month and day (0: the month's first or last) to another, each year."""

    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SimpleRule:
    """`days` are numbers from 0 for Monday, none for all. `spans` are minutes of the day; an end beyond 1440, or before
    its begin, is in the next day."""

    dates: Sequence[DateRange]
    days: Sequence[int]
    on_holidays: bool
    spans: Sequence[tuple[int, int]]
    state: RuleState
    comment: str

    @property
    def is_always(self) -> bool:
        """Every day, all day long."""
        return not self.dates and len(self.days) in (0, 7) and self.spans == (ALL_DAY,)


@lru_cache(maxsize=2_048)
def simple_rules(expression: str) -> tuple[SimpleRule, ...] | None:
    """The rules in their order, of which a later one replaces an earlier one on its days; None for what has others."""
    if len(expression) > MOST_LETTERS:
        return None
    parts = re.findall(r'((?:[^;"]|"[^"]*")+)', expression)
    rules = [_rule(part.strip()) for part in parts if part.strip()]
    found = tuple(rule for rule in rules if rule is not None)
    if not rules or len(rules) > MOST_RULES or len(found) < len(rules):
        return None
    return None if any(_is_void(rule, found[at + 1 :]) for at, rule in enumerate(found)) else found


def _is_void(rule: SimpleRule, later: Sequence[SimpleRule]) -> bool:
    """Whether later rules take its days away, so that it would be wrong to say it."""
    days = set(rule.days or range(7))
    is_of_holidays = rule.on_holidays and not rule.days
    return any(
        not other.dates and (is_of_holidays or days <= set(other.days or range(7)))
        for other in later
        if other.days or not other.on_holidays
    )


def _rule(text: str) -> SimpleRule | None:
    found = _RULE.fullmatch(text)
    if found is None:
        return None
    dates, days, spans, state, comment = found.group("dates", "days", "spans", "state", "comment")
    if not (spans or state or comment):
        return None
    names = [part.strip() for part in (days or "").split(",") if part.strip()]
    ranges = [_date_range(part) for part in re.split(r", ?", dates)] if dates else []
    if any("PH" in name and name != "PH" for name in names) or None in ranges:
        return None
    kind = RuleState.OFF if state in ("off", "closed") else RuleState.OPEN
    return SimpleRule(
        dates=tuple(one for one in ranges if one is not None),
        days=tuple(dict.fromkeys(day for name in names if name != "PH" for day in _days(name))),
        on_holidays="PH" in names,
        spans=_spans(spans),
        state=RuleState.UNKNOWN if state == "unknown" or not (spans or state) else kind,
        comment=(comment or "").strip(),
    )


def _days(name: str) -> Sequence[int]:
    """Mo-Fr, and Sa-Mo over the week's end."""
    first, _, last = name.partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [(begin + at) % 7 for at in range((end - begin) % 7 + 1)]


def _spans(text: str | None) -> tuple[tuple[int, int], ...]:
    if text is None:
        return ()
    if text == "24/7":
        return (ALL_DAY,)
    numbers = [list(map(int, re.findall(r"\d+", span))) for span in text.split(",")]
    return tuple((begin * 60 + minute, end * 60 + last) for begin, minute, end, last in numbers)


def _date_range(text: str) -> DateRange | None:
    """May 03-Sep 08, May 3-8, Oct-Apr, Dec 24."""
    first, _, last = (part.strip() for part in text.partition("-"))
    begin = _month_and_day(first)
    if not last:
        return DateRange(begin, begin)
    if last.isdigit():
        return DateRange(begin, (begin[0], int(last))) if begin[1] else None
    end = _month_and_day(last)
    return DateRange(begin, end) if bool(begin[1]) == bool(end[1]) else None


def _month_and_day(text: str) -> tuple[int, int]:
    return MONTHS.index(text[:3]) + 1, int(text[3:] or 0)
