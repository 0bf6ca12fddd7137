"""The page of one station: hours, amenities, phone, directions, share, and what riders report."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from markupsafe import Markup

from handlers.chat.press import Button, Buttons, InvalidCallback, Page
from handlers.chat.readers import holding
from handlers.chat.replies import Venue
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import formatting, translations
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.stations import acts, maps, presses, reporting
from handlers.stations import format as station_format
from handlers.stations.admin import closed_line
from storage.geodesy import distance
from storage.people.access import Right
from storage.stations import proposals, searches, stations
from storage.stations.ids import SearchId, StationKey
from storage.stations.notices import StationReported
from storage.stations.reports import Kind
from storage.stations.stations import StationRow

REPORT_BUTTONS: dict[Kind, str] = {
    Kind.NO_WATER: N_("💧 Water is out"),
    Kind.CLOSED: N_("🔒 Closed"),
    Kind.CROWDED: N_("👥 Crowded"),
    Kind.FINE: N_("✅ All fine"),
}
MORE_REPORTS: dict[Kind, str] = {
    Kind.CHARGER_BROKEN: N_("🔌 Charger broken"),
    Kind.TOILET_LOCKED: N_("🚻 Toilet locked"),
    Kind.NO_SEATS: N_("🪑 No seats"),
    Kind.TOO_HOT: N_("🥵 Too hot"),
    Kind.TOO_COLD: N_("🥶 Too cold"),
}
"""Behind a button of its own: the page has to stay within a phone's screen."""


def register(routes: Routes) -> None:
    routes.press(presses.PAGE, page, writes=False)
    routes.link("st", linked, writes=False)
    routes.press(presses.MORE_REPORTS, more_reports, writes=False)
    routes.press(presses.REPORT, report)
    routes.notice(StationReported, report_words, reader=holding(Right.CLEAR_REPORTS))
    routes.press(presses.CLEAR, clear, right=Right.CLEAR_REPORTS)


async def page(talk: Talk, search_id: SearchId, key: StationKey) -> None:
    """A number under a list was pressed."""
    row = await _station(talk, key)
    if row is not None:
        search = await searches.find(talk.session, search_id, talk.person.id)
        await _show(talk, row, (search.latitude, search.longitude) if search else None)


async def linked(talk: Talk, code: str) -> None:
    """Somebody opened a shared link, `st_<code>`."""
    row = await stations.find_by_code(talk.session, code)
    if row is None:
        talk.say(talk._("This station is no longer listed."))
    else:
        await _show_with_pin(talk, row)


async def show_station(talk: Talk, key: StationKey) -> None:
    """Its page and where it is."""
    row = await _station(talk, key)
    if row is not None:
        await _show_with_pin(talk, row)


async def _show_with_pin(talk: Talk, row: StationRow) -> None:
    search = await searches.latest(talk.session, talk.person.id, talk.now)
    await _show(talk, row, (search.latitude, search.longitude) if search else None)
    talk.venue(Venue(row.latitude, row.longitude, row.name, row.address))


async def _station(talk: Talk, key: StationKey) -> StationRow | None:
    row = await stations.find(talk.session, key)
    if row is None:
        talk.answer_callback(talk._("This station is no longer listed."), alert=True)
    return row


async def _show(talk: Talk, row: StationRow, here: tuple[float, float] | None) -> None:
    thanks = await proposals.thanked_for(talk.session, row.key)
    words = _words(talk, row, here)
    if thanks:
        words += Markup("\n🙏 {}").format(talk._("Thanks to {name}").format(name=thanks))
    talk.say(words, _buttons(talk, row))


def _words(talk: Talk, row: StationRow, here: tuple[float, float] | None) -> Markup:
    directory = talk.context.directory
    place = directory.index.row_of(row.key)
    lines = [Markup("🏠 <b>{}</b>").format(row.name)]
    if here:
        metres = distance(*here, row.latitude, row.longitude)
        lines.append(Markup("🧭 {}").format(translations.distance(metres, talk.language)))
    if row.address:
        lines.append(Markup("📍 {}").format(row.address))
    if place is not None:
        current = directory.live.hours(place, directory.index.hours_of(place, talk.now))
        lines.append(Markup("{}").format(station_format.hours(current, talk.local_today, talk.language)))
        states = directory.live.by_row.get(place, [])
        lines += [Markup("{}").format(line) for line in station_format.reports(states, talk.now, talk.language)]
    closed = closed_line(talk, row)
    if closed:
        lines.append(Markup("{}").format(closed))
    opening_hours = station_format.opening_hours(talk, row.opening_hours)
    if opening_hours:
        lines.append(Markup("🕑 {}").format(opening_hours))
    if row.amenities:
        lines.append(Markup("\n{}").format(station_format.amenities(row.amenities, talk.language)))
    if row.phone:
        lines.append(Markup("\n☎️ {}").format(row.phone))
    if row.note:
        lines.append(Markup("ℹ️ {}").format(row.note))
    fresh = talk._("Last checked {ago}").format(ago=formatting.ago(row.updated_at, talk.now, talk.language))
    lines.append(Markup("\n<i>{}</i>").format(fresh))
    return Markup("\n").join(lines)


def _buttons(talk: Talk, row: StationRow) -> Buttons:
    reporting = _reporting(talk, row, REPORT_BUTTONS)
    other = presses.MORE_REPORTS.button(talk._("⚠️ Something else"), row.key)
    link = talk.context.link(f"st_{row.code}")
    share = f"https://t.me/share/url?url={quote(link, safe='')}&text={quote(row.name, safe='')}"
    manage = [presses.MANAGE.button("⚙️ " + talk._("Change"), row.key)] if talk.person.may(Right.ADMINISTER) else []
    return [
        *maps.ways(talk.view, maps.Target(row.key, row.name, row.latitude, row.longitude)),
        reporting[:2],
        reporting[2:],
        [other],
        [Button(talk._("↗ Share"), url=share), presses.CORRECT.button(talk._("✏️ Correct"), row.key), *manage],
    ]


def _reporting(talk: Talk, row: StationRow, kinds: Mapping[Kind, str]) -> list[Button]:
    return [presses.REPORT.button(talk._(label), row.key, kind.value) for kind, label in kinds.items()]


async def more_reports(talk: Talk, key: StationKey) -> None:
    """The other reports in place of the button that asked for them."""
    row = await _station(talk, key)
    if row is None:
        return
    more = _reporting(talk, row, MORE_REPORTS)
    talk.put_in_place([more[:2], more[2:]])


async def report(talk: Talk, key: StationKey, kind: str) -> None:
    """One tap on how it is there right now."""
    if kind not in list(Kind):
        raise InvalidCallback
    row = await _station(talk, key)
    if row is None:
        return
    talk.committed.append(talk.context.directory.refresh_live)
    outcome = await reporting.take(talk.session, talk.context, row, talk.person.id, Kind(kind), talk.now)
    talk.answer_callback(reporting.thanks(outcome, talk.language))


def report_words(view: View, notice: StationReported) -> Page:
    """The notice of a confirmed report."""
    sign, said = station_format.REPORTS[notice.report]
    head = Markup("⚠️ {} <b>{}</b>").format(sign, notice.name)
    text = labelled(view._, head, view._(said).format(ago=view._("just now")))
    return text, [[presses.CLEAR.button(view._("Clear report"), notice.station)]]


async def clear(talk: Talk, key: StationKey) -> None:
    """A coordinator knows better."""
    row = await _station(talk, key)
    if row is not None:
        cleared = await acts.clear_reports(talk, key)
        talk.answer_callback(talk._("Cleared.") if cleared else talk._("There was nothing to clear."))
