"""What the statistics say about searches: of how many people and when, for what, and where no station was near."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from handlers.chat.charts import Chart, Headline, Location, Mark, Told, by_name
from handlers.chat.figures import Figures, FiguresView, Row, compared, say_too_little, shown
from handlers.chat.pictures import Cell, Legend
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.formatting import bracketed, labelled
from handlers.i18n.translations import N_
from handlers.stations import format as station_format
from storage.disclosure import HIDDEN, MIN_CELL_SIZE
from storage.statistics import report
from storage.statistics.periods import Period, PeriodUnit
from storage.statistics.searches import AMENITY, BARE, HOUR, PLACE

MOST_NAMED = 5
MOST_CELLS = 20
MOST_AMENITIES = 12
_KINDS = {"searches_by_hour": HOUR, "searches_by_place": PLACE, "no_station_near": BARE, "asked_for": AMENITY}
"""In the file, and as they are kept."""


async def _lines(talk: Talk, period: Period) -> Sequence[str]:
    now, then = await report.searches(talk.session, period), await report.searches(talk.session, period.before)
    people = talk._("📍 People who searched: {n}")
    if period.unit is not PeriodUnit.WEEK:
        people = talk._("📍 People who searched, in the busiest week: {n}")
    return [
        people.format(n=compared(talk, now.people, then.people)),
        talk._("🕳 With no station within 2 km: {n}").format(n=compared(talk, now.bare, then.bare)),
    ]


async def _hours(talk: Talk, period: Period, head: Markup) -> None:
    def of(cells: Mapping[str, int]) -> list[int | None]:
        return [cells.get(f"{hour:02d}") for hour in range(24)]

    now, then = await report.cells(talk.session, period, HOUR), await report.cells(talk.session, period.before, HOUR)
    if not now:
        say_too_little(talk, head)
        return
    values, before = of(now), of(then) if then else []
    png = await talk.context.ports.painter.columns_png(
        talk._("People who searched, by hour of the day"), values, ["0", "6", "12", "18", "23"], before
    )
    busiest = max(now, key=lambda hour: now[hour])
    text = talk._("Busiest at {hour}:00. Light: previous period. Grey: no data or fewer than {n}.").format(
        hour=busiest, n=MIN_CELL_SIZE
    )
    talk.photo(png, Markup("{}\n{}").format(head, text))


async def _tell_hours(talk: Talk, period: Period, other: Period) -> Told:
    now, then = await report.cells(talk.session, period, HOUR), await report.cells(talk.session, other, HOUR)
    if not now:
        return Told()
    keys = [f"{hour:02d}" for hour in range(24)]
    marks = [
        Mark(translations.clock(int(key), 0, talk.language), now.get(key, HIDDEN), then.get(key, HIDDEN), str(int(key)))
        for key in keys
    ]
    return Told([Chart(talk._("People who searched, by hour of the day"), marks, is_over_time=True)])


async def cells_of(talk: Talk, period: Period) -> list[Cell]:
    """The places at which riders searched that may be shown, those with the most without a station near first."""
    places, bare = await report.cells(talk.session, period, PLACE), await report.cells(talk.session, period, BARE)
    cells = [Cell(*_middle(cell), places.get(cell, 0), bare.get(cell, 0)) for cell in sorted(places.keys() | bare)]
    return sorted(cells, key=lambda cell: (-cell.bare, -cell.searches))


async def _gaps(talk: Talk, period: Period, head: Markup) -> None:
    """Where riders search and no station is near: where the next one should stand."""
    cells = await cells_of(talk, period)
    if not cells:
        say_too_little(talk, head)
        return
    index = talk.context.directory.index
    stations = list(zip(index.latitudes.tolist(), index.longitudes.tolist(), strict=True))
    legend = Legend(
        talk._("searched with no station within 2 km"), talk._("searched with a station nearby"), talk._("station")
    )
    png = await talk.context.ports.painter.gaps_png(
        talk._("Where stations are missing"), legend, cells, stations, talk.language
    )
    bare = [cell for cell in cells if cell.bare]
    lines = [head]
    lines += [
        "• " + labelled(talk._, where(talk, cell), Markup("<b>{}</b>").format(shown(talk, cell.bare)))
        for cell in bare[:MOST_NAMED]
    ]
    if not bare:
        lines.append(Markup.escape(no_gap(talk)))
    talk.photo(png, Markup("\n").join(lines))


async def _tell_gaps(talk: Talk, period: Period, other: Period) -> Told:
    """Each place leads to its part of the map."""
    cells, then = await cells_of(talk, period), {_location_of(one): one for one in await cells_of(talk, other)}

    def chart(title: str, of: Callable[[Cell], int]) -> Chart:
        these = sorted((one for one in cells if of(one)), key=lambda one: -of(one))[:MOST_CELLS]
        return Chart(title, [mark(one, of) for one in these])

    def mark(cell: Cell, of: Callable[[Cell], int]) -> Mark:
        before = then.get(_location_of(cell))
        against = HIDDEN if before is None else of(before) or HIDDEN
        return Mark(where(talk, cell), of(cell), against, location=_location_of(cell))

    bare = chart(talk._("People who searched with no station within 2 km, by place"), lambda one: one.bare)
    searched = chart(talk._("People who searched, by place"), lambda one: one.searches)
    lines = [] if bare.marks or not searched.marks else [Markup.escape(no_gap(talk))]
    return Told([one for one in (bare, searched) if one.marks], lines)


def _location_of(cell: Cell) -> Location:
    return Location(cell.latitude, cell.longitude)


def no_gap(talk: Talk) -> str:
    """Where there is none to be shown."""
    return talk._("Wherever {n} or more riders searched, a station is nearby.").format(n=MIN_CELL_SIZE)


def _middle(cell: str) -> tuple[float, float]:
    latitude, _, longitude = cell.partition(",")
    return float(latitude), float(longitude)


def where(talk: Talk, cell: Cell) -> str:
    """ "37.43, 116.37 (3.2 km from Hall)"."""
    point = f"{cell.latitude:.2f}, {cell.longitude:.2f}"
    nearest = talk.context.directory.index.nearest_row(cell.latitude, cell.longitude)
    if nearest is None:
        return point
    name = talk.context.directory.index.names[nearest[0]]
    far = talk._("{distance} from {name}").format(distance=translations.distance(nearest[1], talk.language), name=name)
    return bracketed(talk._, point, far)


async def _wanted(talk: Talk, period: Period, head: Markup) -> None:
    counts = await report.cells(talk.session, period, AMENITY)
    if not counts:
        say_too_little(talk, head)
        return
    rows = [(name, count) for _, name, count in _by_amenity(talk, counts)]
    talk.photo(await talk.context.ports.painter.bars_png(talk._("What riders filter for"), rows[:MOST_AMENITIES]), head)


def _by_amenity(talk: Talk, counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """The most first."""
    names = {amenity.name: talk._(name) for amenity, (_, name) in station_format.AMENITIES.items()}
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return [(key, names.get(key, key), count) for key, count in ordered]


async def _tell_wanted(talk: Talk, period: Period, other: Period) -> Told:
    now, then = await report.cells(talk.session, period, AMENITY), await report.cells(talk.session, other, AMENITY)
    rows = _by_amenity(talk, now)
    return Told([by_name(talk._("What riders filter for"), rows, then)] if rows else [])


async def _headlines(talk: Talk, period: Period) -> Sequence[Headline]:
    found = await report.searches(talk.session, period)
    busiest = period.unit is not PeriodUnit.WEEK
    return [
        Headline(
            "searched",
            talk._("Riders who searched, busiest week") if busiest else talk._("Riders who searched"),
            found.people,
        ),
        Headline("bare", talk._("With no station within 2 km"), found.bare),
    ]


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    """A cell that is missing from one of the periods may have been empty or hidden there."""
    now, then = await report.searches(talk.session, period), await report.searches(talk.session, period.before)
    rows: list[Row] = [
        ("people_who_searched", period.name, now.people, then.people),
        ("bare", period.name, now.bare, then.bare),
    ]
    for name, kind in _KINDS.items():
        cells = await report.cells(talk.session, period, kind)
        before = await report.cells(talk.session, period.before, kind)
        rows += [(name, cell, cells.get(cell, HIDDEN), before.get(cell, HIDDEN)) for cell in sorted({*cells, *before})]
    return rows


FIGURES = Figures(
    _lines,
    (
        FiguresView("hours", N_("⏰ By hour"), _hours, _tell_hours),
        FiguresView("gaps", N_("🗺 Station gaps"), _gaps, _tell_gaps),
        FiguresView("wanted", N_("🔎 Searched for"), _wanted, _tell_wanted),
    ),
    _rows,
    _headlines,
)
