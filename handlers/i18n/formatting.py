"""Days, times and durations in words, and a value behind its label."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup

from handlers.i18n import translations
from handlers.i18n.day_names import short_day
from handlers.i18n.translations import number, plural_in, translator

_FULL_WIDTH = ("。", "！", "？", "：", "；", "，", "）", "”")


def dated(day: date, today: date | None, language: str) -> str:
    """11月28日（周六）, "Sat 28 Nov"; with the year, if it is another one than today's."""
    is_of_this_year = today is not None and day.year == today.year
    if language == "zh_Hans":
        pattern = "M月d日（EEE）" if is_of_this_year else "y年M月d日（EEE）"
    else:
        pattern = "EEE d MMM" if is_of_this_year else "EEE d MMM y"
    return format_date(day, pattern, locale=language)


def day_words(day: date, today: date, language: str) -> str:
    """ "today", "tomorrow (Sun)", "yesterday (Fri)", else the date with its weekday."""
    _ = translations.translator(language)
    days = (day - today).days
    if days == 0:
        return _("today")
    weekday = short_day(day.weekday(), language)
    if days == 1:
        return _("tomorrow ({weekday})").format(weekday=weekday)
    if days == -1:
        return _("yesterday ({weekday})").format(weekday=weekday)
    return dated(day, today, language)


def in_a_line(*texts: str) -> str:
    """Texts behind each other. A full-width sign has its blank already."""
    line = ""
    for text in texts:
        line += text if not line or line.endswith(_FULL_WIDTH) else " " + text
    return line


def with_clock(day: str, clock: str) -> str:
    """A day and a time on it."""
    return in_a_line(day, clock)


def when(starts_at: datetime, ends_at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """ "tomorrow (Sat) 15:00–17:00", in the organisation's zone."""
    start, end, today = starts_at.astimezone(zone), ends_at.astimezone(zone), now.astimezone(zone).date()
    until = f"{end:%H:%M}"
    if end.date() != start.date():
        until = f"{translations.day_of_year(end.date(), language)} {until}"
    return with_clock(day_words(start.date(), today, language), f"{start:%H:%M}–{until}")


def moment(at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """ "tomorrow (Sat) 15:00", 11月28日（周六）15:00."""
    local = at.astimezone(zone)
    return with_clock(day_words(local.date(), now.astimezone(zone).date(), language), f"{local:%H:%M}")


def end(at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """When something ends, to stand after "until" or "by": "15:00 today", "15:00 on Sat 28 Nov", 11月28日（周六）15:00.

    Midnight is the end of a day, 24:00, and not the first minute of the next.
    """
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    day, clock = local.date(), f"{local:%H:%M}"
    if clock == "00:00":
        day, clock = day - timedelta(days=1), "24:00"
    said = day_words(day, today, language)
    if language == "zh_Hans":
        return with_clock(said, clock)
    return f"{clock} {said}" if abs((day - today).days) <= 1 else f"{clock} on {said}"


def duration(lead: timedelta, language: str) -> str:
    """ "24 h", "2 h 30 min", "30 min", "2 days"."""
    _ = translations.translator(language)
    minutes = int(lead.total_seconds() // 60)
    if minutes % (24 * 60) == 0 and minutes > 24 * 60:
        return plural_in(language, "{n} day", "{n} days", minutes // (24 * 60)).format(n=minutes // (24 * 60))
    if minutes % 60 == 0:
        return _("{n} h").format(n=minutes // 60)
    if minutes > 60:
        return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
    return _("{n} min").format(n=minutes)


def listed(parts: Iterable[str], language: str) -> str:
    """24 小时、2 小时; "24 h, 2 h"."""
    _ = translator(language)
    return _(", ").join(parts)


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


def bracketed(_: Callable[[str], str], text: str, comment: str) -> str:
    """ "closed (advice given)", with the brackets of the language."""
    return _("{text} ({comment})").format(text=text, comment=comment)


def labelled(_: Callable[[str], str], label: str, value: str) -> Markup:
    """ "Name: 李雷", with the colon of the language. What is no Markup is escaped."""
    return Markup(_("{label}: {value}")).format(label=label, value=value)
