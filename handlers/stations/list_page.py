"""The list of the nearest stations: its words and its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from handlers.chat.press import Buttons
from handlers.chat.talk import StatelessTalk
from handlers.i18n import translations
from handlers.stations import format as station_format
from handlers.stations import presses
from storage.stations.ids import SearchId
from storage.stations.index import Found, Wanted
from storage.stations.stations import Amenity

PAGE = 5
RADII = (None, 1_000.0, 3_000.0, 10_000.0)
_SIGNS_IN_LIST = 5


class Asked(NamedTuple):
    """A filter as it travels in a button: one whole number. The radius is a step of RADII."""

    amenities: int = 0
    all_day: bool = False
    radius: int = 0

    @classmethod
    def of(cls, code: int) -> Asked:
        """Any number is a filter; unknown bits are dropped."""
        known = sum(Amenity)
        return cls(code >> 3 & known, bool(code & 1), code >> 1 & 3)

    @property
    def code(self) -> int:
        return self.amenities << 3 | self.radius << 1 | self.all_day

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.amenities, self.all_day, RADII[self.radius])


class Shown(NamedTuple):
    """A page of a list, ready to be sent."""

    text: Markup
    buttons: Buttons
    stations: Sequence[Found]


def look(talk: StatelessTalk, latitude: float, longitude: float, asked: Asked, page: int) -> tuple[list[Found], bool]:
    """The stations of one page, and whether there are more."""
    directory = talk.context.directory
    last = (page + 1) * PAGE
    found = directory.index.nearest(latitude, longitude, asked.wanted, talk.now, directory.live, last + 1)
    return found[page * PAGE : last], len(found) > last


def list_page(
    talk: StatelessTalk, search_id: SearchId, latitude: float, longitude: float, asked: Asked, page: int = 0
) -> Shown:
    """The page in words: each station with its distance, hours, amenities and what riders report."""
    stations, more = look(talk, latitude, longitude, asked, page)
    title = talk._("Nearest stations") if stations else talk._("No station found")
    lines = [Markup("📍 <b>{}</b>").format(title)]
    if asked.code:
        lines.append(Markup("<i>{}</i>").format(filter_words(talk, asked)))
    lines += [_entry(talk, found, page * PAGE + at) for at, found in enumerate(stations, start=1)]
    if not stations:
        lines.append(
            Markup(
                talk._("Try without the filter, or with a larger radius.")
                if asked.code
                else talk._("No stations have been entered yet.")
            )
        )
    return Shown(Markup("\n").join(lines), _buttons(talk, search_id, stations, asked, page, more=more), stations)


def _entry(talk: StatelessTalk, found: Found, number: int) -> Markup:
    directory = talk.context.directory
    index = directory.index
    name = escape(index.names[found.row])
    # Put together by hand: this is the hottest text of the bot, and only the name and the comment come from outside.
    parts = [
        f"\n<b>{number}. {name}</b> — {translations.distance(found.distance, talk.language)}",
        escape(station_format.hours(found.hours, talk.local_today, talk.language)),
    ]
    offered = station_format.amenities(int(index.amenities[found.row]), talk.language, _SIGNS_IN_LIST)
    if offered:
        parts.append(offered)
    states = directory.live.by_row.get(found.row)
    if states:
        parts += station_format.reports(states, talk.now, talk.language)
    return Markup("\n".join(parts))


def filter_words(talk: StatelessTalk, asked: Asked) -> str:
    """ "with 💧 water · open all day · within 3 km"."""
    parts = []
    if asked.amenities:
        parts.append(station_format.amenities(asked.amenities, talk.language))
    if asked.all_day:
        parts.append(talk._("open all day"))
    radius = RADII[asked.radius]
    if radius:
        parts.append(talk._("within {distance}").format(distance=translations.distance(radius, talk.language)))
    return " · ".join(parts)


def _buttons(
    talk: StatelessTalk, search_id: SearchId, stations: Sequence[Found], asked: Asked, page: int, *, more: bool
) -> Buttons:
    first = page * PAGE + 1
    numbers = [
        presses.PAGE.button(f"{number}", search_id, found.key) for number, found in enumerate(stations, start=first)
    ]
    turn = []
    if page:
        turn.append(presses.TURN_PAGE.button(talk._("◀ Nearer"), search_id, asked.code, page - 1))
    if more:
        turn.append(presses.TURN_PAGE.button(talk._("More ▶"), search_id, asked.code, page + 1))
    tools = [presses.OPEN_FILTER.button(talk._("🔎 Filter"), search_id, asked.code)]
    if stations:
        tools.append(presses.VENUES.button(talk._("📌 On the map"), search_id, asked.code, page))
        tools.append(presses.PICTURE.button(talk._("🖼 As picture"), search_id, asked.code, page))
    return [numbers, turn, tools, [presses.KEEP_HOME.button(talk._("🏠 Save as my area"), search_id)]]
