"""The list of the nearest stations: its words and its buttons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup, escape

from handlers.chat.press import Button, Buttons
from handlers.chat.view import View
from handlers.i18n import translations
from handlers.i18n.formatting import listed
from handlers.stations import format as station_format
from handlers.stations import presses
from handlers.stations.asked import AS_I_MOVE, HEADINGS, REACH, Asked, filter_words, limits, title, title_ahead
from storage.hours.opening_hours import State
from storage.stations.ids import StationKey
from storage.stations.index import Found, Nearby
from storage.stations.on_the_way import ahead, riding_time
from storage.stations.searches import Search

PAGE = 3
_SIGNS_IN_LIST = 4
_FAR = 1_000_000.0
"""Metres beyond which a figure tells nobody anything."""


class Shown(NamedTuple):
    """A page of a list, ready to be sent."""

    text: Markup
    buttons: Buttons
    stations: Sequence[Found]


class Look(NamedTuple):
    """The stations of one page, and whether there are more. `is_ahead`: they lie on the way, with the hours that hold
    on arrival."""

    nearby: Nearby
    more: bool
    is_ahead: bool = False


def look(view: View, search: Search, asked: Asked, page: int) -> Look:
    """What is on the way, if that is asked for, and anything is; else what is around."""
    directory = view.context.directory
    last = (page + 1) * PAGE
    degrees = asked.degrees(search.heading)
    if degrees is not None:
        here = search.latitude, search.longitude
        found = ahead(directory.index, directory.live, here, degrees, asked.wanted, view.now, last + 1)
        if found:
            return Look(Nearby(found[page * PAGE : last]), len(found) > last, is_ahead=True)
    nearby = directory.index.around(search.latitude, search.longitude, asked.wanted, view.now, directory.live, last + 1)
    return Look(nearby._replace(stations=nearby.stations[page * PAGE : last]), len(nearby.stations) > last)


def list_page(view: View, search: Search, asked: Asked, page: int = 0, *, follows: bool = False) -> Shown:
    """The page in words: each station with its distance, hours, amenities and what riders report.

    `follows`: it is brought up to date as the rider moves.
    """
    nearby, more, is_ahead = look(view, search, asked, page)
    stations, today = nearby.stations, view.today
    if not stations:
        return _nothing_here(view, search, asked)
    lines = _heading(view, search, asked, is_ahead=is_ahead)
    for at, found in enumerate(stations, start=page * PAGE + 1):
        lines.append(_entry(view, found, at, today))
        if is_ahead:
            lines.append(Markup("{}").format(_arrival(view, found)))
    if nearby.nearest_closed is not None and not page:
        lines.append(_closed(view, nearby.nearest_closed, nearby.closed, today))
    if follows:
        lines.append(Markup("\n<i>{}</i>").format(view._("📡 The list and the pin follow your live location.")))
    buttons = _buttons(view, search, stations, asked, page, more=more)
    last = _last_rows(view, search, asked, follows=follows)
    return Shown(Markup("\n").join(lines), [*buttons, *last], stations)


def _heading(view: View, search: Search, asked: Asked, *, is_ahead: bool) -> list[Markup]:
    lines = [Markup("📍 <b>{}</b>").format(title(view, asked))]
    if is_ahead:
        lines = [Markup("🧭 <b>{}</b>").format(title_ahead(view, asked))]
    notes = [limits(view, asked)]
    if asked.heading in HEADINGS:
        sign, name = HEADINGS[asked.heading]
        notes.append(f"{sign} {view._(name)}")
    if asked.heading and not is_ahead:
        is_known = asked.degrees(search.heading) is not None
        nothing = view._("no station ahead within 10 km will be open when you get there")
        notes.append(nothing if is_known else view._("once you are riding, I'll show what lies ahead"))
    said = " · ".join(filter(None, notes))
    return [*lines, Markup("<i>{}</i>").format(said)] if said else lines


def _arrival(view: View, found: Found) -> str:
    """ "about 12 min, open when you get there"."""
    minutes = math.ceil(riding_time(found.distance).total_seconds() / 60)
    said = view._("🚲 about {minutes} min")
    if found.hours.state is State.OPEN:
        said = view._("🚲 about {minutes} min, open when you get there")
    return said.format(minutes=minutes)


def _entry(view: View, found: Found, number: int, today: date) -> Markup:
    directory = view.context.directory
    index = directory.index
    name = escape(index.names[found.row])
    # Put together by hand: this is the hottest text of the bot, and only the name and the comment come from outside.
    parts = [
        f"\n<b>{number}. {name}</b> — {translations.distance(found.distance, view.language)}",
        escape(station_format.hours(found.hours, today, view.language)),
    ]
    offered = station_format.amenities(int(index.amenities[found.row]), view.language, _SIGNS_IN_LIST)
    if offered:
        parts.append(offered)
    states = directory.live.by_row.get(found.row)
    if states:
        parts += station_format.reports(states, view.now, view.language)
    return Markup("\n".join(parts))


def _closed(view: View, nearest: Found, count: int, today: date) -> Markup:
    """One line for the stations that are closed, and nearer than the last one of the list."""
    opens_at = nearest.hours.changes_at
    if opens_at is None:
        said = view.plural(
            "{n} more is closed, {distance} away: {station}",
            "{n} more are closed, the nearest {distance} away: {station}",
            count,
        )
        time = ""
    else:
        said = view.plural(
            "{n} more is closed, {distance} away, opens {time}: {station}",
            "{n} more are closed, the nearest {distance} away opens {time}: {station}",
            count,
        )
        time = station_format.opens(opens_at, today, view.language)
    return Markup("\n🔴 " + said).format(
        n=translations.number(count, view.language),
        distance=translations.distance(nearest.distance, view.language),
        time=time,
        station=view.context.directory.index.names[nearest.row],
    )


def _nothing_here(view: View, search: Search, asked: Asked) -> Shown:
    """No station is near, or none that is wanted: what the nearest is, and the way out of the filter."""
    directory = view.context.directory
    lines, buttons = [], []
    if asked.is_narrowed:
        lines.append(Markup("📍 <b>{}</b>").format(view._("No station found")))
        lines.append(Markup("<i>{}</i>").format(filter_words(view, asked)))
    near: Sequence[Found] = ()
    if asked.radius:
        wanted = asked._replace(radius=0).wanted
        near = directory.index.nearest(search.latitude, search.longitude, wanted, view.now, directory.live, 1)
    if near:
        lines.append(Markup("\n{}").format(view._("The nearest match is further away:")))
        lines.append(_entry(view, near[0], 1, view.today))
        buttons.append(presses.PAGE.button("1", search.id, near[0].key))
    else:
        further = _further(view, search, asked)
        lines += further.lines
        buttons += further.buttons
    tools = [presses.OPEN_FILTER.button(view._("🔎 Filter"), search.id, asked.code)]
    if asked.is_narrowed:
        tools.insert(0, clear_button(view, search, asked))
    keep = [presses.KEEP_HOME.button(view._("🏠 Save as my area"), search.id)]
    return Shown(Markup("\n").join(lines), [buttons, tools, keep], ())


class _Further(NamedTuple):
    lines: Sequence[Markup]
    buttons: Sequence[Button]


def _further(view: View, search: Search, asked: Asked) -> _Further:
    """What is too far to ride to, without a figure that nobody can imagine."""
    index = view.context.directory.index
    nearest = index.nearest_row(search.latitude, search.longitude, asked.wanted)
    if nearest is None:
        if asked.is_narrowed:
            return _Further([Markup("\n{}").format(view._("No station has all of this."))], ())
        title_line = Markup("📍 <b>{}</b>").format(view._("No station found"))
        return _Further([title_line, Markup("{}").format(view._("No stations have been entered yet."))], ())
    row, metres = nearest
    station = listed(filter(None, (index.names[row], index.addresses[row])), view.language)
    if metres < _FAR:
        rounded = round(metres, -3 if metres < 2 * REACH else -4)
        said = view._("The nearest one is about {distance} away: {station}.")
    else:
        rounded, said = _FAR, view._("The nearest one is more than {distance} away: {station}.")
    distance = translations.distance(rounded, view.language)
    lines = [] if asked.is_narrowed else [Markup("📍 <b>{}</b>").format(view._("Nothing near you yet"))]
    lines.append(Markup("{}").format(said.format(distance=distance, station=station)))
    return _Further(lines, [presses.PAGE.button(view._("ℹ️ More"), search.id, StationKey(int(index.keys[row])))])


def clear_button(view: View, search: Search, asked: Asked) -> Button:
    return presses.TURN_PAGE.button(view._("✖ Clear the filter"), search.id, asked.cleared.code, 0)


def _buttons(view: View, search: Search, stations: Sequence[Found], asked: Asked, page: int, *, more: bool) -> Buttons:
    first = page * PAGE + 1
    numbers = [
        presses.PAGE.button(f"{number}", search.id, found.key) for number, found in enumerate(stations, start=first)
    ]
    turn = []
    if page:
        turn.append(presses.TURN_PAGE.button(view._("◀ Nearer"), search.id, asked.code, page - 1))
    if more:
        turn.append(presses.TURN_PAGE.button(view._("More ▶"), search.id, asked.code, page + 1))
    tools = [
        presses.OPEN_FILTER.button(view._("🔎 Filter"), search.id, asked.code),
        presses.VENUES.button(view._("📌 Map"), search.id, asked.code, page),
        presses.PICTURE.button(view._("🖼 Picture"), search.id, asked.code, page),
    ]
    rows = [numbers, turn] if page else [[*numbers, *turn]]
    rows.append(tools)
    if asked.is_narrowed:
        rows.append([clear_button(view, search, asked)])
    return rows


def _last_rows(view: View, search: Search, asked: Asked, *, follows: bool) -> Buttons:
    """What is offered quietly: what lies on the way, and to keep the area."""
    if asked.around_home:
        return []
    if asked.heading:
        around = asked._replace(heading=0)
        way = presses.TURN_PAGE.button(view._("📍 All around"), search.id, around.code, 0)
    elif follows:
        moving = asked._replace(heading=AS_I_MOVE)
        way = presses.TURN_PAGE.button(view._("🧭 On my way"), search.id, moving.code, 0)
    else:
        way = presses.COMPASS.button(view._("🧭 On my way"), search.id, asked.code)
    return [[way], [presses.KEEP_HOME.button(view._("🏠 Save as my area"), search.id)]]
