"""The statistics as in the chat: a period against the one before it, each matter with its chart, and the file."""

from __future__ import annotations

from base64 import b64encode
from typing import NamedTuple
from urllib.parse import urlencode

from aiohttp import web
from markupsafe import Markup

from bot.web import headers
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.chat.figures import Figures, FiguresView
from handlers.chat.replies import Outgoing
from handlers.i18n.periods import title
from handlers.i18n.translations import N_
from handlers.statistics import overview
from handlers.statistics.overview import MOST_BACK
from storage.database import apart
from storage.people.access import Right
from storage.statistics.periods import Period, PeriodUnit

_PATH = "/console/statistics"
UNITS = {PeriodUnit.WEEK: N_("Week"), PeriodUnit.MONTH: N_("Month"), PeriodUnit.YEAR: N_("Year")}


class _Asked(NamedTuple):
    """Which period the address names, and how far back that is."""

    period: Period
    back: int

    def address(self, visit: Visit, path: str = "", back: int | None = None, unit: PeriodUnit | None = None) -> str:
        fields = {"unit": unit or self.period.unit, "back": self.back if back is None else back}
        return f"{visit.site.root}{_PATH}{path}?{urlencode(fields)}"


class _Part(NamedTuple):
    """What a view shows: a chart as a data: address, or "" for words alone."""

    picture: str
    text: Markup


def _asked(visit: Visit) -> _Asked:
    """Raises Turned."""
    query = visit.request.query
    unit, back = query.get("unit", PeriodUnit.WEEK), query.get("back", "0")
    if unit not in list(PeriodUnit) or not (back.isascii() and back.isdigit() and len(back) <= 3):
        raise Turned(Why.ODD)
    if int(back) > MOST_BACK:
        raise Turned(Why.ODD)
    return _Asked(Period.of(PeriodUnit(unit), visit.view.today, int(back)), int(back))


def _views(visit: Visit) -> list[FiguresView]:
    return [view for part in visit.site.features.figures for view in part.views]


async def show(visit: Visit) -> web.Response:
    asked, talk = _asked(visit), visit.talk
    with apart(visit.session):
        lines = await overview.compared_lines(talk, visit.site.features.figures, asked.period)
    return _page(visit, asked, "", [_Part("", line) for line in lines])


async def show_view(visit: Visit) -> web.Response:
    """One matter, as the chat draws it."""
    asked, talk, name = _asked(visit), visit.talk, visit.request.match_info["view"]
    view = next((one for one in _views(visit) if one.name == name), None)
    if view is None:
        raise Turned(Why.NOTHING_HERE)
    with apart(visit.session):
        await view.show(talk, asked.period, Markup(""))
    return _page(visit, asked, view.name, [_part(one) for one in talk.outgoing])


def _part(one: Outgoing) -> _Part:
    """What the chat would send; its text is escaped there."""
    text = Markup(str(one.params.get("caption") or one.params.get("text") or "").strip())
    photo = one.files.get("photo")
    if photo is None or not isinstance(photo.content, bytes):
        return _Part("", text)
    return _Part(f"data:image/png;base64,{b64encode(photo.content).decode()}", text)


def _page(visit: Visit, asked: _Asked, name: str, parts: list[_Part]) -> web.Response:
    talk, path = visit.talk, f"/{name}" if name else ""
    views = [("", visit._("Overview")), *((view.name, visit._(view.label)) for view in _views(visit))]
    return visit.page(
        "statistics.html",
        heading=title(asked.period, talk.language) + overview.so_far(talk, asked.back),
        parts=parts,
        rule=overview.rule_words(talk),
        units=[
            (visit._(label), asked.address(visit, path, 0, unit), unit is asked.period.unit)
            for unit, label in UNITS.items()
        ],
        views=[(label, asked.address(visit, f"/{key}" if key else ""), key == name) for key, label in views],
        earlier=asked.address(visit, path, asked.back + 1) if asked.back < MOST_BACK else "",
        later=asked.address(visit, path, asked.back - 1) if asked.back else "",
        file=asked.address(visit, "/file.csv"),
    )


async def save(visit: Visit) -> web.Response:
    """What the pages show of a period, in numbers."""
    asked = _asked(visit)
    figures: list[Figures] = list(visit.site.features.figures)
    content = await overview.file_of(visit.talk, figures, asked.period)
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    name = f'attachment; filename="{overview.file_name(asked.period)}"'
    return web.Response(body=content, content_type="text/csv", headers={**found, "Content-Disposition": name})


PAGES = (
    Page("GET", _PATH, show, Right.SEE_FIGURES, OFFICE),
    Page("GET", f"{_PATH}/file.csv", save, Right.SEE_FIGURES, OFFICE),
    Page("GET", rf"{_PATH}/{{view:[a-z_]{{1,40}}}}", show_view, Right.SEE_FIGURES, OFFICE),
)
