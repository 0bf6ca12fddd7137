"""Days, times and durations in words, and a value behind its label."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from handlers.i18n import translations
from handlers.i18n.translations import number, plural_in, translator


def day_words(day: date, today: date, language: str) -> str:
    """ "today, Saturday", "tomorrow, Sunday", else the weekday with its date; with the year, if it is another one."""
    _ = translations.translator(language)
    days = (day - today).days
    weekday = translations.weekday(day, language)
    if days == 0:
        return _("today, {weekday}").format(weekday=weekday)
    if days == 1:
        return _("tomorrow, {weekday}").format(weekday=weekday)
    date_words = translations.day_of_year if day.year == today.year else translations.full_date
    return f"{weekday}, {date_words(day, language)}"


def when(starts_at: datetime, ends_at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """ "tomorrow, Saturday 15:00–17:00", in the organisation's zone."""
    start, end, today = starts_at.astimezone(zone), ends_at.astimezone(zone), now.astimezone(zone).date()
    until = f"{end:%H:%M}"
    if end.date() != start.date():
        until = f"{translations.day_of_year(end.date(), language)} {until}"
    return f"{day_words(start.date(), today, language)} {start:%H:%M}–{until}"


def moment(at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    local = at.astimezone(zone)
    return f"{day_words(local.date(), now.astimezone(zone).date(), language)} {local:%H:%M}"


def duration(lead: timedelta, language: str) -> str:
    """ "24 h", "30 min", "2 days"."""
    _ = translations.translator(language)
    minutes = int(lead.total_seconds() // 60)
    if minutes % (24 * 60) == 0 and minutes > 24 * 60:
        return plural_in(language, "{n} day", "{n} days", minutes // (24 * 60)).format(n=minutes // (24 * 60))
    if minutes % 60 == 0:
        return _("{n} h").format(n=minutes // 60)
    return _("{n} min").format(n=minutes)


def ago(then: datetime, now: datetime, language: str) -> str:
    """ "20 min ago", "3 h ago", "5 days ago"."""
    _ = translator(language)
    minutes = max(0, int((now - then).total_seconds() // 60))
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("{n} min ago").format(n=number(minutes, language))
    if minutes < 48 * 60:
        return _("{n} h ago").format(n=number(minutes // 60, language))
    days = minutes // (24 * 60)
    return plural_in(language, "{n} day ago", "{n} days ago", days).format(n=number(days, language))


def hours(length: timedelta) -> str:
    """ "24", "1.5": hours alone, for a text that has the unit."""
    return f"{length.total_seconds() / 3_600:g}"


def labelled(translate: Callable[[str], str], label: str, value: str) -> Markup:
    """ "Name: 李雷", with the colon of the language. What is no Markup is escaped."""
    return Markup(translate("{label}: {value}")).format(label=label, value=value)
