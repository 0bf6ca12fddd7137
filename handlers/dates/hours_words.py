"""Opening hours in words: "Mo-Fr 08:30-17:30; PH off" is 周一至周五 08:30-17:30；节假日休息."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from handlers.i18n.day_names import days_words, month_day, month_name, short_day
from handlers.i18n.translations import translator
from storage.hours.parsed_hours import BadHours
from storage.hours.simple_rules import ALL_DAY, DateRange, RuleState, SimpleRule, simple_rules
from storage.hours.week import DayHours, week_of


@lru_cache(maxsize=4_096)
def hours_words(expression: str, today: date, zone: ZoneInfo, country: str, language: str) -> str:
    """The hours in one line; in a line for each day of this week if a sentence can't say them; empty if they are not
    known."""
    rules = simple_rules(expression)
    if rules is not None:
        return _sentence(rules, language)
    try:
        days = week_of(expression, today - timedelta(days=today.weekday()), zone, country) if expression else ()
    except BadHours:
        return ""
    return _lines(days, language)


def _sentence(rules: Sequence[SimpleRule], language: str) -> str:
    _ = translator(language)
    if len(rules) == 1 and rules[0].is_always and rules[0].state is RuleState.OPEN:
        return _with_comment(_("open 24 hours"), rules[0].comment, language)
    known = [rule for rule in rules if rule.state is not RuleState.UNKNOWN or rule.comment]
    return _("; ").join(_rule(rule, language) for rule in known)


def _rule(rule: SimpleRule, language: str) -> str:
    _ = translator(language)
    dates = _(", ").join(_date_range(one, language) for one in rule.dates)
    days = days_words(rule.days, language) if rule.days else ""
    if rule.on_holidays:
        days = _(", ").join(filter(None, (days, _("public holidays"))))
    if not dates and not days and rule.state is not RuleState.UNKNOWN:
        days = _("every day")
    when = " ".join(filter(None, (dates, days)))
    if rule.state is RuleState.UNKNOWN:
        return _with_comment(when, rule.comment, language)
    if rule.state is RuleState.OFF:
        off = _("closed on {days}").format(days=when) if dates or rule.days or rule.on_holidays else _("closed")
        return _with_comment(off, rule.comment, language)
    spans = rule.spans or (ALL_DAY,)
    return _with_comment(f"{when} {_spans(spans, language)}", rule.comment, language)


def _with_comment(text: str, comment: str, language: str) -> str:
    if not comment or not text:
        return text or comment
    _ = translator(language)
    return _("{text} ({comment})").format(text=text, comment=comment)


def _spans(spans: Sequence[tuple[int, int]], language: str) -> str:
    _ = translator(language)
    if tuple(spans) == (ALL_DAY,):
        return _("all day")
    return _(", ").join(f"{_clock(begin)}-{_clock(end)}" for begin, end in spans)


def _clock(minutes: int) -> str:
    """24:00 stays; beyond it is a time of the next day."""
    within = minutes if minutes <= ALL_DAY[1] else minutes - ALL_DAY[1]
    return f"{within // 60:02d}:{within % 60:02d}"


def _date_range(one: DateRange, language: str) -> str:
    _ = translator(language)
    (month, day), (last_month, last_day) = one.first, one.last
    first = month_day(month, day, language) if day else month_name(month, language)
    if one.first == one.last:
        return first
    last = month_day(last_month, last_day, language) if last_day else month_name(last_month, language)
    return _("{first} to {last}").format(first=first, last=last)


def _lines(days: Sequence[DayHours], language: str) -> str:
    _ = translator(language)
    return "\n".join(
        f"{short_day(one.day.weekday(), language)} "
        + (_spans(one.spans, language) if one.spans else _("closed all day"))
        for one in days
    )
