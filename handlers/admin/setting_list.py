"""The settings that may be changed in the chat: how each is read, shown, and asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from handlers.chat.talk import Talk
from handlers.dates.lengths import read_clock, read_clocks, read_lengths
from handlers.forms.questions import Choice
from handlers.i18n import formatting
from handlers.i18n.formatting import bracketed
from handlers.i18n.translations import N_
from storage.cases.desks import in_language
from storage.plain_text import clean, clean_code


@dataclass(frozen=True, slots=True)
class Setting:
    """`name` is the one of the config file; `part`, if any, the entry of a table that is changed (a language).

    `read` makes of the typed text what would stand in the config file; `hint` says what a right one looks like.
    """

    name: str
    title: str
    hint: str
    read: Callable[[str], Any]
    show: Callable[[Talk, Any], str]
    part: str = ""
    choices: Callable[[Talk], Sequence[Choice[Any]]] = lambda _talk: ()

    @property
    def path(self) -> str:
        """In the config file: "organisation.greeting.en"."""
        return f"{self.name}.{self.part}" if self.part else self.name


def _as_is(text: str) -> Any:
    return text


def _code(text: str) -> Any:
    """Hours, without blanks and with plain signs."""
    return clean_code(text).replace(" ", "").translate(dict.fromkeys(map(ord, "‐–—―−~"), "-"))


def _list(text: str) -> Any:
    """A line, or what stands between commas, each; "-" alone is an empty list."""
    parts = [clean(part) for line in text.splitlines() for part in line.replace("，", ",").split(",")]
    return [] if parts == ["-"] else [part for part in parts if part]


def _plain(_talk: Talk, value: Any) -> str:
    return str(value) if value else "—"


def _listed(talk: Talk, value: Any) -> str:
    return formatting.listed(value, talk.language) or "—"


def _hour(_talk: Talk, value: Any) -> str:
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _clock(text: str) -> Any:
    """晚上9点 as 21:00."""
    at = read_clock(text)
    return _code(text) if at is None else f"{at:%H:%M}"


def _clocks(text: str) -> Any:
    """晚上10点到早上7点 as 22:00-07:00."""
    clocks = read_clocks(text)
    return _code(text) if clocks is None else f"{clocks[0]:%H:%M}-{clocks[1]:%H:%M}"


def _lead_times(text: str) -> Any:
    """24 小时、2 小时 as 24h and 2h."""
    lengths = read_lengths(text)
    return _list(clean_code(text)) if lengths is None else [_length_text(one) for one in lengths]


def _lengths(talk: Talk, value: Any) -> str:
    return formatting.listed((formatting.duration(one, talk.language) for one in value), talk.language) or "—"


def _length_text(length: timedelta) -> str:
    """As the config file writes it: "24h", "2d", "30m"."""
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0 and (unit != "d" or seconds > 86_400):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


WEEKDAYS = {
    "monday": N_("Monday"),
    "tuesday": N_("Tuesday"),
    "wednesday": N_("Wednesday"),
    "thursday": N_("Thursday"),
    "friday": N_("Friday"),
    "saturday": N_("Saturday"),
    "sunday": N_("Sunday"),
}


def _day(talk: Talk, value: Any) -> str:
    return talk._(WEEKDAYS[str(value)])


def _days(talk: Talk) -> Sequence[Choice[Any]]:
    return [Choice(key, talk._(name), key) for key, name in WEEKDAYS.items()]


_HOUR = N_("Write a time of day, for example 09:00.")
_LIST = N_("Write all of them, separated by commas or one per line. Write just - to empty the list.")

SETTINGS: dict[str, Setting] = {
    "hotline": Setting(
        "organisation.hotline",
        N_("☎️ Hotline"),
        N_("Write the number that riders can call, for example 12351."),
        _as_is,
        _plain,
    ),
    "greeting_zh": Setting(
        "organisation.greeting",
        N_("👋 Greeting (中文)"),
        N_("Write what new users read after the welcome, up to 1000 characters. Write just - to remove it."),
        _as_is,
        _plain,
        "zh_Hans",
    ),
    "greeting_en": Setting(
        "organisation.greeting",
        N_("👋 Greeting (EN)"),
        N_("Write what new users read after the welcome, up to 1000 characters. Write just - to remove it."),
        _as_is,
        _plain,
        "en",
    ),
    "quiet": Setting(
        "reminders.quiet_hours",
        N_("🌙 Quiet hours"),
        N_("Write from when to when, for example 22:00-07:00."),
        _clocks,
        _plain,
    ),
    "leads": Setting(
        "reminders.lead_times",
        N_("⏰ Reminders"),
        N_("Write how long before, separated by commas, for example: 24 hours, 2 hours"),
        _lead_times,
        _lengths,
    ),
    "week_day": Setting(
        "activities.digest_day",
        N_("🗞 Digest day"),
        N_("Choose a day."),
        lambda text: text.lower(),
        _day,
        choices=_days,
    ),
    "week_at": Setting("activities.digest_at", N_("🗞 Digest time"), _HOUR, _clock, _hour),
    "review_at": Setting("membership.digest_at", N_("📋 Review digest"), _HOUR, _clock, _hour),
    "districts": Setting("membership.districts", N_("🗺 Districts"), _LIST, _list, _listed),
    "platforms": Setting("membership.platforms", N_("🛵 Platforms"), _LIST, _list, _listed),
}
"""By the key in their buttons. The ready answers of the desks are in handlers/admin/ready_answers.py."""

_READY_ANSWERS = re.compile(r"desks\.(.+)\.answers")


def setting_title(talk: Talk, path: str) -> str:
    """How a setting of the config file is called in the chat; what has no name there keeps its path."""
    ready = _READY_ANSWERS.fullmatch(path)
    desk = talk.context.settings.desks.get(ready[1]) if ready else None
    if desk is not None:
        return bracketed(talk._, talk._("💬 Ready answers"), in_language(desk.title, talk.language))
    # Version 0.7 did not note which entry of a table it was.
    titles = {one.name: one.title for one in SETTINGS.values()} | {one.path: one.title for one in SETTINGS.values()}
    return talk._(titles[path]) if path in titles else path
