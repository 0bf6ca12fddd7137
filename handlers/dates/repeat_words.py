"""A rule of RFC 5545 in words: "FREQ=WEEKLY;BYDAY=SA;COUNT=10" is 每周六，共 10 次."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.i18n.day_names import days_words, month_day, short_day
from handlers.i18n.formatting import dated
from handlers.i18n.translations import N_, plural_in, translator
from storage.activities.recurrence import BadRule, Frequency, Rule, read

_ORDINALS = {
    1: N_("the first {day}"),
    2: N_("the second {day}"),
    3: N_("the third {day}"),
    4: N_("the fourth {day}"),
    5: N_("the fifth {day}"),
    -1: N_("the last {day}"),
}
_EVERY = {
    Frequency.DAILY: (N_("every day"), N_("every {n} days")),
    Frequency.WEEKLY: (N_("every week"), N_("every {n} weeks")),
    Frequency.MONTHLY: (N_("every month"), N_("every {n} months")),
    Frequency.YEARLY: (N_("every year"), N_("every {n} years")),
}


def repeat_words(text: str, today: date, language: str) -> str:
    """How often it repeats and where it ends; that it is a rule of its own, if no short sentence says it."""
    _ = translator(language)
    try:
        rule = read(text)
    except BadRule:
        return _("by a custom rule")
    days = _days(rule, language)
    if days is None:
        return _("by a custom rule")
    return _often(rule, days, language) + _end(rule, today, language)


def _often(rule: Rule, days: Sequence[str], language: str) -> str:
    _ = translator(language)
    if rule.frequency is Frequency.WEEKLY and rule.interval == 1 and days:
        return days[0] if len(rule.weekdays) == 7 else _("every {days}").format(days=days[0])
    once, often = _EVERY[rule.frequency]
    every = _(once) if rule.interval == 1 else _(often).format(n=rule.interval)
    return _("{every} on {days}").format(every=every, days=_(", ").join(days)) if days else every


def _days(rule: Rule, language: str) -> Sequence[str] | None:
    """The days within its period; None for what has no words here."""
    if rule.positions or rule.week_start or (rule.weekdays and rule.month_days):
        return None
    if rule.frequency is Frequency.YEARLY:
        return _days_of_year(rule, language)
    if rule.months or (rule.frequency is Frequency.DAILY and (rule.weekdays or rule.month_days)):
        return None
    if rule.month_days:
        return _month_days(rule, language)
    if not rule.weekdays:
        return []
    if rule.frequency is Frequency.WEEKLY:
        return [days_words([day for day, _nth in rule.weekdays], language)]
    return _counted_days(rule, language)


def _days_of_year(rule: Rule, language: str) -> Sequence[str] | None:
    if not (rule.months or rule.month_days or rule.weekdays):
        return []
    if rule.weekdays or len(rule.months) != 1 or len(rule.month_days) != 1 or min(rule.month_days) < 1:
        return None
    (month,), (day,) = rule.months, rule.month_days
    return [month_day(month, day, language)] if day <= 28 else None


def _month_days(rule: Rule, language: str) -> Sequence[str] | None:
    _ = translator(language)
    if min(rule.month_days) < -1:
        return None
    numbers = sorted(rule.month_days, key=lambda day: day if day > 0 else 32)
    return [_("day {n}").format(n=day) if day > 0 else _("the last day") for day in numbers]


def _counted_days(rule: Rule, language: str) -> Sequence[str] | None:
    """The first Saturday; None if one is every such day of the month."""
    _ = translator(language)
    if any(nth not in _ORDINALS for _day, nth in rule.weekdays):
        return None
    ordered = sorted(rule.weekdays, key=lambda one: (one[1] < 0, one[1], one[0]))
    return [_(_ORDINALS[nth]).format(day=short_day(day, language)) for day, nth in ordered]


def _end(rule: Rule, today: date, language: str) -> str:
    _ = translator(language)
    if rule.count is not None:
        return plural_in(language, ", {n} time", ", {n} times", rule.count).format(n=rule.count)
    if rule.until is not None:
        return _(", until {day}").format(day=dated(rule.until.date(), today, language))
    return ""
