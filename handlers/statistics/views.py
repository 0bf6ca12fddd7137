"""The figures of one matter as a picture and in words: hours, gaps on the map, amenities, members, activities …"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup, escape

from handlers.chat.pictures import Cell, Legend
from handlers.chat.ports import Painter
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.stations import format as station_format
from handlers.statistics import presses
from handlers.statistics.overview import VIEWS, period_of, shown
from handlers.statistics.periods import Period
from storage.cases.desks import in_language
from storage.disclosure import LEAST, columns, figure
from storage.people.access import Right
from storage.statistics import searches, statistics
from storage.statistics.searches import AMENITY, BARE, HOUR, PLACE

MOST_NAMED = 5
MOST_ACTIVITIES = 20


def register(routes: Routes) -> None:
    routes.press(presses.VIEW, view, right=Right.SEE_FIGURES, writes=False)


async def view(talk: Talk, what: str, kind: str, back: int) -> None:
    period = period_of(talk, kind, back)
    if what not in _VIEWS:
        raise InvalidCallback
    title = talk._(VIEWS[what])
    head = Markup("<b>{}</b> · {}").format(title, period.title(talk.language))
    await _VIEWS[what](talk, period, talk.context.ports.painter, head)


def _too_little(talk: Talk, head: Markup) -> None:
    said = talk._("There is no data yet, or too little to show (fewer than {n}).").format(n=LEAST)
    talk.say(Markup("{}\n{}").format(head, said))


async def _hours(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    def of(cells: Mapping[str, int]) -> list[int | None]:
        return [cells.get(f"{hour:02d}") for hour in range(24)]

    now, then = await cells_of(talk, period, HOUR), await cells_of(talk, period.before, HOUR)
    if not now:
        _too_little(talk, head)
        return
    values, before = of(now), of(then) if then else []
    png = await painter.columns_png(talk._("Searches by hour of the day"), values, ["0", "6", "12", "18", "23"], before)
    busiest = max(now, key=lambda hour: now[hour])
    said = talk._("Busiest at {hour}:00. Light: previous period. Grey: no data or fewer than {n}.").format(
        hour=busiest, n=LEAST
    )
    talk.photo(png, Markup("{}\n{}").format(head, said))


async def cells_of(talk: Talk, period: Period, kind: str) -> dict[str, int]:
    """Those that may be shown. Of hours, all are known and so is their sum: where that would give away what is hidden,
    the smallest one is left out too."""
    found = dict(await searches.of(talk.session, period.name, kind))
    hidden = await searches.hidden(talk.session, period.name, kind)
    if kind == HOUR and found and hidden and (len(hidden) == 1 or sum(hidden) < LEAST):
        del found[min(found, key=lambda cell: found[cell])]
    return found


async def _gaps(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    """Where riders search and no station is near: where the next one should stand."""
    places, bare = await cells_of(talk, period, PLACE), await cells_of(talk, period, BARE)
    if not places and not bare:
        _too_little(talk, head)
        return
    cells = [Cell(*_middle(cell), places.get(cell, 0), bare.get(cell, 0)) for cell in sorted(places.keys() | bare)]
    index = talk.context.directory.index
    stations = list(zip(index.latitudes.tolist(), index.longitudes.tolist(), strict=True))
    legend = Legend(
        talk._("searches with no station within 2 km"), talk._("searches with a station nearby"), talk._("station")
    )
    png = await painter.gaps_png(talk._("Where stations are missing"), legend, cells, stations, talk.language)
    most = sorted(bare, key=lambda one: -bare[one])[:MOST_NAMED]
    lines = [head]
    lines += [Markup("• {}: <b>{}</b>").format(_where(talk, *_middle(cell)), shown(talk, bare[cell])) for cell in most]
    if not bare:
        said = talk._("Wherever {n} or more riders searched, a station is nearby.").format(n=LEAST)
        lines.append(Markup("{}").format(said))
    talk.photo(png, Markup("\n").join(lines))


def _middle(cell: str) -> tuple[float, float]:
    latitude, _, longitude = cell.partition(",")
    return float(latitude), float(longitude)


def _where(talk: Talk, latitude: float, longitude: float) -> Markup:
    """ "37.43, 116.37 (3.2 km from Hall)"."""
    point = f"{latitude:.2f}, {longitude:.2f}"
    found = talk.context.directory.index.nearest_row(latitude, longitude)
    if found is None:
        return escape(point)
    name = talk.context.directory.index.names[found[0]]
    far = talk._("{distance} from {name}").format(distance=translations.distance(found[1], talk.language), name=name)
    return Markup("{} ({})").format(point, far)


async def _wanted(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    found = await cells_of(talk, period, AMENITY)
    if not found:
        _too_little(talk, head)
        return
    names = {amenity.name: talk._(name) for amenity, (_, name) in station_format.AMENITIES.items()}
    rows = [(names.get(key, key), count) for key, count in sorted(found.items(), key=lambda one: -one[1])]
    talk.photo(await painter.bars_png(talk._("What riders filter for"), rows[:12]), head)


async def _members(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    edges = period.edges(talk.context.settings.organisation.zone)
    now = await statistics.members(talk.session, edges)
    then = await statistics.members(talk.session, period.before.edges(talk.context.settings.organisation.zone))
    if figure(now.there[-1]) in (0, None):
        _too_little(talk, head)
        return
    png = await painter.columns_png(
        talk._("New members"), columns(now.joined), period.labels(talk.language), columns(then.joined)
    )
    lines = [
        head,
        Markup("{}").format(talk._("Members at the end: {n}").format(n=shown(talk, figure(now.there[-1])))),
        Markup("{}").format(
            talk._("joined {joined}, left {left}").format(
                joined=shown(talk, figure(sum(now.joined))), left=shown(talk, figure(sum(now.left)))
            )
        ),
    ]
    talk.photo(png, Markup("\n").join(lines))


async def _activities(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    edges = period.edges(talk.context.settings.organisation.zone)
    found = await statistics.turnouts(talk.session, edges[0], edges[-1])
    values = columns(by_stretch(found, edges))
    if not any(values):
        _too_little(talk, head)
        return
    earlier = period.before.edges(talk.context.settings.organisation.zone)
    before = columns(by_stretch(await statistics.turnouts(talk.session, earlier[0], earlier[-1]), earlier))
    png = await painter.columns_png(talk._("Places taken"), values, period.labels(talk.language), before)
    talk.photo(png, head)
    lines = [head]
    for one in found[-MOST_ACTIVITIES:]:
        stars = f" · ★ {translations.number(one.stars / one.rated, talk.language, 1)}" if one.rated >= LEAST else ""
        counted = talk._("{placed} places, {came} came").format(
            placed=shown(talk, figure(one.placed)), came=shown(talk, figure(one.came))
        )
        day = translations.day_of_year(
            one.starts_at.astimezone(talk.context.settings.organisation.zone).date(), talk.language
        )
        lines.append(Markup("• {} {}: {}{}").format(day, one.title, counted, stars))
    talk.say(Markup("\n").join(lines))


def by_stretch(found: Sequence[statistics.Turnout], edges: Sequence[datetime]) -> list[int]:
    """Places taken in the activities that began in each stretch."""
    totals = [0] * (len(edges) - 1)
    for one in found:
        totals[bisect_right(edges, one.starts_at) - 1] += one.placed
    return totals


async def _reach(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    edges = period.edges(talk.context.settings.organisation.zone)
    each = [await statistics.reach(talk.session, a, b) for a, b in itertools.pairwise(edges)]
    arrived = sum(one.delivered for one in each)
    if figure(arrived) in (0, None):
        _too_little(talk, head)
        return
    values = columns([one.delivered for one in each])
    png = await painter.columns_png(talk._("Broadcast messages delivered"), values, period.labels(talk.language))
    said = talk._("Broadcasts: {n}. Recipients in total: {m}; delivered: {arrived}, confirmed as read: {read}").format(
        n=sum(one.broadcasts for one in each),
        m=shown(talk, figure(sum(one.recipients for one in each))),
        arrived=shown(talk, figure(arrived)),
        read=shown(talk, figure(sum(one.confirmed for one in each))),
    )
    talk.photo(png, Markup("{}\n{}").format(head, said))


async def _cases(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    edges = period.edges(talk.context.settings.organisation.zone)
    rows, lines = [], [head]
    for key, desk in talk.context.settings.desks.items():
        found = await statistics.case_times(talk.session, key, edges[0], edges[-1])
        if found.opened < LEAST:
            continue
        title = in_language(desk.title, talk.language)
        rows.append((title, found.opened))
        lines.append(Markup("\n{} <b>{}</b>: {}").format(desk.sign, title, shown(talk, found.opened)))
        lines += [Markup("{}").format(line) for line in _times(talk, found)]
    if not rows:
        _too_little(talk, head)
        return
    talk.photo(await painter.bars_png(talk._("New cases by desk"), rows), Markup("\n").join(lines))


def _times(talk: Talk, found: statistics.CaseTimes) -> list[str]:
    lines = []
    if found.answered >= LEAST and found.hours_to_answer is not None:
        hours = translations.number(found.hours_to_answer, talk.language, 1)
        share = round(100 * found.in_time / found.answered) if found.in_time >= LEAST else None
        lines.append(talk._("first answer after {hours} h (median)").format(hours=hours))
        if share is not None:
            lines.append(talk._("on time: {share} %").format(share=share))
    if found.closed >= LEAST and found.days_to_close is not None:
        days = translations.number(found.days_to_close, talk.language, 1)
        lines.append(talk._("closed after {days} days (median)").format(days=days))
    if found.rated >= LEAST:
        stars = translations.number(found.stars / found.rated, talk.language, 1)
        lines.append(talk._("rated ★ {n}").format(n=stars))
    return lines


_VIEWS: dict[str, Callable[[Talk, Period, Painter, Markup], Awaitable[None]]] = {
    "hours": _hours,
    "gaps": _gaps,
    "wanted": _wanted,
    "members": _members,
    "activities": _activities,
    "reach": _reach,
    "cases": _cases,
}
