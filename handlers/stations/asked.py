"""What a list is asked for: the filter, and the words for it."""

from __future__ import annotations

from typing import NamedTuple

from handlers.chat.view import View
from handlers.i18n import translations
from handlers.stations import format as station_format
from storage.stations.index import Wanted
from storage.stations.stations import Amenity

RADII = (None, 1_000.0, 3_000.0, 10_000.0)
REACH = 50_000.0
"""Metres: nobody rides further to a station, so it is none that is near."""
_AROUND_HOME = 1 << 40


class Asked(NamedTuple):
    """A filter as it travels in a button: one whole number. The radius is a step of RADII; `around_home` says that the
    place is the rider's own area."""

    amenities: int = 0
    all_day: bool = False
    radius: int = 0
    around_home: bool = False

    @classmethod
    def of(cls, code: int) -> Asked:
        """Any number is a filter; unknown bits are dropped."""
        known = sum(Amenity)
        return cls(code >> 3 & known, bool(code & 1), code >> 1 & 3, bool(code & _AROUND_HOME))

    @property
    def code(self) -> int:
        return self.amenities << 3 | self.radius << 1 | self.all_day | self.around_home * _AROUND_HOME

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.amenities, self.all_day, RADII[self.radius] or REACH)

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves out any station."""
        return self != self.cleared

    @property
    def cleared(self) -> Asked:
        """The same place without the filter."""
        return Asked(around_home=self.around_home)


def title(view: View, asked: Asked) -> str:
    """The heading of a list."""
    if not asked.amenities:
        return view._("Stations near your area") if asked.around_home else view._("Nearest stations")
    said = (
        view._("Stations near your area: {amenities}") if asked.around_home else view._("Nearest stations: {amenities}")
    )
    return said.format(amenities=station_format.names(asked.amenities, view.language))


def limits(view: View, asked: Asked) -> str:
    """ "open all day · within 3 km": what the heading does not say."""
    parts = [view._("open all day")] if asked.all_day else []
    radius = RADII[asked.radius]
    if radius:
        parts.append(view._("within {distance}").format(distance=translations.distance(radius, view.language)))
    return " · ".join(parts)


def filter_words(view: View, asked: Asked) -> str:
    """ "💧 water · open all day · within 3 km"."""
    named = station_format.amenities(asked.amenities, view.language)
    return " · ".join(filter(None, (named, limits(view, asked))))
