"""The figures of one matter as a picture and in words: hours, gaps on the map, amenities, members and more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

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
from handlers.statistics.periods import labels, title
from storage.cases.desks import in_language
from storage.disclosure import HIDDEN, MIN_CELL_SIZE, Figure
from storage.people.access import Right
from storage.statistics import report
from storage.statistics.periods import Period
from storage.statistics.report import ActivityReport, CaseReport
from storage.statistics.searches import AMENITY, BARE, HOUR, PLACE

MOST_NAMED = 5
MOST_ACTIVITIES = 20


def register(routes: Routes) -> None:
    routes.press(presses.VIEW, view, right=Right.SEE_FIGURES, writes=False)


async def view(talk: Talk, what: str, kind: str, back: int) -> None:
    period = period_of(talk, kind, back)
    if what not in _VIEWS:
        raise InvalidCallback
    head = Markup("<b>{}</b> · {}").format(talk._(VIEWS[what]), title(period, talk.language))
    await _VIEWS[what](talk, period, talk.context.ports.painter, head)


def _too_little(talk: Talk, head: Markup) -> None:
    said = talk._("There is no data yet, or too little to show (fewer than {n}).").format(n=MIN_CELL_SIZE)
    talk.say(Markup("{}\n{}").format(head, said))


async def _hours(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    def of(cells: Mapping[str, int]) -> list[int | None]:
        return [cells.get(f"{hour:02d}") for hour in range(24)]

    now, then = await report.cells(talk.session, period, HOUR), await report.cells(talk.session, period.before, HOUR)
    if not now:
        _too_little(talk, head)
        return
    values, before = of(now), of(then) if then else []
    png = await painter.columns_png(talk._("Searches by hour of the day"), values, ["0", "6", "12", "18", "23"], before)
    busiest = max(now, key=lambda hour: now[hour])
    said = talk._("Busiest at {hour}:00. Light: previous period. Grey: no data or fewer than {n}.").format(
        hour=busiest, n=MIN_CELL_SIZE
    )
    talk.photo(png, Markup("{}\n{}").format(head, said))


async def _gaps(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    """Where riders search and no station is near: where the next one should stand."""
    places, bare = await report.cells(talk.session, period, PLACE), await report.cells(talk.session, period, BARE)
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
    barest = sorted(bare, key=lambda one: -bare[one])[:MOST_NAMED]
    lines = [head]
    lines += [
        Markup("• {}: <b>{}</b>").format(_where(talk, *_middle(cell)), shown(talk, bare[cell])) for cell in barest
    ]
    if not bare:
        said = talk._("Wherever {n} or more riders searched, a station is nearby.").format(n=MIN_CELL_SIZE)
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
    found = await report.cells(talk.session, period, AMENITY)
    if not found:
        _too_little(talk, head)
        return
    names = {amenity.name: talk._(name) for amenity, (_, name) in station_format.AMENITIES.items()}
    rows = [(names.get(key, key), count) for key, count in sorted(found.items(), key=lambda one: -one[1])]
    talk.photo(await painter.bars_png(talk._("What riders filter for"), rows[:12]), head)


def _zone(talk: Talk) -> ZoneInfo:
    return talk.context.settings.organisation.zone


def _bars(values: Sequence[Figure]) -> list[int | None]:
    """As a chart takes them: a hidden one is grey."""
    return [None if value is HIDDEN else value for value in values]


async def _members(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    now = await report.members(talk.session, period, _zone(talk))
    then = await report.members(talk.session, period.before, _zone(talk))
    if now.at_end in (0, HIDDEN):
        _too_little(talk, head)
        return
    png = await painter.columns_png(
        talk._("New members"),
        _bars(now.joined_by_stretch),
        labels(period, talk.language),
        _bars(then.joined_by_stretch),
    )
    lines = [
        head,
        Markup("{}").format(talk._("Members at the end: {n}").format(n=shown(talk, now.at_end))),
        Markup("{}").format(
            talk._("joined {joined}, left {left}").format(joined=shown(talk, now.joined), left=shown(talk, now.left))
        ),
    ]
    talk.photo(png, Markup("\n").join(lines))


async def _activities(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    now = await report.activities(talk.session, period, _zone(talk))
    values = _bars(now.placed_by_stretch)
    if not any(values):
        _too_little(talk, head)
        return
    then = await report.activities(talk.session, period.before, _zone(talk))
    png = await painter.columns_png(
        talk._("Places taken"), values, labels(period, talk.language), _bars(then.placed_by_stretch)
    )
    talk.photo(png, head)
    lines = [_activity_line(talk, one) for one in now.activities[-MOST_ACTIVITIES:]]
    talk.say(Markup("\n").join([head, *lines]))


def _activity_line(talk: Talk, one: ActivityReport) -> Markup:
    stars = f" · ★ {shown(talk, one.stars, 1)}" if one.stars is not HIDDEN else ""
    counted = talk._("{placed} places, {came} came").format(placed=shown(talk, one.placed), came=shown(talk, one.came))
    day = translations.day_of_year(one.starts_at.astimezone(_zone(talk)).date(), talk.language)
    return Markup("• {} {}: {}{}").format(day, one.title, counted, stars)


async def _reach(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    found = await report.reach(talk.session, period, _zone(talk))
    if found.delivered in (0, HIDDEN):
        _too_little(talk, head)
        return
    values = _bars(found.delivered_by_stretch)
    png = await painter.columns_png(talk._("Broadcast messages delivered"), values, labels(period, talk.language))
    said = talk._("Broadcasts: {n}. Recipients in total: {m}; delivered: {arrived}, confirmed as read: {read}").format(
        n=found.broadcasts,
        m=shown(talk, found.recipients),
        arrived=shown(talk, found.delivered),
        read=shown(talk, found.confirmed),
    )
    talk.photo(png, Markup("{}\n{}").format(head, said))


async def _cases(talk: Talk, period: Period, painter: Painter, head: Markup) -> None:
    rows, lines = [], [head]
    for key, desk in talk.context.settings.desks.items():
        found = await report.cases(talk.session, period, _zone(talk), key)
        if found.opened is HIDDEN or found.opened == 0:
            continue
        name = in_language(desk.title, talk.language)
        rows.append((name, found.opened))
        lines.append(Markup("\n{} <b>{}</b>: {}").format(desk.sign, name, shown(talk, found.opened)))
        lines += [Markup("{}").format(line) for line in _times(talk, found)]
    if not rows:
        _too_little(talk, head)
        return
    talk.photo(await painter.bars_png(talk._("New cases by desk"), rows), Markup("\n").join(lines))


def _times(talk: Talk, found: CaseReport) -> list[str]:
    lines = []
    if found.hours_to_answer is not HIDDEN:
        hours = shown(talk, found.hours_to_answer, 1)
        lines.append(talk._("first answer after {hours} h (median)").format(hours=hours))
    if found.in_time is not HIDDEN:
        lines.append(talk._("on time: {share} %").format(share=found.in_time))
    if found.days_to_close is not HIDDEN:
        days = shown(talk, found.days_to_close, 1)
        lines.append(talk._("closed after {days} days (median)").format(days=days))
    if found.stars is not HIDDEN:
        lines.append(talk._("rated ★ {n}").format(n=shown(talk, found.stars, 1)))
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
