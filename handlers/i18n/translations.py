"""Languages: gettext catalogues by Babel, and numbers, times and distances as each language writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from handlers.i18n import catalogues

Translate = Callable[[str], str]

LANGUAGES = {"zh_Hans": "中文", "en": "English"}
"""Every language the bot speaks, by the name its speakers give it. English is the code's own."""


def N_(message: str) -> str:  # noqa: N802 (gettext's name)
    """Marks a text for translation that is translated where it is used."""
    return message


def language_for(code: str | None, fallback: str) -> str:
    """Our language for Telegram's IETF tag: any Chinese is zh_Hans; what we don't speak is the fallback."""
    tag = (code or "").lower().replace("_", "-")
    if tag.startswith("zh"):
        return "zh_Hans"
    return next((language for language in LANGUAGES if tag.split("-")[0] == language), fallback)


def language_name(language: str, reader: str) -> str:
    """What a language is called in that of the reader: 英语, "Chinese"."""
    return Locale.parse(language).get_language_name(reader) or LANGUAGES[language]


def other_language(first: str) -> str:
    """The language that this one is not."""
    return next(language for language in LANGUAGES if language != first)


def telegram_code(language: str) -> str:
    """The two-letter code by which Telegram keeps a menu for a language."""
    return language.partition("_")[0]


@lru_cache(maxsize=8)
def translations(language: str) -> NullTranslations:
    """The catalogue; it is compiled on first use, so there is no build step to forget."""
    source = catalogues.source_of(language)
    return catalogues.load(source, language) if source.exists() else NullTranslations()


def translator(language: str) -> Translate:
    return translations(language).gettext


def plural_in(language: str, one: str, many: str, n: int) -> str:
    """The text for this number of things, as the language counts; `{n}` is still to be filled in."""
    return translations(language).ngettext(one, many, n)


@lru_cache(maxsize=4_096)
def number(value: float, language: str, digits: int = 0) -> str:
    return format_decimal(value, format="#,##0." + "#" * digits if digits else "#,##0", locale=language)


@lru_cache(maxsize=4_096)
def clock(hour: int, minute: int, language: str) -> str:
    """A time of day, on the 24-hour clock that China and this bot use."""
    return format_time(datetime(2000, 1, 1, hour, minute), "HH:mm", locale=language)  # noqa: DTZ001 (no date is meant)


@lru_cache(maxsize=512)
def weekday(day: date, language: str) -> str:
    """周六, "Saturday"."""
    return format_date(day, "EEE" if language == "zh_Hans" else "EEEE", locale=language)


@lru_cache(maxsize=512)
def day_of_year(day: date, language: str) -> str:
    return format_date(day, "M月d日" if language == "zh_Hans" else "d MMM", locale=language)


def full_date(day: date, language: str) -> str:
    return format_date(day, "y年M月d日" if language == "zh_Hans" else "d MMMM y", locale=language)


def distance(metres: float, language: str) -> str:
    """As riders say it: 80 m, 350 m, 1.2 km, 12 km."""
    _ = translator(language)
    if metres < 995:
        return _("{n} m").format(n=number(max(10, round(metres, -1)), language))
    digits = 1 if metres < 9_950 else 0
    return _("{n} km").format(n=number(round(metres / 1_000, digits), language, digits))
