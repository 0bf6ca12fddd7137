"""One station in the console: its reports, its fields, and its history."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bot.web.acting import Act, acting
from bot.web.pages import station_form
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.admin.audit import in_words, labels_of
from handlers.chat.talk import Talk
from handlers.forms.questions import NotAnAnswer
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.inputs.moment import show_moment
from handlers.stations import acts
from handlers.stations import format as station_format
from handlers.stations.admin import CLOSED_BECAUSE, CLOSED_UNTIL, closed_line
from handlers.stations.form import FIELDS
from handlers.stations.values import shown
from storage import audit
from storage.audit import THE_CLOCK
from storage.operations.audited import OperationAction
from storage.people.access import Right
from storage.stations import history, stations
from storage.stations.audited import StationAction
from storage.stations.ids import StationKey
from storage.stations.stations import NoSuchStation, StationRow

_PATH = "/console/stations"
_HISTORY = 50
_NO_FAULTS: Mapping[str, str] = {}
_OVERTAKEN = N_("Someone has changed this in the meantime. Now it says: {value}. Save again to have yours instead.")
_SAID = {
    "added": N_("Added. Riders can find it now."),
    "changed": N_("Saved. Riders can see it now."),
    "same": N_("Nothing was changed."),
    "cleared": N_("Cleared."),
    "clear": N_("There was nothing to clear."),
}


def _said(visit: Visit) -> str:
    """What the last act came to, as the address says."""
    key = visit.request.query.get("said", "")
    return visit._(_SAID[key]) if key in _SAID else ""


def _key(visit: Visit) -> StationKey:
    return StationKey(int(visit.request.match_info["key"]))


async def _row(visit: Visit) -> StationRow:
    """Also a deleted one to whoever may bring it back. Raises NoSuchStation."""
    if visit.person.may(Right.ADMINISTER):
        return await stations.find_for_admin(visit.session, _key(visit))
    row = await stations.find(visit.session, _key(visit))
    if row is None:
        raise NoSuchStation
    return row


async def one(visit: Visit) -> web.Response:
    """A station."""
    row = await _row(visit)
    return _shown(visit, row, _said(visit))


def _shown(
    visit: Visit, row: StationRow, words: str = "", *, faults: Mapping[str, str] = _NO_FAULTS, problem: str = ""
) -> web.Response:
    """With what was written where there are `faults` in it."""
    texts = station_form.typed(visit) if faults else station_form.texts_of(row)
    was = texts if not faults else {**station_form.before(visit), **station_form.overtaken(visit, row)}
    is_drawn = bool(faults) and station_form.is_drawn(visit)
    talk, directory = visit.talk, visit.site.context.directory
    place = directory.index.row_of(row.key)
    states = directory.live.by_row.get(place, []) if place is not None else []
    may_change = visit.person.may(Right.ADMINISTER)
    ago = formatting.ago(row.updated_at, visit.now, visit.person.language)
    known = station_form.pin(visit, station_form.texts_of(row)["place"], is_drawn=False)
    return visit.page(
        "station_office.html",
        status=422 if faults or problem else 200,
        row=row,
        said=words,
        problem=problem,
        closed=closed_line(talk, row),
        is_deleted=row.deleted_at is not None,
        reports=station_format.reports(states, visit.now, visit.person.language),
        fresh=visit._("Last checked {ago}").format(ago=ago),
        lines=[(field.title_for(talk), shown(talk, row, name)) for name, field in FIELDS.items()],
        form=station_form.fields_of(visit, texts, was, faults) if may_change else None,
        ends=[(choice.id, choice.label) for choice in CLOSED_UNTIL.input.choices(talk)],
        kept=stations.KEPT.days,
        at=station_form.pin(visit, texts["place"], is_drawn=is_drawn) or known,
        is_drawn=is_drawn,
        tiles=visit.site.map.tiles,
        pmtiles=bool(visit.site.map.pmtiles),
    )


async def change(visit: Visit, talk: Talk) -> web.Response:
    """Each field in which something else was written, one audit row each; none while somebody else has changed one of
    them since the page was made, which is said first."""
    row = await _row(visit)
    if row.deleted_at is not None:
        raise NoSuchStation
    sent = station_form.typed(visit)
    was = station_form.before(visit)
    names = [name for name in FIELDS if sent[name] != was[name]]
    values, faults = await station_form.read_all(visit, sent, names)
    overtaken = station_form.overtaken(visit, row)
    faults = {**{name: visit._(_OVERTAKEN).format(value=shown(talk, row, name)) for name in overtaken}, **faults}
    if faults:
        return _shown(visit, row, faults=faults)
    for name in names:
        await acts.change(talk, row.key, name, values[name])
    return _here(visit, row.key, "changed" if names else "same")


def _here(visit: Visit, key: StationKey, words: str) -> web.Response:
    return visit.back(f"{_PATH}/{key}?said={words}")


async def close(visit: Visit, talk: Talk) -> web.Response:
    """For one of the ready times, or until a day."""
    row = await _row(visit)
    ends = {choice.id: choice.value for choice in CLOSED_UNTIL.input.choices(talk)}
    try:
        reason = await CLOSED_BECAUSE.input.read(visit.saying(visit.field("reason")))
        if visit.field("day"):
            until = await CLOSED_UNTIL.input.read(visit.saying(visit.field("day")))
        elif visit.field("end") in ends:
            until = ends[visit.field("end")]
        else:
            raise Turned(Why.ODD)
    except NotAnAnswer as fault:
        return _shown(visit, row, problem=str(fault))
    await acts.close(talk, row.key, until, reason)
    return _here(visit, row.key, "changed")


async def open_again(visit: Visit, talk: Talk) -> web.Response:
    await acts.open_again(talk, _key(visit))
    return _here(visit, _key(visit), "changed")


async def delete(visit: Visit, talk: Talk) -> web.Response:
    await acts.delete(talk, _key(visit))
    return _here(visit, _key(visit), "changed")


async def restore(visit: Visit, talk: Talk) -> web.Response:
    await acts.restore(talk, _key(visit))
    return _here(visit, _key(visit), "changed")


async def clear(visit: Visit, talk: Talk) -> web.Response:
    """What riders reported is not so."""
    row = await _row(visit)
    cleared = await acts.clear_reports(talk, row.key)
    return _here(visit, row.key, "cleared" if cleared else "clear")


async def past(visit: Visit) -> web.Response:
    """What was done to it, by whom; that it was read stands in the audit log, as for /audit."""
    row, talk, labels = await _row(visit), visit.talk, labels_of(visit.site.features)
    entries = await history.of_station(visit.session, row.id, _HISTORY)
    action = OperationAction.AUDIT_READ
    about = StationAction.STATION_CHANGED.value
    await audit.note(visit.session, visit.person.id, action, visit.now, about=about)
    names = visit.site.context.names
    lines = [
        (
            show_moment(talk, entry.at),
            visit._("scheduled job") if entry.actor == THE_CLOCK else names.of(entry.actor) or str(entry.actor),
            in_words(labels, talk, entry),
        )
        for entry in entries
    ]
    return visit.page("station_history.html", row=row, lines=lines, searched=history.SEARCHED)


_ONE = rf"{_PATH}/{{key:\d{{1,18}}}}"
_ACTS: Mapping[str, Act] = {
    "change": change,
    "close": close,
    "open": open_again,
    "delete": delete,
    "restore": restore,
}


PAGES = (
    Page("GET", _ONE, one, Right.CLEAR_REPORTS, OFFICE),
    Page("GET", f"{_ONE}/history", past, Right.ADMINISTER, OFFICE, writes=True),
    acting(f"{_ONE}/clear", clear, Right.CLEAR_REPORTS),
    *(acting(f"{_ONE}/{name}", act, Right.ADMINISTER) for name, act in _ACTS.items()),
)
