"""The time of day in what was typed: 19:00, 晚上七点半, "quarter past 7", 下午."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

MINUTES_OF_A_DAY = 24 * 60


class Part(Enum):
    """A part of the day."""

    NIGHT = auto()
    MORNING = auto()
    NOON = auto()
    AFTERNOON = auto()
    EVENING = auto()


_PARTS = {
    "凌晨": Part.NIGHT,
    **dict.fromkeys(("早上", "早晨", "清晨", "清早", "大清早", "上午", "早", "am", "morning"), Part.MORNING),
    **dict.fromkeys(("中午", "正午"), Part.NOON),
    **dict.fromkeys(("下午", "午后", "傍晚", "pm", "afternoon"), Part.AFTERNOON),
    **dict.fromkeys(("晚上", "晚间", "夜里", "夜间", "深夜", "半夜", "晚", "夜", "evening", "night"), Part.EVENING),
}
_NAMES = "|".join(sorted(_PARTS, key=len, reverse=True))
PART = re.compile(rf"(?:in the |this |at (?=night))?({_NAMES})(?![a-z])")

_DIGITAL = re.compile(r"(\d{1,2}):(\d{2})(?::00)?(?!\d|:) ?(am|pm)?(?![a-z])")
_DOTTED = re.compile(r"(\d{1,2})\.([0-5]\d)(?![\d.]) ?(am|pm)?(?![a-z])")
_SPOKEN = re.compile(r"(\d{1,2}) ?(?:点钟|点整|[点时]) ?(?:(半)|([13])刻|(\d{1,2}) ?分?(?![\d点月日号天]))?")
_AMERICAN = re.compile(r"(\d{1,2}) ?(?:(am|pm)|o'?clock(?: (am|pm))?)(?![a-z])")
_PAST = re.compile(r"(half past|quarter past|quarter to) (\d{1,2})(?!\d|:) ?(am|pm)?(?![a-z])")
_AT = re.compile(r"(?:at|@) ?(\d{1,2})(?![\d:.点时年月日号/-])(?! ?(?:am|pm|o'?clock)(?![a-z]))")
_IN_THE = re.compile(r"(\d{1,2})(?= (?:in the|at night))")
_NAMED = re.compile(r"(noon|midnight)(?![a-z])")
_AFTER = {"half past": 30, "quarter past": 15, "quarter to": -15}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as it was said. `is_open`: it may be of either half of the day, as in "at 7"."""

    hour: int
    minute: int
    part: Part | None = None
    is_open: bool = False


def clock_at(text: str, at: int) -> tuple[Clock, int] | None:
    """The time that stands there, and where it ends."""
    for pattern, read in _READERS:
        found = pattern.match(text, at)
        if found is not None:
            return read(found), found.end()
    return None


def dotted_clock_at(text: str, at: int) -> tuple[Clock, int] | None:
    """The same for 19.30, which is a day unless one was named."""
    found = _DOTTED.match(text, at)
    return None if found is None else (_digital(found), found.end())


def _digital(found: re.Match[str]) -> Clock:
    return Clock(int(found[1]), int(found[2]), _PARTS.get(found[3] or ""))


def _spoken(found: re.Match[str]) -> Clock:
    minute = 30 if found[2] else int(found[3] or 0) * 15 + int(found[4] or 0)
    return Clock(int(found[1]), minute, is_open=True)


def _american(found: re.Match[str]) -> Clock:
    return Clock(int(found[1]), 0, _PARTS.get(found[2] or found[3] or ""), is_open=True)


def _past(found: re.Match[str]) -> Clock:
    minutes = int(found[2]) * 60 + _AFTER[found[1]]
    return Clock(minutes // 60, minutes % 60, _PARTS.get(found[3] or ""), is_open=True)


_READERS = (
    (_DIGITAL, _digital),
    (_SPOKEN, _spoken),
    (_AMERICAN, _american),
    (_PAST, _past),
    (_AT, lambda found: Clock(int(found[1]), 0, is_open=True)),
    (_IN_THE, lambda found: Clock(int(found[1]), 0, is_open=True)),
    (_NAMED, lambda found: Clock(12, 0, Part.NOON if found[1] == "noon" else Part.EVENING)),
)


def part_at(text: str, at: int) -> tuple[Part, int] | None:
    """The part of the day that stands there, and where it ends."""
    found = PART.match(text, at)
    return None if found is None else (_PARTS[found[1]], found.end())


_FITTING = {
    Part.MORNING: (Part.MORNING, Part.NIGHT),
    Part.AFTERNOON: (Part.NOON, Part.AFTERNOON, Part.EVENING),
    Part.EVENING: (Part.EVENING,),
    Part.NOON: (Part.NOON,),
}
"""What may be said beside "am", "pm", "midnight" and "noon"."""


def minutes_of(clock: Clock, part: Part | None) -> int | None:
    """Minutes since midnight, beyond the day's end for the small hours of an evening; None for no time of day."""
    if clock.part is not None and part is not None and part not in _FITTING.get(clock.part, ()):
        return None
    hour, said = clock.hour, clock.part or part
    if clock.minute > 59 or hour > 24 or (hour == 24 and clock.minute):
        return None
    in_half = _in_part(hour, said)
    return None if in_half is None else in_half * 60 + clock.minute


def _in_part(hour: int, part: Part | None) -> int | None:
    """The hour of 24 that is meant."""
    match part:
        case None:
            return hour
        case Part.NIGHT | Part.MORNING:
            return hour % 12 if hour <= 12 else None
        case Part.NOON:
            return {1: 13, 2: 14}.get(hour, hour if 11 <= hour <= 14 else None)
        case Part.AFTERNOON:
            return _second_half(hour) if hour else None
        case Part.EVENING:
            # Twelve at night and the hours after it belong to the evening that was named.
            return 24 + hour % 12 if hour < 5 or hour == 12 else _second_half(hour)


def _second_half(hour: int) -> int:
    return hour if hour >= 12 else hour + 12


def is_either_half(clock: Clock, part: Part | None) -> bool:
    """Whether it may be morning or evening."""
    return clock.is_open and clock.part is None and part is None and 1 <= clock.hour <= 12
