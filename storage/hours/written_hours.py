"""Opening hours as people write them, in OpenStreetMap's syntax where they have one meaning.

What is in that syntax already only loses what is surely typography: full-width signs, other dashes, a semicolon at the
end. All else is read word by word; a single word that is not known leaves the whole as it was, to be refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from storage.hours.hours_reading import MOST_LETTERS, check_hours
from storage.hours.parsed_hours import BadHours

_QUOTED = re.compile(r'("[^"]*"?)')
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−~～〜", "-"))
_AROUND_DASH = re.compile(r"(?<=:\d\d) ?- ?(?=\d)|(?<=[A-Za-z\d]) - (?=[A-Za-z\d])")
_SLIP = re.compile(r",\s+((?:Mo|Tu|We|Th|Fr|Sa|Su|PH)[^;,\"]{0,40}\s(?:off|closed))(?=\s*(?:[;,]|$))")
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CHINESE_DAYS = {
    **dict(zip("一二三四五六日", _DAYS, strict=True)),
    "天": "Su",
    **dict(zip("1234567", _DAYS, strict=True)),
}

_TO = r" ?(?:-|至|到|to|until|till) ?"
_HALF = "次日|第二天|翌日|凌晨|清晨|早晨|早上|早|上午|中午|正午|午后|下午|傍晚|晚上|晚间|晚|夜里|夜间|夜"
_CLOCK = rf"(?:{_HALF})? ?\d{{1,2}}(?:[:.]\d\d|(?:点钟|[点时])(?:半|\d{{1,2}}分?)?)? ?(?:[ap]\.?m\.?)?"
_EN_DAY = (
    "(?:mon(?:days?)?|mo|tue(?:s(?:days?)?)?|tu|wed(?:nesdays?)?|we|thu(?:r(?:s(?:days?)?)?)?|th|fri(?:days?)?|fr"
    "|sat(?:urdays?)?|sa|sun(?:days?)?|su)(?![a-z])"
)
_ZH_SIGN = "(?:[一二三四五六日天]|[1-7](?![\\d:点时]))"
_ZH_DAY = f"(?:周|星期|礼拜){_ZH_SIGN}"
_EN_DATE = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* ?\\d{1,2}(?!\\d|:)"
_ZH_DATE = "\\d{1,2}月\\d{1,2}[日号]"
_TOKEN = re.compile(
    "|".join(
        (
            r"(?P<all_day>24/7|7 ?[x*×/] ?24(?:小时)?|24 ?小时|24 ?h(?:ours?)?(?![a-z])|全天候?|昼夜)",
            rf"(?P<dates>{_EN_DATE}(?:{_TO}{_EN_DATE})?|{_ZH_DATE}(?:{_TO}{_ZH_DATE})?)",
            rf"(?P<span>{_CLOCK}{_TO}{_CLOCK})",
            rf"(?P<days>{_EN_DAY}(?:{_TO}{_EN_DAY})?)",
            rf"(?P<zh_days>{_ZH_DAY}(?:(?: ?[-至到、,和及] ?)?(?:{_ZH_DAY}|{_ZH_SIGN}))*)",
            r"(?P<every>每天|每日|天天|全年|daily|every ?day)",
            r"(?P<workdays>工作日)",
            r"(?P<weekdays>平日|weekdays?)",
            r"(?P<weekend>周末|双休日|weekends?)",
            r"(?P<holidays>法定节假日|法定假日|节假日|节日|假日|public holidays?|holidays?|ph(?![a-z]))",
            r"(?P<off>不开放|不营业|休息|关闭|关门|停业|闭馆|除外|off|closed)",
            r"(?P<filler>无休|照常|正常|对外|开放|营业|服务|时间|开门|均|都|为|open|from|and|[\s,;:、。()/|和及])",
        )
    ),
    re.IGNORECASE,
)


def in_osm_syntax(text: str) -> str:
    """The expression that the text means.

    Raises:
        BadHours: it can't be read, or has no single meaning.
        TooDear: working it out could take long.
    """
    plain = _plain(text)
    if len(plain) > MOST_LETTERS:
        raise BadHours(text)
    try:
        check_hours(plain)
    except BadHours as failure:
        spelled = _spelled(plain)
        if spelled is None:
            raise type(failure)(text) from None
        check_hours(spelled)
        return spelled
    return plain


def slip_in(expression: str) -> str:
    """The part of an expression in which a comma surely stands for a semicolon; empty if there is none.

    After a comma a rule adds to those before it, so "Su off" there closes nothing.
    """
    found = _SLIP.search(expression)
    return found[1] if found else ""


def _plain(text: str) -> str:
    parts = _QUOTED.split(text)
    parts[::2] = [_typography(part) for part in parts[::2]]
    return "".join(parts).strip().strip(";").strip()


def _typography(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return _AROUND_DASH.sub("-", re.sub(r"\s+", " ", plain))


@dataclass(slots=True)
class _Rule:
    selectors: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)
    is_off: bool = False

    @property
    def is_whole(self) -> bool:
        return self.is_off or bool(self.spans)

    @property
    def rank(self) -> tuple[bool, bool]:
        """What overrides stands last: holidays after days, and what is closed after what is open."""
        return self.is_off, "PH" in self.selectors

    def __str__(self) -> str:
        when = "off" if self.is_off else ",".join(self.spans)
        return " ".join(filter(None, (",".join(self.dates), ",".join(self.selectors), when)))


def _spelled(text: str) -> str | None:
    """The expression, read word by word; None if a word is not known or something is missing."""
    rules = [_Rule()]
    has_working_days = False
    for kind, words in _tokens(text):
        if kind == "unknown":
            return None
        has_working_days = has_working_days or kind == "workdays"
        if kind != "filler" and not _take(rules, kind, words):
            return None
    if not rules[-1].is_whole and not _put_behind(rules):
        return None
    return _written(rules, has_working_days)


def _put_behind(rules: list[_Rule]) -> bool:
    """Takes days that stand behind the hours for those of the hours: "9:00-18:00 周一到周六"."""
    if len(rules) != 2 or rules[0].selectors or rules[0].dates or rules[0].is_off:
        return False
    behind = rules.pop()
    rules[0].selectors, rules[0].dates = behind.selectors, behind.dates
    return True


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            yield "unknown", text[at]
            return
        yield str(found.lastgroup), found[0]
        at = found.end()


_SELECTORS = {"every": "Mo-Su", "workdays": "Mo-Fr", "weekdays": "Mo-Fr", "weekend": "Sa-Su", "holidays": "PH"}


def _take(rules: list[_Rule], kind: str, words: str) -> bool:
    """Adds a word to the rule that it belongs to; False if it makes no sense there."""
    if kind in ("span", "all_day"):
        span = "00:00-24:00" if kind == "all_day" else _span(words)
        if span is None:
            return False
        if rules[-1].is_off:
            rules.append(_Rule())
        rules[-1].spans.append(span)
        return True
    if kind == "off":
        if rules[-1].is_whole:
            return False
        rules[-1].is_off = True
        return True
    if rules[-1].is_whole:
        rules.append(_Rule())
    if kind == "dates":
        rules[-1].dates.append(_dates(words))
        return True
    selector = _SELECTORS.get(kind) or (_english_days(words) if kind == "days" else _chinese_days(words))
    rules[-1].selectors.append(selector)
    return True


def _written(rules: list[_Rule], has_working_days: bool) -> str:  # noqa: FBT001 (of the whole text)
    if has_working_days and not any("PH" in rule.selectors for rule in rules):
        rules.append(_Rule(selectors=["PH"], is_off=True))
    first = rules[0]
    if len(rules) == 1 and not first.dates:
        if first.spans == ["00:00-24:00"] and first.selectors in ([], ["Mo-Su"]):
            return "24/7"
        if not first.selectors and not first.is_off:
            first.selectors.append("Mo-Su")
    if all(rule.is_off for rule in rules):
        # Only the days off are known.
        return "; ".join(["Mo-Su unknown", *map(str, rules)])
    return "; ".join(map(str, sorted(rules, key=lambda rule: rule.rank)))


def _english_days(words: str) -> str:
    return "-".join(day[:2].capitalize() for day in re.findall(_EN_DAY, words, re.IGNORECASE))


def _chinese_days(words: str) -> str:
    """周一至周五 and 周一至五 as Mo-Fr, 周六日 and 周六、周日 as Sa,Su."""
    days = re.sub(r"周|星期|礼拜| ", "", words).replace("至", "-").replace("到", "-")
    found = ""
    for sign in days:
        day = _CHINESE_DAYS.get(sign)
        if day is not None:
            found += day if not found or found.endswith("-") else f",{day}"
        elif sign == "-":
            found += "-"
    return found


def _dates(words: str) -> str:
    """May 3-Sep 8 and 5月3日-9月8日 as May 03-Sep 08."""
    if "月" in words:
        names = {str(number): name for number, name in enumerate(_MONTHS, start=1)}
        found = [(names.get(month.lstrip("0"), "?"), day) for month, day in re.findall(r"(\d+)月(\d+)", words)]
    else:
        found = re.findall(r"([a-z]{3})[a-z]* ?(\d+)", words, re.IGNORECASE)
    return "-".join(f"{month.capitalize()} {int(day):02d}" for month, day in found)


_MINUTE = r"[:.](\d\d)|(?:点钟|[点时])(半|\d{1,2})?分?"
_PARTS = re.compile(rf"({_HALF})? ?(\d{{1,2}})(?:{_MINUTE})? ?([ap])?", re.IGNORECASE)
_EVENING = ("下午", "午后", "傍晚", "晚上", "晚间", "晚")
_NIGHT = ("晚上", "晚间", "晚", "夜里", "夜间", "夜")
_NOON = ("中午", "正午")


def _span(words: str) -> str | None:
    clocks = re.split(_TO, words, maxsplit=1, flags=re.IGNORECASE)
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
