"""What a station consists of, as admins type and choose it: the questions of /station_add and of every later change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from markupsafe import escape

from handlers.chat.ports import Address, GeocodingFailed
from handlers.chat.questions import Choice, NotAnAnswer, Question
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.inputs.text import clean, short_text
from handlers.stations import format as station_format
from handlers.stations.addresses import LONGEST
from storage.dialogues import Answers, Value
from storage.geodesy import is_place
from storage.hours.hours_reading import BadHours, TooDear, check_hours
from storage.stations.stations import Amenity, amenities_from, amenity_names

TWIN_WITHIN = 100.0
"""Metres: a station so near may be the same one."""
_POINT = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*[,，; ]\s*(-?\d{1,3}(?:\.\d+)?)")
_ALL_DAY = {"24/7", "24h", "24小时", "全天", "全天开放"}
_CLOCKS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~至到]\s*(\d{1,2}):(\d{2})")


async def _read_place(talk: Talk) -> Value:
    """A location, a venue, "37.43, 116.36", or an address where addresses can be looked up: [latitude, longitude]."""
    place = talk.incoming.place
    if place is not None:
        return _checked(talk, place.latitude, place.longitude)
    text = clean(talk.text)
    point = _POINT.fullmatch(text)
    if point is not None:
        return _checked(talk, float(point[1]), float(point[2]))
    if isinstance(talk.fetched, GeocodingFailed):
        raise NotAnAnswer(talk._("The address search isn't responding right now. Please send a location instead."))
    found = cast(Sequence[Address], talk.fetched or ())
    if not found or not 2 <= len(text) <= LONGEST:
        raise NotAnAnswer(talk._("Please send the place as a location (📎 → Location), or write it like 37.43, 116.36"))
    return [found[0].latitude, found[0].longitude]


def _checked(talk: Talk, latitude: float, longitude: float) -> Value:
    if not is_place(latitude, longitude):
        raise NotAnAnswer(talk._("I couldn't read that location. Please send it again."))
    return [latitude, longitude]


def _show_place(_talk: Talk, value: Value) -> str:
    latitude, longitude = cast("list[float]", value)
    return f"{latitude:.6f}, {longitude:.6f}"


async def _read_hours(talk: Talk) -> Value:
    """OpenStreetMap's syntax, or simply 8:00-22:00 for every day."""
    text = clean(talk.text).replace("：", ":")
    if text.lower() in _ALL_DAY:
        return "24/7"
    simple = _CLOCKS.fullmatch(text)
    if simple is not None:
        text = f"Mo-Su {int(simple[1]):02d}:{simple[2]}-{int(simple[3]):02d}:{simple[4]}"
    try:
        if len(text) > 500:
            raise BadHours
        check_hours(text)
    except TooDear:
        raise NotAnAnswer(
            talk._(
                "These hours are too complicated (24 rules at most, 10 of them with PH). Leave out what riders "
                "need least."
            )
        ) from None
    except BadHours:
        raise NotAnAnswer(
            talk._(
                "I don't understand these hours. Write them like 08:00-22:00, or as OpenStreetMap does: "
                "Mo-Fr 08:30-17:30; Sa 10:00-14:00; PH off"
            )
        ) from None
    return text


def _hour_choices(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [
        Choice("all", talk._("open all day"), "24/7"),
        Choice("day", "08:00-22:00", "Mo-Su 08:00-22:00"),
        Choice("unknown", talk._("hours unknown"), ""),
    ]


def _amenity_choices(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [
        Choice(amenity.name or "", f"{sign} {talk._(name)}", amenity.name)
        for amenity, (sign, name) in station_format.AMENITIES.items()
    ]


async def _read_amenities(talk: Talk) -> Value:
    raise NotAnAnswer(talk._("Press each amenity it has; press again to remove it."))


def _show_amenities(talk: Talk, value: Value) -> str:
    return station_format.amenities(amenity_mask(value), talk.language) or "—"


def amenity_mask(value: Value) -> int:
    """From the names that were pressed."""
    return int(amenities_from(str(one) for one in value)) if isinstance(value, list) else 0


def names_of(mask: int) -> list[Any]:
    return list(amenity_names(Amenity(mask)))


def _ask_name(talk: Talk, answers: Answers) -> str:
    asked = talk._("What is it called?")
    twin = _twin(talk, answers.get("place"))
    return f"{twin}\n\n{asked}" if twin else asked


def _twin(talk: Talk, place: Value) -> str:
    """A word of warning if there is a station already."""
    if not isinstance(place, list):
        return ""
    latitude, longitude = float(place[0]), float(place[1])
    index = talk.context.directory.index
    found = index.nearest_row(latitude, longitude)
    if found is None or found[1] > TWIN_WITHIN:
        return ""
    said = talk._("⚠️ {name} is only {distance} away. If it's the same one, press Cancel and open it instead.")
    return said.format(name=escape(index.names[found[0]]), distance=translations.distance(found[1], talk.language))


PLACE = Question(
    key="place",
    title=lambda talk: talk._("Place"),
    read=_read_place,
    show=_show_place,
    takes_location=True,
    ask=lambda talk, _: talk._(
        "Where is it? Send the place as a location (📎 → Location; move the pin to its door), or write it like "
        "37.43, 116.36."
    ),
)
NAME = Question(
    key="name",
    title=lambda talk: talk._("Station name"),
    ask=_ask_name,
    read=short_text(1, 200, lambda talk: talk._("Please write a name of up to 200 characters.")),
)
ADDRESS = Question(
    key="address",
    title=lambda talk: talk._("Address"),
    optional=True,
    ask=lambda talk, _: talk._("What is the address, as riders would ask for it?"),
    read=short_text(2, 300, lambda talk: talk._("Please write an address of 2 to 300 characters.")),
)
HOURS = Question(
    key="opening_hours",
    title=lambda talk: talk._("Hours"),
    read=_read_hours,
    choices=_hour_choices,
    columns=3,
    show=lambda talk, value: str(value) or talk._("hours unknown"),
    ask=lambda talk, _: talk._("When is it open? Choose, or write it: 08:00-22:00, or Mo-Fr 08:30-17:30; PH off"),
)
AMENITIES = Question(
    key="amenities",
    title=lambda talk: talk._("Amenities"),
    read=_read_amenities,
    choices=_amenity_choices,
    columns=2,
    collects=True,
    optional=True,
    show=_show_amenities,
    ask=lambda talk, _: talk._("What does it have? Press everything that applies, then “That's all”."),
)
PHONE = Question(
    key="phone",
    title=lambda talk: talk._("Phone"),
    optional=True,
    ask=lambda talk, _: talk._("A phone number that riders can call?"),
    read=short_text(3, 60, lambda talk: talk._("Please write a phone number of up to 60 characters.")),
)
NOTE = Question(
    key="note",
    title=lambda talk: talk._("Note"),
    optional=True,
    ask=lambda talk, _: talk._("Anything that helps to find it, or that riders should know? (up to 1000 characters)"),
    read=short_text(2, 1_000, lambda talk: talk._("Please write 2 to 1000 characters.")),
)

FIELDS = {one.key: one for one in (PLACE, NAME, ADDRESS, HOURS, AMENITIES, PHONE, NOTE)}
