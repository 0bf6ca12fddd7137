"""Where a station is missing: the places at which riders searched with none near, on a map and in a table.

The figures are those of /stats, with its rule: a place is shown where five people or more searched in a week.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from aiohttp import web

from bot.web.pages import map_data
from bot.web.pages.map_data import drawn
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.chat.figures import shown, too_little
from handlers.i18n.periods import title
from handlers.i18n.translations import N_
from handlers.stations.figures import cells_of, no_gap, where
from handlers.statistics import overview
from handlers.statistics.overview import MOST_BACK
from storage.database import apart
from storage.disclosure import HIDDEN
from storage.geodesy import Crs
from storage.people.access import Right
from storage.statistics.periods import Period, PeriodUnit

_PATH = "/console/stations/gaps"
UNITS = {PeriodUnit.WEEK: N_("Week"), PeriodUnit.MONTH: N_("Month"), PeriodUnit.YEAR: N_("Year")}
MOST_SHOWN = 100


class Gap(NamedTuple):
    """A place: in words, on the map (longitude first), and its figures; 0 stands for too few to be shown."""

    where: str
    at: tuple[float, float]
    bare: int
    searches: int
    bare_words: str
    searches_words: str
    latitude: float
    longitude: float


async def show(visit: Visit) -> web.Response:
    """Raises Turned."""
    unit, back = visit.request.query.get("unit", PeriodUnit.MONTH), visit.request.query.get("back", "0")
    if unit not in list(PeriodUnit) or not (back.isascii() and back.isdigit() and len(back) <= 3):
        raise Turned(Why.ODD)
    if int(back) > MOST_BACK:
        raise Turned(Why.ODD)
    period, talk = Period.of(PeriodUnit(unit), visit.view.today, int(back)), visit.talk
    shifts = Crs(visit.site.map.crs) is not Crs.WGS84
    with apart(visit.session):
        cells = await cells_of(talk, period)
    gaps = [
        Gap(
            where(talk, one),
            drawn(one.latitude, one.longitude, shifts=shifts),
            one.bare,
            one.searches,
            shown(talk, one.bare or HIDDEN),
            shown(talk, one.searches or HIDDEN),
            one.latitude,
            one.longitude,
        )
        for one in cells[:MOST_SHOWN]
    ]
    return visit.page(
        "station_gaps.html",
        heading=title(period, talk.language) + overview.so_far(talk, int(back)),
        gaps=gaps,
        empty=no_gap(talk) if gaps and not gaps[0].bare else "" if gaps else too_little(talk),
        rule=overview.hiding_words(talk),
        units=[(visit._(label), _address(visit, one, 0), one is period.unit) for one, label in UNITS.items()],
        earlier=_address(visit, period.unit, int(back) + 1) if int(back) < MOST_BACK else "",
        later=_address(visit, period.unit, int(back) - 1) if int(back) else "",
        middle=gaps[0].at if gaps else drawn(*map_data.middle_of(visit.site.context.directory.index), shifts=shifts),
        tiles=visit.site.map.tiles,
        pmtiles=bool(visit.site.map.pmtiles),
        may_change=visit.person.may(Right.ADMINISTER),
    )


def _address(visit: Visit, unit: PeriodUnit, back: int) -> str:
    return f"{visit.site.root}{_PATH}?{urlencode({'unit': unit, 'back': back})}"


PAGES = (Page("GET", _PATH, show, Right.SEE_FIGURES, OFFICE),)
