"""Rules of recurrence: the part of RFC 5545 (3.3.10) that activities need, by a small grammar, in bounded steps.

A rule is typed by a person, so nothing in it may cost more than looking at some thousands of days. Libraries for the
whole of RFC 5545 look for the next date until the year 9999, or for ever (`INTERVAL=0`).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from storage.refusals import Refused

LONGEST = 200
MOST_INTERVAL, MOST_COUNT = 400, 1_000
MOST_DAYS = 20_000
"""So many days are looked at for one question, at most."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PARTS = frozenset(("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"))


class BadRule(Refused):
    """The rule is not one of this grammar."""


class NoDates(Refused):
    """The rule has no date within the time for which it is laid out."""


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """An empty set means that the part is not there. A weekday is (0 for Monday, n): the n-th of the month or year,
    from its end if negative, every one if 0. `until` is wall-clock time if it has no zone."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: frozenset[tuple[int, int]] = frozenset()
    positions: frozenset[int] = frozenset()
    week_start: int = 0


def read(text: str) -> Rule:
    """Reads `FREQ=WEEKLY;BYDAY=SA;COUNT=10`.

    Raises:
        BadRule: see the class.
    """
    parts = _parts(text)
    try:
        frequency = Frequency(parts["FREQ"])
    except (KeyError, ValueError):
        raise BadRule from None
    rule = Rule(
        frequency,
        interval=_number(parts.get("INTERVAL", "1"), 1, MOST_INTERVAL),
        count=_number(parts["COUNT"], 1, MOST_COUNT) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        months=_numbers(parts, "BYMONTH", 1, 12, signed=False),
        month_days=_numbers(parts, "BYMONTHDAY", 1, 31),
        weekdays=_weekdays(parts, frequency),
        positions=_numbers(parts, "BYSETPOS", 1, 366),
        week_start=_day(parts.get("WKST", "MO")),
    )
    _check_together(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    if len(text) > LONGEST:
        raise BadRule
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS or name in found:
            raise BadRule
        found[name] = value
    return found


def _check_together(rule: Rule) -> None:
    """What RFC 5545 forbids: days of the month in weeks, positions among nothing."""
    if rule.month_days and rule.frequency is Frequency.WEEKLY:
        raise BadRule
    if rule.positions and not (rule.months or rule.month_days or rule.weekdays):
        raise BadRule


def _number(text: str, minimum: int, maximum: int, *, signed: bool = False) -> int:
    """`signed`: also from -maximum to -minimum."""
    if not re.fullmatch(r"[+-]?[0-9]{1,4}" if signed else r"[0-9]{1,4}", text):
        raise BadRule
    if not minimum <= abs(int(text)) <= maximum:
        raise BadRule
    return int(text)


def _numbers(parts: dict[str, str], name: str, minimum: int, maximum: int, *, signed: bool = True) -> frozenset[int]:
    if name not in parts:
        return frozenset()
    return frozenset(_number(one, minimum, maximum, signed=signed) for one in parts[name].split(","))


def _day(text: str) -> int:
    if text not in _DAYS:
        raise BadRule
    return _DAYS.index(text)


def _weekdays(parts: dict[str, str], frequency: Frequency) -> frozenset[tuple[int, int]]:
    """Counted ones (`2SA`, `-1FR`) only where there is a month or a year to count in."""
    if "BYDAY" not in parts:
        return frozenset()
    is_yearly = frequency is Frequency.YEARLY and "BYMONTH" not in parts
    maximum = 53 if is_yearly else 5 if frequency in (Frequency.MONTHLY, Frequency.YEARLY) else 0
    days = ((_day(one[-2:]), one[:-2]) for one in parts["BYDAY"].split(","))
    return frozenset((day, _number(nth, 1, maximum, signed=True) if nth else 0) for day, nth in days)


def _until(text: str) -> datetime:
    """A day counts to its end; a Z means UTC."""
    found = re.fullmatch(r"(?:19|20|21)[0-9]{6}(T[0-9]{6}(Z?))?", text)
    if found is None:
        raise BadRule
    try:
        if not found[1]:
            return datetime.combine(datetime.strptime(text, "%Y%m%d").date(), time.max)  # noqa: DTZ007 (a wall clock)
        moment = datetime.strptime(text[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise BadRule from None
    return moment.replace(tzinfo=UTC) if found[2] else moment


def moments(rule: Rule, first: datetime, after: date, last: date, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments of a rule up to the day `last`, by the wall clock of `first` (without a zone), in order.

    Those before the day `after` may be left out. Ends after MOST_DAYS days, whatever the rule.
    """
    rule = _completed(rule, first.date())
    number = 0
    for days in periods(rule, first.date(), after, last):
        for day in _chosen(rule, days):
            at = datetime.combine(day, first.time())
            if at < first or day > last:
                continue
            number += 1
            if _is_past(rule, at, number, zone):
                return
            yield at


def _completed(rule: Rule, first: date) -> Rule:
    """What the rule leaves open is as on its first day."""
    if rule.month_days or rule.weekdays:
        return rule
    if rule.frequency is Frequency.WEEKLY:
        return replace(rule, weekdays=frozenset({(first.weekday(), 0)}))
    if rule.frequency is Frequency.DAILY:
        return rule
    is_bare = rule.frequency is Frequency.YEARLY and not rule.months
    months = frozenset({first.month}) if is_bare else rule.months
    return replace(rule, months=months, month_days=frozenset({first.day}))


def _is_past(rule: Rule, at: datetime, number: int, zone: ZoneInfo) -> bool:
    if rule.count is not None and number > rule.count:
        return True
    if rule.until is None:
        return False
    return (at.replace(tzinfo=zone) if rule.until.tzinfo else at) > rule.until


def periods(rule: Rule, first: date, after: date, last: date) -> Iterator[Sequence[date]]:
    """The days of each day, week, month or year that the rule looks at, up to `last`; MOST_DAYS in all.

    A rule that counts begins at its first day, another one shortly before `after`.
    """
    looked_at = 0
    step, at = _position(rule, first)
    if rule.count is None:
        step += max(0, (_position(rule, after)[0] - step) // rule.interval) * rule.interval
    while True:
        days = _days_of(rule, step, at)
        looked_at += len(days)
        if not days or days[0] > last or looked_at > MOST_DAYS:
            return
        yield days
        step += rule.interval


def _position(rule: Rule, day: date) -> tuple[int, int]:
    """The number of the day's period, counted from some beginning; and how far into a week that beginning lies."""
    match rule.frequency:
        case Frequency.DAILY:
            return day.toordinal(), 0
        case Frequency.WEEKLY:
            offset = rule.week_start
            return (day.toordinal() - 1 - offset) // 7, offset
        case Frequency.MONTHLY:
            return day.year * 12 + day.month - 1, 0
        case Frequency.YEARLY:
            return day.year, 0


def _days_of(rule: Rule, step: int, offset: int) -> Sequence[date]:
    """Empty beyond the calendar's end."""
    match rule.frequency:
        case Frequency.DAILY:
            return _days(step, 1)
        case Frequency.WEEKLY:
            return _days(step * 7 + 1 + offset, 7)
        case Frequency.MONTHLY if step // 12 <= date.max.year:
            start = date(step // 12, step % 12 + 1, 1)
            return _days(start.toordinal(), _length_of_month(start))
        case Frequency.YEARLY if step <= date.max.year:
            return _days(date(step, 1, 1).toordinal(), 365 + calendar.isleap(step))
        case _:
            return ()


def _days(start: int, length: int) -> Sequence[date]:
    ends = min(start + length, date.max.toordinal() + 1)
    return [date.fromordinal(one) for one in range(max(start, 1), ends)]


def _chosen(rule: Rule, days: Sequence[date]) -> Sequence[date]:
    found = [day for day in days if _fits(rule, day)]
    if not rule.positions:
        return found
    places = {place - 1 if place > 0 else len(found) + place for place in rule.positions}
    return [day for at, day in enumerate(found) if at in places]


def _fits(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and rule.month_days.isdisjoint((day.day, day.day - _length_of_month(day) - 1)):
        return False
    return not rule.weekdays or any(_is_weekday(rule, day, *one) for one in rule.weekdays)


def _is_weekday(rule: Rule, day: date, weekday: int, nth: int) -> bool:
    if day.weekday() != weekday or not nth:
        return day.weekday() == weekday
    if rule.frequency is Frequency.YEARLY and not rule.months:
        at, length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
    else:
        at, length = day.day, _length_of_month(day)
    return nth in ((at - 1) // 7 + 1, -((length - at) // 7 + 1))


def _length_of_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def occurrences(rule: str, first: datetime, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments of a rule in (after, until]; the clock on the wall stays the same over daylight saving.

    Raises:
        BadRule: see the class; at once, not at the first moment.
    """
    found = read(rule)
    local = first.astimezone(zone).replace(tzinfo=None)
    from_day, last = (moment.astimezone(zone).date() for moment in (after - timedelta(days=1), until))
    aware = (at.replace(tzinfo=zone) for at in moments(found, local, from_day, last, zone))
    return (at for at in aware if after < at <= until)
