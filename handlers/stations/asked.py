"""What a list is asked for: the filter, and the words for it."""

from __future__ import annotations

from typing import NamedTuple

from handlers.chat.view import View
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.stations import format as station_format
from storage.stations.index import Wanted
from storage.stations.stations import WHO_MAY_USE, Amenity

RADII = (None, 1_000.0, 3_000.0, 10_000.0)
REACH = 50_000.0
"""Metres: nobody rides further to a station, so it is none that is near."""
_AROUND_HOME = 1 << 40
_HEADING_FROM = 41
HEADINGS: dict[int, tuple[str, str]] = {
    1: ("⬆", N_("north")),
    2: ("↗", N_("north-east")),
    3: ("➡", N_("east")),
    4: ("↘", N_("south-east")),
    5: ("⬇", N_("south")),
    6: ("↙", N_("south-west")),
    7: ("⬅", N_("west")),
    8: ("↖", N_("north-west")),
}
"""The directions that a rider can choose, 45° each."""
AS_I_MOVE = 9
"""The direction of a live location."""


class Asked(NamedTuple):
    """A filter as it travels in a button: one whole number. The radius is a step of RADII; `around_home` says that the
    place is the rider's own area. `heading`, if it is not 0: what lies on the way is asked for, in this direction of
    HEADINGS or AS_I_MOVE."""

    amenities: int = 0
    all_day: bool = False
    radius: int = 0
    around_home: bool = False
    heading: int = 0

    @classmethod
    def of(cls, code: int) -> Asked:
        """Any number is a filter; unknown bits are dropped."""
        known = sum(Amenity) & ~WHO_MAY_USE
        heading = code >> _HEADING_FROM & 15
        heading = heading if heading in (*HEADINGS, AS_I_MOVE) else 0
        return cls(code >> 3 & known, bool(code & 1), code >> 1 & 3, bool(code & _AROUND_HOME), heading)

    @property
    def code(self) -> int:
        place = self.around_home * _AROUND_HOME | self.heading << _HEADING_FROM
        return self.amenities << 3 | self.radius << 1 | self.all_day | place

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
        return Asked(around_home=self.around_home, heading=self.heading)

    def degrees(self, moving: float | None) -> float | None:
        """The direction of the way, clockwise from north, of a rider who is `moving` there; None: nobody knows it."""
        if self.heading == AS_I_MOVE:
            return moving
        return (self.heading - 1) * 45.0 if self.heading else None


def title(view: View, asked: Asked) -> str:
    """The heading of a list."""
    if not asked.amenities:
        return view._("Stations near your area") if asked.around_home else view._("Nearest stations")
    said = (
        view._("Stations near your area: {amenities}") if asked.around_home else view._("Nearest stations: {amenities}")
    )
    return said.format(amenities=station_format.names(asked.amenities, view.language))


def title_ahead(view: View, asked: Asked) -> str:
    """The heading of a list of what lies on the way."""
    if not asked.amenities:
        return view._("Next on your way")
    return view._("Next on your way: {amenities}").format(
        amenities=station_format.names(asked.amenities, view.language)
    )


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
