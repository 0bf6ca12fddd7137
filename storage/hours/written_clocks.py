"""The hours of a day as people write them: 8:00-12:00, 早8点到晚10点, "9 am to 5 pm"."""

from __future__ import annotations

import re

TO = r" ?(?:-|至|到|to|until|till) ?"
HALF = "次日|第二天|翌日|凌晨|清晨|早晨|早上|早|朝|上午|中午|正午|午后|下午|傍晚|晚上|晚间|晚|夜里|夜间|夜"
CLOCK = rf"(?:{HALF})? ?\d{{1,2}}(?:[:.]\d\d|(?:点钟|[点时])(?:半|\d{{1,2}}分?)?)? ?(?:[ap]\.?m\.?)?"
_SHORT = re.compile(r"[早朝](\d{1,2})点?(?:-|至|到)?晚(\d{1,2})点?")
"""早八晚十: to the full hour, in the morning and in the evening."""
SPAN = rf"[早朝]\d{{1,2}}晚\d{{1,2}}|{CLOCK}{TO}{CLOCK}"

_MINUTE = r"[:.](\d\d)|(?:点钟|[点时])(半|\d{1,2})?分?"
_PARTS = re.compile(rf"({HALF})? ?(\d{{1,2}})(?:{_MINUTE})? ?([ap])?", re.IGNORECASE)
_EVENING = ("下午", "午后", "傍晚", "晚上", "晚间", "晚")
_NIGHT = ("晚上", "晚间", "晚", "夜里", "夜间", "夜")
_NOON = ("中午", "正午")


def span(words: str) -> str | None:
    """As 08:00-12:00; None if it is none, or may be something else."""
    short = _SHORT.fullmatch(words)
    if short is not None and int(short[1]) <= 12 and 1 <= int(short[2]) <= 12:
        return f"{int(short[1]):02d}:00-{int(short[2]) + 12:02d}:00"
    clocks = re.split(TO, words, maxsplit=1, flags=re.IGNORECASE)
    first, last = (_PARTS.match(clock.strip()) for clock in clocks)
    if first is None or last is None or not (_is_marked(first) or _is_marked(last)):
        return None
    begin, end = _minutes(first), _minutes(last)
    if begin is None or end is None:
        return None
    begin %= 1_440
    if end < begin and not _has_half(last):
        if begin >= 720 and _has_half(first) and begin < end + 720 < 1_440:
            end += 720  # "下午2点-5点"
        elif begin < 720 and _has_half(first):
            return None
    end = end or 1_440
    return f"{begin // 60:02d}:{begin % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def _is_marked(clock: re.Match[str]) -> bool:
    """Whether it is surely a time: "9-17" alone may be anything."""
    return clock[0].strip() != clock[2]


def _has_half(clock: re.Match[str]) -> bool:
    return bool(clock[1] or clock[5])


def _minutes(clock: re.Match[str]) -> int | None:
    half, hour, minute = clock[1] or "", int(clock[2]), clock[3] or clock[4] or "0"
    minutes = 30 if minute == "半" else int(minute)
    american = (clock[5] or "").lower()
    if minutes > 59 or hour > 24 or (american and not 1 <= hour <= 12):
        return None
    if american:
        hour = hour % 12 + (12 if american == "p" else 0)
    elif (half in _EVENING and hour < 12) or (half in _NOON and hour < 3):
        hour += 12
    elif half in _NIGHT and hour == 12:
        hour = 24
    elif half == "凌晨" and hour == 12:
        hour = 0
    return hour * 60 + minutes
