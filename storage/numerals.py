"""Numbers in words, as digits."""

from __future__ import annotations

import re

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SIGNS = "".join(_DIGITS) + "十"
_COUNTED = re.compile(
    rf"(?<=第)[{_SIGNS}]{{1,3}}"
    rf"|(?<![周期拜{_SIGNS}])[{_SIGNS}]{{1,4}}(?=\s?(?:[年月日号点时个天周星礼小分刻次场回]|钟头))"
    rf"|(?<=[周期拜][一二三四五六日天])[{_SIGNS}]{{1,3}}(?=[点时个次场回])"
    rf"|(?<=[点时])[{_SIGNS}]{{1,3}}(?!\w)"
    rf"|(?<=早)[{_SIGNS}]{{1,3}}(?=晚)|(?<=晚)[{_SIGNS}]{{1,3}}(?!\w)"
)
"""Numbers in Chinese: those that count something. The weekdays are none of them: in 周六七点 only 七 is."""
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ENGLISH_NUMBER = re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b")


def with_digits(text: str) -> str:
    """七点半 as 7点半, 十一月二十八日 as 11月28日, "at seven" as "at 7"."""
    chinese = _COUNTED.sub(lambda found: str(_number(found[0])), text)
    return _ENGLISH_NUMBER.sub(lambda found: str(_ENGLISH.index(found[0]) + 1), chinese)


def _number(signs: str) -> int:
    tens, ten, ones = signs.rpartition("十")
    if not ten:
        return int("".join(str(_DIGITS[sign]) for sign in signs))
    return (_number(tens) if tens else 1) * 10 + (_number(ones) if ones else 0)
