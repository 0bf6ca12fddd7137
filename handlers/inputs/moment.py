"""Moments and days: written as people do, or chosen in a calendar, in the organisation's zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from markupsafe import Markup
from pydantic import TypeAdapter

from handlers.chat.press import InvalidCallback
from handlers.chat.talk import Talk
from handlers.dates.days import Toward
from handlers.dates.reading import Understood, WrongWeekday, moment_of, read
from handlers.forms.questions import Cell, Choice, Does, Input, InputPage, NotAnAnswer, Unfinished
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.inputs.calendar import Days, day_named, moment_named, month_named, month_page, times_page
from storage.dialogues import Value

T = TypeVar("T")
MOMENT = TypeAdapter(datetime)
NOT_A_DAY = N_("I don't understand this date. Write it like “Saturday” or “28 Nov”, or choose it below.")
_NOT_A_MOMENT = N_(
    "I don't understand this time. Write it like “next Saturday 7 pm” or “28 Nov 19:00”, or choose it below."
)
_FARTHEST = timedelta(days=36_525)


def understood(talk: Talk, toward: Toward, hint: str, on: date | None = None) -> Understood:
    """The day, and the time, that were written.

    Raises:
        NotAnAnswer: with the message `hint`, or with the weekday that the date really has.
    """
    try:
        found = read(talk.text, local_now(talk), toward, on)
    except WrongWeekday as other:
        shown = formatting.dated(other.day, talk.local_today, talk.language)
        raise NotAnAnswer(
            talk._("That date falls on another weekday: {date}. Which one do you mean?").format(date=shown)
        ) from None
    if found is None:
        raise NotAnAnswer(talk._(hint))
    return found


def local_now(talk: Talk) -> datetime:
    return talk.now.astimezone(talk.context.settings.organisation.zone)


def show_moment(talk: Talk, moment: datetime) -> str:
    return formatting.moment(moment, talk.now, talk.context.settings.organisation.zone, talk.language)


def show_end(talk: Talk, moment: datetime) -> str:
    return formatting.end(moment, talk.now, talk.context.settings.organisation.zone, talk.language)


def in_full(talk: Talk, moment: datetime) -> str:
    """With the date and the weekday, also of today and tomorrow, to be looked over."""
    local = moment.astimezone(talk.context.settings.organisation.zone)
    return formatting.with_clock(formatting.dated(local.date(), talk.local_today, talk.language), f"{local:%H:%M}")


def calendar_page(talk: Talk, days: Days, page: str, *, is_behind: bool = False) -> InputPage:
    """The month that is open; `is_behind`: at first there is a button to it, below ready answers."""
    if not page and is_behind:
        opened = f"{days.opened():%Y-%m}"
        return InputPage([[Cell(talk._("📅 Choose a day"), Does.TURN, opened)]])
    month = month_named(page) if page else days.opened()
    if month is None:
        raise InvalidCallback
    return month_page(days, month, talk.language)


@dataclass(frozen=True)
class FutureInput(Input[T]):
    """Something with a moment that lies ahead, by less than `within`; `too_far` is a message."""

    within: timedelta
    too_far: str

    def _days(self, talk: Talk) -> Days:
        today = talk.local_today
        return Days(today, first=today, last=(local_now(talk) + self.within).date(), has_times=True)

    def page(self, talk: Talk, page: str) -> InputPage:
        if len(page) != len("2026-11-28"):
            return calendar_page(talk, self._days(talk), page, is_behind=bool(self.choices(talk)))
        day = day_named(page)
        after = local_now(talk).time() if day == talk.local_today else None
        shown = formatting.dated(day, talk.local_today, talk.language)
        note = Markup(talk._("{date}: at what time? Choose, or write it.")).format(
            date=Markup("<b>{}</b>").format(shown)
        )
        return InputPage(times_page(day, after, talk.language), note)

    def typed(self, talk: Talk, page: str) -> datetime:
        """Raises NotAnAnswer, Unfinished: see the classes."""
        on = day_named(page) if len(page) == len("2026-11-28") else None
        found = understood(talk, Toward.AHEAD, _NOT_A_MOMENT, on)
        if found.clock is None:
            if not talk.local_today <= found.day <= self._days(talk).last:
                raise NotAnAnswer(talk._(self.too_far))
            raise Unfinished(found.day.isoformat())
        return self.checked(talk, found.day, found.clock)

    def checked(self, talk: Talk, day: date, clock: time) -> datetime:
        """Raises NotAnAnswer: it does not lie ahead, or too far."""
        at = moment_of(day, clock, talk.context.settings.organisation.zone)
        if not talk.now < at < talk.now + self.within:
            raise NotAnAnswer(talk._(self.too_far))
        return at


@dataclass(frozen=True)
class MomentInput(FutureInput[datetime]):
    """A moment that lies ahead."""

    adapter = MOMENT

    async def read_on(self, talk: Talk, page: str) -> datetime:
        return self.typed(talk, page)

    def picked(self, talk: Talk, argument: str) -> datetime:
        return self.checked(talk, *moment_named(argument))

    def show(self, talk: Talk, value: datetime) -> str:
        return in_full(talk, value)


@dataclass(frozen=True)
class StartInput(FutureInput[datetime | None]):
    """When something begins; None is now, and stored as the empty text."""

    options: Callable[[Talk], Sequence[Choice[datetime | None]]]
    none: str
    """The message for None."""

    adapter = TypeAdapter(datetime | None)

    async def read_on(self, talk: Talk, page: str) -> datetime | None:
        return self.typed(talk, page)

    def picked(self, talk: Talk, argument: str) -> datetime | None:
        return self.checked(talk, *moment_named(argument))

    def choices(self, talk: Talk) -> Sequence[Choice[datetime | None]]:
        return self.options(talk)

    def show(self, talk: Talk, value: datetime | None) -> str:
        return talk._(self.none) if value is None else in_full(talk, value)

    def encode(self, value: datetime | None) -> Value:
        return "" if value is None else super().encode(value)

    def decode(self, stored: Value) -> datetime | None:
        return None if stored == "" else super().decode(stored)


@dataclass(frozen=True)
class LastDayInput(Input[datetime | None]):
    """Until when something holds, by its last day; None is without an end, and stored as the empty text."""

    options: Callable[[Talk], Sequence[Choice[datetime | None]]]
    none: str
    """The message for None."""

    adapter = TypeAdapter(datetime | None)

    async def read(self, talk: Talk) -> datetime | None:
        return end_of_day(talk, understood(talk, Toward.AHEAD, NOT_A_DAY).day)

    def page(self, talk: Talk, page: str) -> InputPage:
        today = talk.local_today
        days = Days(today, first=today, last=min(date.max, today + _FARTHEST), has_times=False)
        return calendar_page(talk, days, page, is_behind=True)

    def picked(self, talk: Talk, argument: str) -> datetime | None:
        return end_of_day(talk, day_named(argument))

    def choices(self, talk: Talk) -> Sequence[Choice[datetime | None]]:
        return self.options(talk)

    def show(self, talk: Talk, value: datetime | None) -> str:
        return talk._(self.none) if value is None else show_end(talk, value)

    def encode(self, value: datetime | None) -> Value:
        return "" if value is None else super().encode(value)

    def decode(self, stored: Value) -> datetime | None:
        return None if stored == "" else super().decode(stored)


def end_of_day(talk: Talk, day: date) -> datetime:
    """Raises NotAnAnswer: it has passed, or is beyond the calendar."""
    if day < talk.local_today:
        raise NotAnAnswer(talk._("That day has passed."))
    if day.year == date.max.year:
        raise NotAnAnswer(talk._(NOT_A_DAY))
    return datetime.combine(day + timedelta(days=1), time(), talk.context.settings.organisation.zone)
