"""What the statistics say about searches: of how many people and when, for what, and where no station was near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

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


async def _gaps(talk: Talk, period: Period, head: Markup) -> None:
    """Where riders search and no station is near: where the next one should stand."""
    places, bare = await report.cells(talk.session, period, PLACE), await report.cells(talk.session, period, BARE)
    if not places and not bare:
        say_too_little(talk, head)
        return
    cells = [Cell(*_middle(cell), places.get(cell, 0), bare.get(cell, 0)) for cell in sorted(places.keys() | bare)]
    index = talk.context.directory.index
    stations = list(zip(index.latitudes.tolist(), index.longitudes.tolist(), strict=True))
    legend = Legend(
        talk._("searched with no station within 2 km"), talk._("searched with a station nearby"), talk._("station")
    )
    png = await talk.context.ports.painter.gaps_png(
        talk._("Where stations are missing"), legend, cells, stations, talk.language
    )
    most = sorted(bare, key=lambda cell: -bare[cell])[:MOST_NAMED]
    lines = [head]
    lines += [
        "• " + labelled(talk._, _where(talk, *_middle(cell)), Markup("<b>{}</b>").format(shown(talk, bare[cell])))
        for cell in most
    ]
    if not bare:
        text = talk._("Wherever {n} or more riders searched, a station is nearby.").format(n=MIN_CELL_SIZE)
        lines.append(Markup("{}").format(text))
    talk.photo(png, Markup("\n").join(lines))


def _middle(cell: str) -> tuple[float, float]:
    latitude, _, longitude = cell.partition(",")
    return float(latitude), float(longitude)


def _where(talk: Talk, latitude: float, longitude: float) -> Markup:
    """ "37.43, 116.37 (3.2 km from Hall)"."""
    point = f"{latitude:.2f}, {longitude:.2f}"
    nearest = talk.context.directory.index.nearest_row(latitude, longitude)
    if nearest is None:
        return escape(point)
    name = talk.context.directory.index.names[nearest[0]]
    far = talk._("{distance} from {name}").format(distance=translations.distance(nearest[1], talk.language), name=name)
    return escape(bracketed(talk._, point, far))


async def _wanted(talk: Talk, period: Period, head: Markup) -> None:
    counts = await report.cells(talk.session, period, AMENITY)
    if not counts:
        say_too_little(talk, head)
        return
    names = {amenity.name: talk._(name) for amenity, (_, name) in station_format.AMENITIES.items()}
    rows = [(names.get(key, key), count) for key, count in sorted(counts.items(), key=lambda pair: -pair[1])]
    talk.photo(await talk.context.ports.painter.bars_png(talk._("What riders filter for"), rows[:12]), head)


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
        FiguresView("hours", N_("⏰ By hour"), _hours),
        FiguresView("gaps", N_("🗺 Station gaps"), _gaps),
        FiguresView("wanted", N_("🔎 Searched for"), _wanted),
    ),
    _rows,
)
