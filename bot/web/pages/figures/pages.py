"""The statistics as in the chat: a period against the one before it or that of last year, as charts to click through.

Every figure comes from the same reports as those of the chat, so nothing is shown here that is hidden there.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any, NamedTuple

from aiohttp import web
from markupsafe import Markup

from bot.web import headers
from bot.web.pages.figures import charts, over_time
from bot.web.pages.figures.address import AGAINST, PATH, Asked, asked_of
from bot.web.pages.figures.charts import Drawn
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.chat.charts import Chart, Mark, Told
from handlers.chat.figures import Figures, FiguresView, too_little
from handlers.chat.replies import Outgoing
from handlers.i18n.periods import title
from handlers.i18n.translations import N_
from handlers.statistics import overview
from handlers.statistics.overview import MOST_BACK
from storage.database import apart
from storage.people.access import Right
from storage.statistics.periods import PeriodUnit

UNITS = {PeriodUnit.WEEK: N_("Week"), PeriodUnit.MONTH: N_("Month"), PeriodUnit.YEAR: N_("Year")}


class _Part(NamedTuple):
    """Words, below a picture as a data: address where a view has no charts ("" for none)."""

    picture: str
    text: Markup


def _views(visit: Visit) -> list[FiguresView]:
    return [view for part in visit.site.features.figures for view in part.views]


async def show(visit: Visit) -> web.Response:
    """The headlines in a table, and one of them over time."""
    asked = asked_of(visit)
    without = [part for part in visit.site.features.figures if part.headlines is None]
    with apart(visit.session):
        lines = await overview.compared_lines(visit.talk, without, asked.period)
        compared = await over_time.compared(visit, asked)
    drawn = [_over_time(visit, asked, compared.chart)] if compared.chart is not None else []
    return _page(visit, asked, "", drawn, [_Part("", line) for line in lines], compared=compared)


def _over_time(visit: Visit, asked: Asked, chart: Chart) -> Drawn:
    def link_of(mark: Mark) -> str:
        return asked.of_period(visit, "", mark.period) if mark.period is not None else ""

    return charts.drawn(visit, chart, *_times(visit), link_of)


def _times(visit: Visit) -> tuple[str, str]:
    return visit._("Latest"), visit._("A year earlier")


async def show_view(visit: Visit) -> web.Response:
    """One matter in charts; one that has none, as the chat draws it."""
    asked, view, talk = asked_of(visit), _view(visit), visit.talk
    with apart(visit.session):
        told = await _told(visit, asked, view)
        if told is None:
            await view.show(talk, asked.period, Markup(""))
    if told is None:
        return _page(visit, asked, view.name, [], [_part(one) for one in talk.outgoing])
    path = f"/{view.name}"

    def link_of(mark: Mark) -> str:
        if mark.location is not None:
            return f"{visit.site.root}/console/stations?at={mark.location.latitude:.5f},{mark.location.longitude:.5f}"
        return "" if mark.period is None else asked.of_period(visit, path, mark.period)

    drawn = [charts.drawn(visit, chart, *_titles(visit, asked), link_of) for chart in told.charts]
    return _page(visit, asked, view.name, drawn, [_Part("", line) for line in told.lines])


def _view(visit: Visit) -> FiguresView:
    """Raises Turned."""
    name = visit.request.match_info["view"]
    view = next((one for one in _views(visit) if one.name == name), None)
    if view is None:
        raise Turned(Why.NOTHING_HERE)
    return view


async def _told(visit: Visit, asked: Asked, view: FiguresView) -> Told | None:
    return None if view.tell is None else await view.tell(visit.talk, asked.period, asked.other)


def _titles(visit: Visit, asked: Asked) -> tuple[str, str]:
    return title(asked.period, visit.talk.language), title(asked.other, visit.talk.language)


def _part(one: Outgoing) -> _Part:
    """What the chat would send; its text is escaped there."""
    text = Markup(str(one.params.get("caption") or one.params.get("text") or "").strip())
    photo = one.files.get("photo")
    if photo is None or not isinstance(photo.content, bytes):
        return _Part("", text)
    return _Part(f"data:image/png;base64,{b64encode(photo.content).decode()}", text)


def _page(
    visit: Visit, asked: Asked, name: str, drawn: Sequence[Drawn], parts: Sequence[_Part], **more: Any
) -> web.Response:
    talk, path = visit.talk, f"/{name}" if name else ""
    views = [("", visit._("Overview")), *((view.name, visit._(view.label)) for view in _views(visit))]
    return visit.page(
        "statistics.html",
        heading=title(asked.period, talk.language) + overview.so_far(talk, asked.back),
        charts=drawn,
        parts=parts,
        too_little="" if drawn or parts else too_little(talk),
        rule=overview.rule_words(talk) if parts and not drawn else overview.hiding_words(talk),
        units=[
            (visit._(label), asked.address(visit, path, back=0, unit=unit), unit is asked.period.unit)
            for unit, label in UNITS.items()
        ],
        against=[
            (visit._(label), asked.address(visit, path, against=key), key == asked.against)
            for key, label in AGAINST.items()
            if name and asked.period.unit is not PeriodUnit.YEAR
        ],
        views=[(label, asked.address(visit, f"/{key}" if key else "", of=""), key == name) for key, label in views],
        earlier=asked.address(visit, path, back=asked.back + 1) if asked.back < MOST_BACK else "",
        later=asked.address(visit, path, back=asked.back - 1) if asked.back else "",
        shown_file=asked.address(visit, f"{path}/shown.csv") if drawn else "",
        file=asked.address(visit, "/file.csv"),
        **{"compared": None, **more},
    )


async def save(visit: Visit) -> web.Response:
    """What the pages show of a period, in numbers."""
    asked = asked_of(visit)
    figures: list[Figures] = list(visit.site.features.figures)
    content = await overview.file_of(visit.talk, figures, asked.period)
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    name = f'attachment; filename="{overview.file_name(asked.period)}"'
    return web.Response(body=content, content_type="text/csv", headers={**found, "Content-Disposition": name})


async def save_over_time(visit: Visit) -> web.Response:
    """The chart of the overview."""
    asked = asked_of(visit)
    with apart(visit.session):
        chart = (await over_time.compared(visit, asked)).chart
    shown = [] if chart is None else [(chart, *_times(visit))]
    return charts.file_of(visit, f"over-time-{asked.period.name}", shown)


async def save_view(visit: Visit) -> web.Response:
    """The charts of one matter. Raises Turned."""
    asked, view = asked_of(visit), _view(visit)
    with apart(visit.session):
        told = await _told(visit, asked, view)
    if told is None:
        raise Turned(Why.NOTHING_HERE)
    titles = _titles(visit, asked)
    return charts.file_of(visit, f"{view.name}-{asked.period.name}", [(chart, *titles) for chart in told.charts])


_VIEW = rf"{PATH}/{{view:[a-z_]{{1,40}}}}"
PAGES = (
    Page("GET", PATH, show, Right.SEE_FIGURES, OFFICE),
    Page("GET", f"{PATH}/file.csv", save, Right.SEE_FIGURES, OFFICE),
    Page("GET", f"{PATH}/shown.csv", save_over_time, Right.SEE_FIGURES, OFFICE),
    Page("GET", _VIEW, show_view, Right.SEE_FIGURES, OFFICE),
    Page("GET", f"{_VIEW}/shown.csv", save_view, Right.SEE_FIGURES, OFFICE),
)
