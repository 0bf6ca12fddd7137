"""A value changed for many stations at once: first a list of what would become of each, then the changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from aiohttp import web

from bot.web.acting import acting
from bot.web.pages.station_lists import area
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.chat.talk import Talk
from handlers.forms.questions import NotAnAnswer
from handlers.i18n.translations import N_
from handlers.stations import acts
from handlers.stations.admin import CLOSED_BECAUSE, CLOSED_UNTIL, closed_line
from handlers.stations.form import FIELDS
from handlers.stations.values import shown
from storage.people.access import Right
from storage.plain_text import clean
from storage.stations import together
from storage.stations.ids import StationKey
from storage.stations.stations import WITHOUT_END, Amenity, StationRow, amenities_from
from storage.stations.together import MOST, Change, Fate, Planned

TEXTS = ("opening_hours", "phone", "note")
FATES = {
    Fate.CHANGES: N_("changed"),
    Fate.SAME: N_("unchanged: it is like that already"),
    Fate.GONE: N_("unchanged: it has been deleted"),
    Fate.OVERTAKEN: N_("unchanged: someone else has changed it in the meantime"),
}
_NOTHING_TICKED = N_("Tick at least one station.")
_NO_AMENITY = N_("Tick at least one amenity.")
_SENT_ALONG = ("corners", "what", "end", "day", "reason", *TEXTS)


class Line(NamedTuple):
    """Of the preview: a station, what stands there, what will, and the mark of the first."""

    key: StationKey
    name: str
    before: str
    after: str
    fate: str
    is_changed: bool
    mark: str


async def plan(visit: Visit) -> web.Response:
    """What would become of each; nothing is changed."""
    try:
        keys, change = _keys(visit), await _change_of(visit)
    except NotAnAnswer as fault:
        return await area.shown(visit, visit.field("corners"), problem=str(fault))
    found = await together.planned(visit.session, keys, change, visit.now)
    lines = [
        Line(
            one.row.key,
            one.row.name,
            _before(visit, one.row, change),
            _after(visit, one.row, change),
            visit._(FATES[one.fate]),
            one.fate is Fate.CHANGES,
            change.mark(one.row),
        )
        for one in found
    ]
    return visit.page(
        "station_area_plan.html",
        lines=lines,
        count=sum(line.is_changed for line in lines),
        sent={name: visit.field(name) for name in _SENT_ALONG},
        amenities=visit.form.get("amenities", []),
        corners=visit.field("corners"),
    )


async def change_all(visit: Visit, talk: Talk) -> web.Response:
    """Those that were listed, one audit row each."""
    try:
        keys, change = _keys(visit), await _change_of(visit)
    except NotAnAnswer:
        raise Turned(Why.ODD) from None
    listed = {key: visit.field(f"was-{key}") for key in keys}
    return _done(visit, await acts.change_all(talk, keys, change, listed))


def _done(visit: Visit, found: Sequence[Planned]) -> web.Response:
    count = sum(one.fate is Fate.CHANGES for one in found)
    said = visit.view.plural("{n} station is changed.", "{n} stations are changed.", count).format(n=count)
    left = [(one.row.key, one.row.name, visit._(FATES[one.fate])) for one in found if one.fate is not Fate.CHANGES]
    return visit.page("station_area_done.html", said=said, left=left, corners=visit.field("corners"))


async def clear(visit: Visit, talk: Talk) -> web.Response:
    """What riders reported of those that are ticked is not so."""
    try:
        keys = _keys(visit)
    except NotAnAnswer as fault:
        return await area.shown(visit, visit.field("corners"), problem=str(fault))
    cleared = [key for key in keys if await acts.clear_reports(talk, key)]
    said = visit.view.plural(
        "The reports on {n} station are cleared.", "The reports on {n} stations are cleared.", len(cleared)
    ).format(n=len(cleared))
    return visit.page("station_area_done.html", said=said, left=[], corners=visit.field("corners"))


def _keys(visit: Visit) -> list[StationKey]:
    """Raises Turned, NotAnAnswer."""
    sent = visit.form.get("key", [])
    if not sent:
        raise NotAnAnswer(visit._(_NOTHING_TICKED))
    if len(sent) > MOST or not all(key.isascii() and key.isdigit() and len(key) <= 18 for key in sent):
        raise Turned(Why.ODD)
    return [StationKey(int(key)) for key in sent]


async def _change_of(visit: Visit) -> Change:
    """What the pressed button says. Raises Turned, NotAnAnswer."""
    what = visit.field("what")
    if what in ("more", "less"):
        return _amenities(visit, what)
    if what == "open":
        return together.Opening()
    if what == "close":
        return await _closing(visit)
    if what not in TEXTS:
        raise Turned(Why.ODD)
    written = visit.field(what).replace("\r\n", "\n")
    if not clean(written):
        return together.Text(what, "")  # type: ignore[arg-type]
    words: str = await FIELDS[what].input.read(visit.saying(written))
    return together.Text(what, words)  # type: ignore[arg-type]


def _amenities(visit: Visit, what: str) -> together.Amenities:
    ticked = visit.form.get("amenities", [])
    if not set(ticked) <= set(Amenity.__members__):
        raise Turned(Why.ODD)
    if not ticked:
        raise NotAnAnswer(visit._(_NO_AMENITY))
    mask = int(amenities_from(ticked))
    return together.Amenities(more=mask) if what == "more" else together.Amenities(less=mask)


async def _closing(visit: Visit) -> together.Closing:
    """For one of the ready times, or until a day."""
    reason: str = await CLOSED_BECAUSE.input.read(visit.saying(visit.field("reason")))
    ends = {choice.id: choice.value for choice in CLOSED_UNTIL.input.choices(visit.talk)}
    if visit.field("day"):
        return together.Closing(await CLOSED_UNTIL.input.read(visit.saying(visit.field("day"))) or WITHOUT_END, reason)
    if visit.field("end") not in ends:
        raise Turned(Why.ODD)
    return together.Closing(ends[visit.field("end")] or WITHOUT_END, reason)


def _before(visit: Visit, row: StationRow, change: Change) -> str:
    match change:
        case together.Text():
            return shown(visit.talk, row, change.column)
        case together.Amenities():
            return shown(visit.talk, row, "amenities")
        case _:
            return closed_line(visit.talk, row) or "—"


def _after(visit: Visit, row: StationRow, change: Change) -> str:
    """Without touching the row."""
    match change:
        case together.Text():
            return FIELDS[change.column].input.show(visit.talk, change.words) or "—"
        case together.Amenities():
            names = tuple(one.name or "" for one in Amenity(change.of(row)))
            return FIELDS["amenities"].input.show(visit.talk, names)
        case together.Closing():
            row_then = StationRow(closed_until=change.until, closed_reason=change.reason)
            return closed_line(visit.talk, row_then)
        case together.Opening():
            return "—"


PAGES = (
    Page("GET", area.PATH, area.show, Right.CLEAR_REPORTS, OFFICE),
    Page("GET", f"{area.PATH}/stations.csv", area.save, Right.CLEAR_REPORTS, OFFICE),
    Page("POST", f"{area.PATH}/plan", plan, Right.ADMINISTER, OFFICE),
    acting(f"{area.PATH}/change", change_all, Right.ADMINISTER),
    acting(f"{area.PATH}/clear", clear, Right.CLEAR_REPORTS),
)
