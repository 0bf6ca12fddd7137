"""For whom, and when, something is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.chat.context import AppContext
from handlers.i18n import formatting
from handlers.i18n.translations import Translate, plural_in, translator


@dataclass(frozen=True, slots=True)
class View:
    """A reader's language, the time, and what the organisation has decided."""

    context: AppContext
    language: str
    now: datetime

    @property
    def _(self) -> Translate:
        return translator(self.language)

    def plural(self, one: str, many: str, n: int) -> str:
        """The text for this number of things; `{n}` is still to be filled in."""
        return plural_in(self.language, one, many, n)

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's."""
        return self.context.settings.organisation.zone

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def moment(self, at: datetime) -> str:
        """ "tomorrow (Sat) 15:00", in the organisation's zone."""
        return formatting.moment(at, self.now, self.zone, self.language)

    def stamp(self, at: datetime) -> str:
        """2026-11-24 12:00, in the organisation's zone: for a file, which says nothing of today."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def end(self, at: datetime) -> str:
        """The same for an end: midnight is 24:00 of the day before."""
        return formatting.end(at, self.now, self.zone, self.language)
