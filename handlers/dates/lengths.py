"""Lengths and times of day as people write them: 2:30, 2小时30分钟, 24 小时、2 小时, "90 min"; 早上9点, 22:00-07:00."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time, timedelta

from handlers.dates.clocks import MINUTES_OF_A_DAY, clock_at, minutes_of, part_at
from handlers.dates.plain import plain

_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")
_LENGTH = re.compile(
    r"(?:(\d{1,3}) ?(?:天|days?|d))? ?(?:(\d{1,3}) ?个?(半)?(?:小时|钟头|hours?|hrs?|h))? ?"
    r"(?:(\d{1,4}) ?(?:分钟?|minutes?|min|m))?"
)
_HALF_AN_HOUR = ("半小时", "半个小时", "half an hour", "half hour")
_BETWEEN = re.compile(r"[,，、;；\n+和]|\band\b")
_LEADING = re.compile(r"^(?:提前|before)|(?:before|前)$")
_TO = re.compile(r" ?(?:-|到|至|\bto\b) ?")


def read_length(text: str) -> timedelta | None:
    """2:30, 2小时30分钟, 90 min, 2天. None for anything else."""
    small = plain(text)
    if small in _HALF_AN_HOUR:
        return timedelta(minutes=30)
    clock = _CLOCK.fullmatch(small)
    if clock is not None:
        return timedelta(hours=int(clock[1]), minutes=int(clock[2]))
    found = _LENGTH.fullmatch(small)
    if found is None or not small:
        return None
    days, hours, half, minutes = found.groups()
    return timedelta(days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0) + (30 if half else 0))


def read_lengths(text: str) -> Sequence[timedelta] | None:
    """Several of them, as in 24 小时、2 小时. None if one can't be read."""
    parts = [_LEADING.sub("", part.strip()).strip() for part in _BETWEEN.split(text[:200])]
    found = [read_length(part) for part in parts if part]
    return [one for one in found if one is not None] if found and None not in found else None


def read_clock(text: str) -> time | None:
    """A time of day. None for anything else."""
    return _clock(plain(text))


def read_clocks(text: str) -> tuple[time, time] | None:
    """From one time of day to another. None for anything else."""
    clocks = [_clock(part) for part in _TO.split(plain(text))]
    if len(clocks) != 2 or clocks[0] is None or clocks[1] is None:
        return None
    return clocks[0], clocks[1]


def _clock(text: str) -> time | None:
    part = part_at(text, 0)
    begins = 0 if part is None else part[1] + (text[part[1] : part[1] + 1] == " ")
    found = clock_at(text, begins)
    if found is None or found[1] != len(text):
        return None
    minutes = minutes_of(found[0], None if part is None else part[0])
    return None if minutes is None else time(minutes % MINUTES_OF_A_DAY // 60, minutes % 60)
