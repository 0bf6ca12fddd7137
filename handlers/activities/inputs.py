"""Answers of which only activities consist: where, for how long, when reminded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from handlers.activities.format import KINDS
from handlers.activities.reminders import lead_words
from handlers.chat.talk import Talk
from handlers.dates.lengths import read_length
from handlers.forms.questions import Choice, Input, NotAnAnswer
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.inputs.choice import ButtonInput
from handlers.inputs.moment import MomentInput
from handlers.inputs.number import NUMBER
from handlers.inputs.place import sent_point, station_point
from handlers.inputs.record import record
from handlers.inputs.station import station_named
from handlers.inputs.text import TEXT, TextInput
from storage.activities.activities import Kind
from storage.plain_text import clean

LONGEST = timedelta(days=3)
MOMENT = MomentInput(
    within=timedelta(days=400),
    too_far=N_("The time must be in the future, within a year."),
)
_VENUE_NAME = TextInput(2, 200, N_("Write the place or a station's name (2 to 200 characters), or send a location."))


@dataclass(frozen=True, slots=True)
class Venue:
    """Where an activity is, in words; and in degrees (WGS-84), if that is known."""

    words: str
    latitude: float | None
    longitude: float | None


class VenueInput(Input[Venue]):
    """A station by its name, a location, or only words."""

    adapter = record(Venue)
    takes_location = True

    async def read(self, talk: Talk) -> Venue:
        point = sent_point(talk)
        if point is not None:
            venue = talk.incoming.body.get("venue") or {}
            return Venue(str(venue.get("title", ""))[:200], point.latitude, point.longitude)
        text = _VENUE_NAME.checked(talk, clean(talk.text))
        row = station_named(talk, text)
        if row is None:
            return Venue(text, None, None)
        point = station_point(talk, row)
        return Venue(talk.context.directory.index.names[row], point.latitude, point.longitude)

    def show(self, talk: Talk, value: Venue) -> str:  # noqa: ARG002
        return f"{value.words} 📍" if value.latitude is not None else value.words


class LengthInput(Input[int]):
    """How long something lasts, in minutes."""

    adapter = NUMBER

    async def read(self, talk: Talk) -> int:
        length = read_length(talk.text)
        if length is None or not timedelta() < length <= LONGEST:
            raise NotAnAnswer(talk._("Choose, or write hours and minutes, for example 2:30."))
        return int(length.total_seconds()) // 60

    def choices(self, talk: Talk) -> Sequence[Choice[int]]:
        return [Choice(str(n), self.show(talk, n), n) for n in (60, 90, 120, 180, 240)]

    def show(self, talk: Talk, value: int) -> str:
        return formatting.duration(timedelta(minutes=value), talk.language)


def _kinds(talk: Talk) -> Sequence[Choice[Kind]]:
    return [Choice(kind.value, f"{sign} {talk._(label)}", kind) for kind, (sign, label) in KINDS.items()]


def _leads(talk: Talk) -> Sequence[Choice[str]]:
    return [
        Choice(str(at), lead_words(text, talk.language), text)
        for at, text in enumerate(("86400,7200", "86400", "7200", ""))
    ]


KIND = ButtonInput(TypeAdapter(Kind), _kinds, lambda talk, kind: talk._(KINDS[kind][1]))
LEADS = ButtonInput(TEXT, _leads, lambda talk, text: lead_words(text, talk.language))
"""How long before the start reminders come, in seconds: "86400,7200"."""
