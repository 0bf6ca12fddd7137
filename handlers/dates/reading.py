"""Days and moments as people write them: 下周六晚上七点, 11月28日 19:00, 上周三, "next Saturday 7 pm".

The text is read word by word, in a fixed number of patterns at each of at most LONGEST places; a single word that is
not known leaves the whole unread. What is open is decided by where the answer must lie: a day without a year is the
next or the last such day, and "7 o'clock" for something to come is in the evening.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.dates.clocks import (
    MINUTES_OF_A_DAY,
    Clock,
    Part,
    clock_at,
    dotted_clock_at,
    is_either_half,
    minutes_of,
    part_at,
)
from handlers.dates.days import Day, Toward, day_at, exactly
from handlers.dates.plain import plain
from handlers.dates.weekdays import Weekday, weekday_at

_FILLER = re.compile(
    r"[\s,，、。;；:：()（）.]|t(?=\d)|的|在|是|于|大概|大约|差不多|左右|开始|那天|当天|(?:on|the|of|at|about|around|from|by|until|till)(?![a-z])"
)
_HOURS_AWAY = re.compile(
    r"(?:(\d{1,3}) ?个?(半)?(?:小时|钟头)|(半)个?(?:小时|钟头)|(\d{1,4}) ?分钟)(?:以?后|之后)"
    r"|in (?:(\d{1,3}|an?) hours?|(half an hour)|(\d{1,4}) min(?:ute)?s?)(?![a-z])"
)
_HOUR = re.compile(r"\d{1,2}")
_USUALLY_EVENING = 7
"""Up to this hour, an open time of something to come is in the second half of the day."""


class WrongWeekday(ValueError):
    """The date and the weekday that were written are not of one day; `day` is the date's."""

    def __init__(self, day: date) -> None:
        super().__init__()
        self.day = day


@dataclass(frozen=True, slots=True)
class Understood:
    """A day, and the time on it if one was written."""

    day: date
    clock: time | None

    def at(self, zone: ZoneInfo) -> datetime | None:
        """The moment, if there is a time."""
        return None if self.clock is None else moment_of(self.day, self.clock, zone)


@dataclass(slots=True)
class _Phrase:
    day: Day | None = None
    weekday: Weekday | None = None
    part: Part | None = None
    clock: Clock | None = None
    away: timedelta | None = None


def moment_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment at which clocks on the wall show this. In the hour that summer time leaves out it is as much later;
    of the hour that comes twice it is the first."""
    return datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)


def read(text: str, now: datetime, toward: Toward, on: date | None = None) -> Understood | None:
    """What was written, seen from `now` in its zone; None for anything else.

    `on` is the day that a time without a day belongs to, which may be the hour alone; without it, the nearest in the
    direction.

    Raises:
        WrongWeekday: see the class.
    """
    small = plain(text)
    phrase = _phrase(f"{small}点" if on is not None and _HOUR.fullmatch(small) else small)
    if phrase is None:
        return None
    if phrase.away is not None:
        return _away(phrase, now, toward)
    minutes = None if phrase.clock is None else minutes_of(phrase.clock, phrase.part)
    if phrase.clock is not None and minutes is None:
        return None
    day = _day_of(phrase, on)
    if day is None:
        return None
    try:
        return _nearest(phrase, day, minutes, now, toward)
    except OverflowError:
        return None


def _phrase(text: str) -> _Phrase | None:
    phrase, at = _Phrase(), 0
    while at < len(text):
        end = _take(phrase, text, at)
        if end is None:
            return None
        at = end
    return phrase


def _take(phrase: _Phrase, text: str, at: int) -> int | None:
    """Reads the word that stands there; where it ends, or None for one that is not known or comes twice."""
    for name, value, end in _words(phrase, text, at):
        if getattr(phrase, name) is None:
            setattr(phrase, name, value)
            return _with_part(phrase, text, at, end)
    filler = _FILLER.match(text, at)
    return None if filler is None else filler.end()


def _words(phrase: _Phrase, text: str, at: int) -> Iterator[tuple[str, object, int]]:
    away = _HOURS_AWAY.match(text, at)
    if away is not None:
        yield "away", _length(away), away.end()
    if phrase.day is not None or phrase.weekday is not None:
        clock = dotted_clock_at(text, at)
        if clock is not None:
            yield "clock", *clock
    for name, read_at in (("day", day_at), ("weekday", weekday_at), ("clock", clock_at), ("part", part_at)):
        found = read_at(text, at)
        if found is not None:
            yield name, *found


def _with_part(phrase: _Phrase, text: str, at: int, end: int) -> int:
    """ "tonight" is a day and a part of it."""
    if text[at:end] in ("tonight", "last night") and phrase.part is None:
        phrase.part = Part.EVENING
    return end


def _length(found: re.Match[str]) -> timedelta:
    hours, half, half_alone, minutes, english, english_half, english_minutes = found.groups()
    whole = 1 if english in ("a", "an") else int(hours or english or 0)
    halves = 30 if half or half_alone or english_half else 0
    return timedelta(hours=whole, minutes=halves + int(minutes or english_minutes or 0))


def _away(phrase: _Phrase, now: datetime, toward: Toward) -> Understood | None:
    is_alone = phrase.day is None and phrase.weekday is None and phrase.clock is None and phrase.part is None
    if phrase.away is None or not is_alone or toward is Toward.BACK:
        return None
    at = (now.astimezone(UTC) + phrase.away).astimezone(now.tzinfo)
    return Understood(at.date(), at.time().replace(second=0, microsecond=0))


def _day_of(phrase: _Phrase, on: date | None) -> Day | None:
    if phrase.day is not None:
        return phrase.day
    if phrase.weekday is not None:
        return phrase.weekday.as_day()
    if phrase.clock is None:
        return None
    return exactly(lambda _today: on) if on is not None else Day(_today_or_next)


def _today_or_next(today: date, toward: Toward) -> list[date]:
    return [today, today + timedelta(days=1 if toward is Toward.AHEAD else -1)]


def _nearest(phrase: _Phrase, day: Day, minutes: int | None, now: datetime, toward: Toward) -> Understood | None:
    candidates = day.candidates(now.date(), toward)
    if not candidates:
        return None
    readings = [
        _understood(one, at) for one in candidates for at in _times(phrase, minutes, toward, is_exact=day.is_exact)
    ]
    lies_right = (one for one in readings if _lies(one, now, toward))
    found = next(lies_right, readings[0])
    if phrase.day is not None and phrase.weekday is not None:
        _require_weekday(found, minutes, phrase.weekday)
    return found


def _times(phrase: _Phrase, minutes: int | None, toward: Toward, *, is_exact: bool) -> list[int | None]:
    """What the time may mean, the likeliest first."""
    if minutes is None or phrase.clock is None or toward is Toward.BACK:
        return [minutes]
    if not is_either_half(phrase.clock, phrase.part):
        return [minutes]
    first = minutes % (MINUTES_OF_A_DAY // 2) + (MINUTES_OF_A_DAY // 2)
    if phrase.clock.hour == 12:
        return [minutes]
    likely, other = (first, minutes) if phrase.clock.hour <= _USUALLY_EVENING else (minutes, first)
    return [likely, other] if is_exact else [likely]


def _understood(day: date, minutes: int | None) -> Understood:
    if minutes is None:
        return Understood(day, None)
    later, within = divmod(minutes, MINUTES_OF_A_DAY)
    return Understood(day + timedelta(days=later), time(within // 60, within % 60))


def _lies(one: Understood, now: datetime, toward: Toward) -> bool:
    if one.clock is None or not isinstance(now.tzinfo, ZoneInfo):
        return one.day >= now.date() if toward is Toward.AHEAD else one.day <= now.date()
    at = moment_of(one.day, one.clock, now.tzinfo)
    return at > now if toward is Toward.AHEAD else at <= now


def _require_weekday(found: Understood, minutes: int | None, weekday: Weekday) -> None:
    """Raises WrongWeekday: see the class."""
    day = found.day - timedelta(days=(minutes or 0) // MINUTES_OF_A_DAY)
    if day.weekday() != weekday.number:
        raise WrongWeekday(day)
