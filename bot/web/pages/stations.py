"""Stations in the console: the map of all, and a search by name."""

from __future__ import annotations

from aiohttp import web

from bot.web.pages import map_data, station, station_new, station_proposals
from bot.web.pages.map_data import drawn
from bot.web.pages.station_lists import adding, changing, gaps, importing
from bot.web.visits import OFFICE, Page, Visit
from handlers.stations.admin import MOST_FOUND
from handlers.stations.form import typed_point
from storage.geodesy import Crs, is_place
from storage.people.access import Right
from storage.plain_text import clean
from storage.stations import proposals, stations

_PATH = "/console/stations"


async def overview(visit: Visit) -> web.Response:
    """The map of all; those with these words in their names."""
    words = clean(visit.request.query.get("q", ""))[:200]
    found = await stations.named(visit.session, words, MOST_FOUND) if words else []
    begin = typed_point(clean(visit.request.query.get("at", "")))
    there = begin if begin is not None and is_place(*begin) else None
    shifts = Crs(visit.site.map.crs) is not Crs.WGS84
    middle = there or map_data.middle_of(visit.site.context.directory.index)
    return visit.page(
        "stations.html",
        words=words,
        found=found,
        middle=drawn(*middle, shifts=shifts),
        here_at=drawn(*there, shifts=shifts) if there else None,
        tiles=visit.site.map.tiles,
        pmtiles=bool(visit.site.map.pmtiles),
        waiting=await proposals.waiting_for(visit.session, visit.person.id),
        may_change=visit.person.may(Right.ADMINISTER),
        may_see_figures=visit.person.may(Right.SEE_FIGURES),
    )


PAGES = (
    Page("GET", _PATH, overview, Right.CLEAR_REPORTS, OFFICE),
    *station_new.PAGES,
    *changing.PAGES,
    *adding.PAGES,
    *importing.PAGES,
    *gaps.PAGES,
    *station.PAGES,
    *station_proposals.PAGES,
)
