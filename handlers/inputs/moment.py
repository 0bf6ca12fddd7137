"""Moments: typed in the organisation's zone, and until when something holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pydantic import TypeAdapter

from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, Input, NotAnAnswer
from handlers.i18n import formatting
from handlers.inputs.typed_time import typed_datetime, typed_day
from storage.dialogues import Value

MOMENT = TypeAdapter(datetime)


def typed_moment(talk: Talk, within: timedelta, hint: str, too_far: str) -> datetime:
    """A time like 2026-11-28 15:00 or 11月28日下午3点; it must lie ahead, by less than `within`.

    Raises:
        NotAnAnswer: with the message `hint`, or `too_far`.
    """
    typed = typed_datetime(talk.text, talk.local_today)
    if typed is None:
        raise NotAnAnswer(talk._(hint))
    local = typed.replace(tzinfo=talk.context.settings.organisation.zone)
    if not talk.now < local < talk.now + within:
        raise NotAnAnswer(talk._(too_far))
    return local


def show_moment(talk: Talk, moment: datetime) -> str:
    return formatting.moment(moment, talk.now, talk.context.settings.organisation.zone, talk.language)


@dataclass(frozen=True)
class MomentInput(Input[datetime]):
    """A moment that lies ahead; `hint` and `too_far` are messages."""

    within: timedelta
    hint: str
    too_far: str

    adapter = MOMENT

    async def read(self, talk: Talk) -> datetime:
        return typed_moment(talk, self.within, self.hint, self.too_far)

    def show(self, talk: Talk, value: datetime) -> str:
        return show_moment(talk, value)


@dataclass(frozen=True)
class OpenMomentInput(Input[datetime | None]):
    """A moment, or none: at once, or without an end. None is stored as the empty text."""

    options: Callable[[Talk], Sequence[Choice[datetime | None]]]
    none: str
    """The message for None."""

    adapter = TypeAdapter(datetime | None)

    def choices(self, talk: Talk) -> Sequence[Choice[datetime | None]]:
        return self.options(talk)

    def show(self, talk: Talk, value: datetime | None) -> str:
        return talk._(self.none) if value is None else show_moment(talk, value)

    def encode(self, value: datetime | None) -> Value:
        return "" if value is None else super().encode(value)

    def decode(self, stored: Value) -> datetime | None:
        return None if stored == "" else super().decode(stored)


@dataclass(frozen=True)
class StartInput(OpenMomentInput):
    """When something begins; None is now."""

    within: timedelta
    hint: str
    too_far: str

    async def read(self, talk: Talk) -> datetime | None:
        return typed_moment(talk, self.within, self.hint, self.too_far)


@dataclass(frozen=True)
class LastDayInput(OpenMomentInput):
    """Until when something holds, by its last day; None is without an end."""

    async def read(self, talk: Talk) -> datetime | None:
        return last_day(talk)


def last_day(talk: Talk) -> datetime:
    """A typed day like 2027-06-30: its end.

    Raises:
        NotAnAnswer: it is no day, or has passed.
    """
    day = typed_day(talk.text, talk.local_today)
    if day is None or day.year == date.max.year:
        raise NotAnAnswer(talk._("Write the last day like this: 2027-06-30"))
    if day < talk.local_today:
        raise NotAnAnswer(talk._("That day has passed."))
    return datetime.combine(day + timedelta(days=1), time(), talk.context.settings.organisation.zone)
