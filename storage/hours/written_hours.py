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
from storage.hours.written_clocks import SPAN, TO, span
from storage.numerals import with_digits

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

_EN_DAY = (
    "(?:mon(?:days?)?|mo|tue(?:s(?:days?)?)?|tu|wed(?:nesdays?)?|we|thu(?:r(?:s(?:days?)?)?)?|th|fri(?:days?)?|fr"
    "|sat(?:urdays?)?|sa|sun(?:days?)?|su)(?![a-z])"
)
_ZH_SIGN = "(?:[一二三四五六日天]|[1-7](?![\\d:点时]))"
_ZH_DAY = f"(?:每个?)?(?:周|星期|礼拜){_ZH_SIGN}"
_EN_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_EN_DATE = rf"(?:\d{{1,2}} {_EN_MONTH}(?! ?\d{{1,2}}(?!\d|:))|{_EN_MONTH}(?: ?\d{{1,2}}(?!\d|:))?)"
_ZH_DATE = "\\d{1,2}月(?:\\d{1,2}[日号])?"
_ALL_DAY = (
    r"24/7|7 ?[x*×/] ?24(?:小时)?|24 ?小时|24 ?h(?:ours?)?(?![a-z])|全天候?|昼夜"
    r"|(?:all day|(?:a?round the clock))(?![a-z])"
)
_FILLER = (
    r"无休|正常|对外|开放|营业|服务|时间|开门|均|都|为"
    r"|open(?:ing)?|hours?|from|and|on|&|[\s,:、()/|和及]"
)
_TOKEN = re.compile(
    "|".join(
        (
            r"(?P<off>(?:全天)?(?:不开放|不营业|休息|关闭|关门|停业|闭馆|除外)|(?:off|closed)(?: all day)?)",
            rf"(?P<all_day>{_ALL_DAY})",
            rf"(?P<dates>{_EN_DATE}(?:{TO}{_EN_DATE})?|{_ZH_DATE}(?:{TO}{_ZH_DATE})?)",
            rf"(?P<span>{SPAN})",
            rf"(?P<days>{_EN_DAY}(?:{TO}{_EN_DAY})?)",
            rf"(?P<zh_days>{_ZH_DAY}(?:(?: ?[-至到、,和及] ?)?(?:{_ZH_DAY}|{_ZH_SIGN}))*)",
            r"(?P<every>每天|每日|天天|全年|daily|every ?day)",
            r"(?P<workdays>工作日)",
            r"(?P<weekdays>平日|weekdays?)",
            r"(?P<weekend>周末|双休日|weekends?)",
            r"(?P<holidays>法定节假日|法定假日|节假日|节日|假日|public holidays?|holidays?|ph(?![a-z]))",
            r"(?P<as_usual>照常|不休息?|as usual)",
            r"(?P<stop>[;。]|其余(?:时间)?|其他(?:时间)?|平时|otherwise)",
            rf"(?P<filler>{_FILLER})",
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
        spelled = _spelled(_with_clocks(with_digits(plain)))
        if spelled is None:
            raise type(failure)(text) from None
        check_hours(spelled)
        return spelled
    return plain


def _with_clocks(text: str) -> str:
    """ "noon to midnight" as 12:00 to 24:00."""
    return re.sub(r"\bmidnight\b", "24:00", re.sub(r"\bnoon\b", "12:00", text, flags=re.I), flags=re.I)


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
    is_off_ahead: bool = False
    """Whether the days that are off follow the word."""

    @property
    def is_whole(self) -> bool:
        return bool(self.spans) or (self.is_off and (not self.is_off_ahead or bool(self.selectors or self.dates)))

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
        if kind == "stop":
            rules[-1].is_off_ahead = rules[-1].is_off_ahead and not rules[-1].is_whole
        elif kind != "filler" and not _take(rules, kind, words):
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
        return _take_span(rules, "00:00-24:00" if kind == "all_day" else span(words))
    if kind in ("off", "as_usual"):
        return _take_off(rules) if kind == "off" else _take_as_usual(rules)
    if rules[-1].is_whole and not rules[-1].is_off_ahead:
        rules.append(_Rule())
    if kind == "dates":
        rules[-1].dates.append(_dates(words))
        return True
    selector = _SELECTORS.get(kind) or (_english_days(words) if kind == "days" else _chinese_days(words))
    rules[-1].selectors.append(selector)
    return True


def _take_span(rules: list[_Rule], span: str | None) -> bool:
    """In "closed Sat, Sun 9:00-17:00" it is open whose hours these are."""
    if span is None or rules[-1].is_off_ahead:
        return False
    if rules[-1].is_off:
        rules.append(_Rule())
    if span not in rules[-1].spans:
        rules[-1].spans.append(span)
    return True


def _take_off(rules: list[_Rule]) -> bool:
    """ "Sundays closed", or ahead of its days: "closed on Sundays"."""
    if rules[-1].is_off:
        return False
    if rules[-1].is_whole:
        rules.append(_Rule())
    rules[-1].is_off = True
    rules[-1].is_off_ahead = not rules[-1].selectors and not rules[-1].dates
    return True


def _take_as_usual(rules: list[_Rule]) -> bool:
    """节假日照常: what is said of all days holds on holidays as well. "照常营业" alone says nothing."""
    if len(rules) > 1 and rules[-1].selectors == ["PH"] and not rules[-1].is_whole:
        rules.pop()
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
    days = re.sub(r"每个?|周|星期|礼拜| ", "", words).replace("至", "-").replace("到", "-")
    found = ""
    for sign in days:
        day = _CHINESE_DAYS.get(sign)
        if day is not None:
            found += day if not found or found.endswith("-") else f",{day}"
        elif sign == "-":
            found += "-"
    return found


def _dates(words: str) -> str:
    """May 3-Sep 8, 3 May to 8 Sep and 5月3日-9月8日 as May 03-Sep 08; 5月至9月 as May-Sep."""
    if "月" in words:
        names = {str(number): name for number, name in enumerate(_MONTHS, start=1)}
        found = [(names.get(month.lstrip("0"), "?"), day) for month, day in re.findall(r"(\d+)月(\d*)", words)]
    else:
        parts = re.findall(r"(\d{0,2}) ?([a-z]{3})[a-z]* ?(\d{0,2})", re.sub(TO, "-", words), re.IGNORECASE)
        found = [(month.capitalize(), before or after) for before, month, after in parts]
    return "-".join(f"{month} {int(day):02d}" if day else month for month, day in found)
