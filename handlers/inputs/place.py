"""Places that are sent as a location."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer
from handlers.i18n.translations import N_
from handlers.inputs.record import record
from handlers.inputs.station import station_named
from storage.geodesy import is_place
from storage.plain_text import clean

NOT_ON_EARTH = N_("I couldn't read that location. Please send it again.")


@dataclass(frozen=True, slots=True)
class Point:
    """In degrees, WGS-84."""

    latitude: float
    longitude: float


POINT = record(Point)


def checked_point(talk: Talk, latitude: float, longitude: float) -> Point:
    """Raises NotAnAnswer: there is no such place."""
    if not is_place(latitude, longitude):
        raise NotAnAnswer(talk._(NOT_ON_EARTH))
    return Point(latitude, longitude)


def sent_point(talk: Talk) -> Point | None:
    """Where the location or venue that was sent is; None if the message is something else.

    Raises:
        NotAnAnswer: there is no such place.
    """
    place = talk.incoming.place
    return None if place is None else checked_point(talk, place.latitude, place.longitude)


def station_point(talk: Talk, row: int) -> Point:
    index = talk.context.directory.index
    return Point(float(index.latitudes[row]), float(index.longitudes[row]))


@dataclass(frozen=True)
class PlaceInput(Input[Point]):
    """A location, or the name of a station; `hint` is the message for anything else."""

    hint: str

    adapter = POINT
    takes_location = True

    async def read(self, talk: Talk) -> Point:
        point = sent_point(talk)
        if point is None and talk.text:
            row = station_named(talk, clean(talk.text))
            point = None if row is None else station_point(talk, row)
        if point is None:
            raise NotAnAnswer(talk._(self.hint))
        return point

    def show(self, talk: Talk, value: Point) -> str:  # noqa: ARG002
        return f"{value.latitude:.4f}, {value.longitude:.4f}"
