"""What a station consists of, as admins type and choose it: the questions of /station_add and of every later change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import escape
from pydantic import TypeAdapter

from handlers.chat.press import Button
from handlers.chat.talk import Talk
from handlers.forms.questionnaires import questionnaire
from handlers.forms.questions import Choice, Input, NotAnAnswer, Question, asked
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.inputs.place import POINT, Point, checked_point, sent_point
from handlers.inputs.text import TEXT, CodeInput, TextInput
from handlers.stations import format as station_format
from handlers.stations import presses
from handlers.stations.addresses import LONGEST, found_addresses, look_up
from storage.hours.hours_reading import TooDear
from storage.hours.parsed_hours import BadHours
from storage.hours.written_hours import in_osm_syntax
from storage.plain_text import clean
from storage.stations.coordinates import NoCoordinate, read_degrees, split_pair
from storage.stations.ids import StationKey
from storage.stations.stations import amenities_from

TWIN_WITHIN = 100.0
"""Metres: a station so near may be the same one."""
_CLOCKS = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


class PointInput(Input[Point]):
    """A location, a venue, "37.43, 116.36", or an address where addresses can be looked up."""

    adapter = POINT
    takes_location = True

    async def read(self, talk: Talk) -> Point:
        sent, text = sent_point(talk), clean(talk.text)
        if sent is not None:
            return sent
        typed = typed_point(text)
        if typed is not None:
            return checked_point(talk, *typed)
        addresses = found_addresses(talk)
        if not addresses or not 2 <= len(text) <= LONGEST:
            raise NotAnAnswer(
                talk._("Please send the place as a location (📎 → Location), or write it like 37.43, 116.36")
            )
        return Point(addresses[0].latitude, addresses[0].longitude)

    def show(self, talk: Talk, value: Point) -> str:  # noqa: ARG002
        return f"{value.latitude:.6f}, {value.longitude:.6f}"


def typed_point(text: str) -> tuple[float, float] | None:
    """None for what is no latitude and longitude."""
    try:
        latitude, longitude = map(read_degrees, split_pair(text))
    except NoCoordinate:
        return None
    return latitude.value, longitude.value


class HoursInput(Input[str]):
    """As people write them, 8:00-22:00 for every day, or in OpenStreetMap's syntax, in which they are kept; empty if
    they are not known."""

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        try:
            text = _of_every_day(in_osm_syntax(clean(talk.text)))
        except TooDear:
            raise NotAnAnswer(
                talk._(
                    "These hours are too complicated (24 rules at most, 10 of them about public holidays). Leave out "
                    "what riders need least."
                )
            ) from None
        except BadHours:
            raise NotAnAnswer(
                talk._(
                    "I don't understand these hours. Write them like “every day 8:00-22:00” or “Mon to Fri "
                    "8:30-17:30, Sat 10:00-14:00, closed on public holidays”."
                )
            ) from None
        return text

    def choices(self, talk: Talk) -> Sequence[Choice[str]]:
        return [
            Choice("all", talk._("open all day"), "24/7"),
            Choice("day", "08:00-22:00", "Mo-Su 08:00-22:00"),
            Choice("unknown", talk._("hours unknown"), ""),
        ]

    def show(self, talk: Talk, value: str) -> str:
        return station_format.opening_hours(talk, value) or talk._("hours unknown")


def _of_every_day(hours: str) -> str:
    simple = _CLOCKS.fullmatch(hours)
    if simple is None:
        return hours
    return f"Mo-Su {int(simple[1]):02d}:{simple[2]}-{int(simple[3]):02d}:{simple[4]}"


class AmenitiesInput(Input[tuple[str, ...]]):
    """By their names, on buttons alone."""

    adapter = TypeAdapter(tuple[str, ...])
    collects = True

    async def read(self, talk: Talk) -> tuple[str, ...]:
        raise NotAnAnswer(talk._("Press each amenity it has; press again to remove it."))

    def choices(self, talk: Talk) -> Sequence[Choice[tuple[str, ...]]]:
        return [
            Choice(amenity.name or "", f"{sign} {talk._(name)}", (amenity.name or "",))
            for amenity, (sign, name) in station_format.AMENITIES.items()
        ]

    def show(self, talk: Talk, value: tuple[str, ...]) -> str:
        return station_format.amenities(int(amenities_from(value)), talk.language) or "—"


class Twin(NamedTuple):
    """A station that is there already, and may be the one that is described."""

    key: StationKey
    name: str
    metres: float


def _twin(talk: Talk, draft: object) -> Twin | None:
    place: Point | None = draft.place if isinstance(draft, StationDraft) else None
    if place is None:
        return None
    index = talk.context.directory.index
    found = index.nearest_row(place.latitude, place.longitude)
    if found is None or found[1] > TWIN_WITHIN:
        return None
    row, metres = found
    return Twin(StationKey(int(index.keys[row])), index.names[row], metres)


def _ask_name(talk: Talk, draft: object) -> str:
    """With a word of warning if there is a station already."""
    asks, twin = talk._("What is it called?"), _twin(talk, draft)
    if twin is None:
        return asks
    said = talk._("⚠️ {name} is only {distance} away. If it's the same one, open it here and cancel this form.")
    said = said.format(name=escape(twin.name), distance=translations.distance(twin.metres, talk.language))
    return f"{said}\n\n{asks}"


def _open_twin(talk: Talk, draft: object) -> Sequence[Button]:
    twin = _twin(talk, draft)
    return [] if twin is None else [presses.KNOWN.button(f"📍 {twin.name[:40]}", twin.key)]


@dataclass(frozen=True, slots=True)
class StationDraft:
    """A station as admins describe it; what is not known is empty."""

    place: Point = asked(
        Question(
            N_("Place"),
            N_(
                "Where is it? Send the place as a location (📎 → Location; move the pin to its door), or write it like "
                "37.43, 116.36."
            ),
            PointInput(),
            look_up=look_up,
        )
    )
    name: str = asked(Question(N_("Station name"), _ask_name, TextInput(1, 200), offers=_open_twin))
    address: str = asked(
        Question(
            N_("Address"), N_("What is the address, as riders would ask for it?"), TextInput(2, 300), optional=True
        ),
        default="",
    )
    opening_hours: str = asked(
        Question(
            N_("Hours"),
            N_("When is it open? Choose, or write it, for example: Mon to Fri 8:30-17:30, closed on public holidays"),
            HoursInput(),
            columns=3,
        ),
    )
    amenities: tuple[str, ...] = asked(
        Question(
            N_("Amenities"),
            N_("What does it have? Press everything that applies, then “That's all”."),
            AmenitiesInput(),
            columns=2,
            optional=True,
        ),
        default=(),
    )
    phone: str = asked(
        Question(N_("Phone"), N_("A phone number that riders can call?"), CodeInput(3, 60), optional=True),
        default="",
    )
    note: str = asked(
        Question(
            N_("Note"),
            N_("Anything that helps to find it, or that riders should know? (up to 1000 characters)"),
            TextInput(2, 1_000),
            optional=True,
        ),
        default="",
    )


FIELDS = questionnaire(StationDraft).by_key
"""The questions by the columns that they are about."""
