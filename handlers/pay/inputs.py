"""Answers of the pay book: a shift in one line, a day that has been, amounts of money, a time of day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation

from pydantic import TypeAdapter

from handlers.chat.talk import Talk
from handlers.dates.days import Toward
from handlers.dates.reading import read
from handlers.forms.questions import Choice, Input, NotAnAnswer
from handlers.i18n import formatting
from handlers.i18n.translations import N_, clock
from handlers.inputs.moment import local_now, understood
from handlers.pay import words
from storage.pay.entries import BACK
from storage.pay.shifts import MOST_MONEY, NotAShift, Shift, read_line
from storage.plain_text import clean_code

HINTS = {
    "line": N_("Write hours, orders and money in one line, for example: 9h 42 318"),
    "hours": N_("How many hours? Up to 24. In one line, for example: 9h 42 318"),
    "orders": N_("How many orders? If you don't know, write a dash: 9h - 318"),
    "money": N_("How much money? Hours, orders and money in one line, for example: 9h 42 318"),
}
_NOT_A_DAY = N_("I don't understand this day. Write it like “yesterday” or “3 Nov”, or choose it below.")


class ShiftInput(Input[Shift]):
    """Hours, orders and money in one line."""

    adapter = TypeAdapter(Shift)

    async def read(self, talk: Talk) -> Shift:
        try:
            return read_line(talk.text)
        except NotAShift as fault:
            raise NotAnAnswer(talk._(HINTS[fault.what])) from None

    def show(self, talk: Talk, value: Shift) -> str:
        return words.shift(talk.view, value)


class PastDayInput(Input[date]):
    """A day that has been, today included."""

    adapter = TypeAdapter(date)

    async def read(self, talk: Talk) -> date:
        day = understood(talk, Toward.BACK, _NOT_A_DAY).day
        if not talk.local_today - BACK <= day <= talk.local_today:
            raise NotAnAnswer(talk._("The day must be within the last 400 days."))
        return day

    def choices(self, talk: Talk) -> Sequence[Choice[date]]:
        days = [talk.local_today - timedelta(days=back) for back in range(1, 7)]
        return [
            Choice(day.isoformat(), formatting.day_words(day, talk.local_today, talk.language), day) for day in days
        ]

    def show(self, talk: Talk, value: date) -> str:
        return formatting.dated(value, talk.local_today, talk.language)


@dataclass(frozen=True)
class AmountInput(Input[int]):
    """Money, in hundredths."""

    adapter = TypeAdapter(int)

    async def read(self, talk: Talk) -> int:
        text = clean_code(talk.text).replace(",", ".").strip("¥￥$€£元块 ")
        try:
            value = Decimal(text) * 100
        except InvalidOperation:
            value = Decimal(-1)
        if not (value.is_finite() and 0 <= value <= MOST_MONEY and value == value.to_integral_value()):
            raise NotAnAnswer(talk._("Write an amount, for example 20 or 12.50."))
        return int(value)

    def choices(self, talk: Talk) -> Sequence[Choice[int]]:
        return [Choice("0", talk._("None"), 0)]

    def show(self, talk: Talk, value: int) -> str:
        return words.amount(talk.view, value) if value else talk._("None")


class BeginningInput(Input[int]):
    """The hour of the day at which a shift began; -1 if it is not said."""

    adapter = TypeAdapter(int)

    async def read(self, talk: Talk) -> int:
        return (await ClockInput().read(talk)).hour

    def choices(self, talk: Talk) -> Sequence[Choice[int]]:
        hours = [Choice(f"{hour}", clock(hour, 0, talk.language), hour) for hour in (6, 8, 10, 12, 16, 18, 20, 22)]
        return [*hours, Choice("none", talk._("Not said"), -1)]

    def show(self, talk: Talk, value: int) -> str:
        return talk._("Not said") if value < 0 else clock(value, 0, talk.language)


class ClockInput(Input[time]):
    """A time of day."""

    adapter = TypeAdapter(time)

    async def read(self, talk: Talk) -> time:
        found = read(talk.text, local_now(talk), Toward.AHEAD)
        if found is None or found.clock is None:
            raise NotAnAnswer(talk._("Write a time, for example 22:30 or 9 pm."))
        return found.clock.replace(second=0, microsecond=0, tzinfo=None)

    def choices(self, talk: Talk) -> Sequence[Choice[time]]:
        return [Choice(f"{hour}", clock(hour, 0, talk.language), time(hour)) for hour in (14, 20, 21, 22, 23, 0)]

    def show(self, talk: Talk, value: time) -> str:
        return clock(value.hour, value.minute, talk.language)
