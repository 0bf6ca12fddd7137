"""/stats: how it goes, by week, month and year, each against the one before it. Nothing of it points to one person.

What there is to tell comes from the features (handlers/chat/figures.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.figures import Figures, Row
from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.csv_files import sheet
from handlers.i18n.periods import title
from handlers.i18n.translations import N_
from handlers.statistics import presses
from storage.database import apart
from storage.disclosure import HIDDEN, MIN_CELL_SIZE
from storage.people.access import Right
from storage.statistics.periods import Period, PeriodUnit

MOST_BACK = 120
HEADER = ["figure", "of", "value", "before"]


def register(routes: Routes, figures: Sequence[Figures]) -> None:
    """`figures`: the parts of all features."""
    right, pages = Right.SEE_FIGURES, _Pages(figures)
    routes.command("stats", pages.begin, about=N_("Statistics"), right=right, writes=False)
    routes.press(presses.STATS, pages.begin, right=right, writes=False)
    routes.press(presses.SHOW, pages.show, right=right, writes=False)
    routes.press(presses.VIEW, pages.view, right=right, writes=False)
    routes.press(presses.SEND, pages.send, right=right, writes=False)


def _period_of(talk: Talk, kind: str, back: int) -> Period:
    """Of a button. Raises InvalidCallback for one that was never made."""
    if kind not in list(PeriodUnit) or not 0 <= back <= MOST_BACK:
        raise InvalidCallback
    return Period.of(PeriodUnit(kind), talk.local_today, back)


def so_far(talk: Talk, back: int) -> str:
    """Behind the title of the period that is not over."""
    return " · " + talk._("so far") if back == 0 else ""


async def compared_lines(talk: Talk, figures: Sequence[Figures], period: Period) -> list[Markup]:
    """What the features tell of a period, against the one before."""
    found: list[Markup] = []
    for part in figures:
        told = await part.lines(talk, period) if part.lines is not None else []
        found += [Markup("{}").format(line) for line in told]
    return found


def rule_words(talk: Talk) -> str:
    """How to read the figures."""
    return talk._(
        "Previous period in brackets. Numbers below {n} are hidden and others rounded to multiples of {n}, "
        "so that nobody can be identified."
    ).format(n=MIN_CELL_SIZE)


def hiding_words(talk: Talk) -> str:
    """The same beside a table, which says itself what stands in its columns."""
    return talk._(
        "Numbers below {n} are hidden and others rounded to multiples of {n}, so that nobody can be identified."
    ).format(n=MIN_CELL_SIZE)


def file_name(period: Period) -> str:
    return f"figures-{period.name}.csv"


async def file_of(talk: Talk, figures: Sequence[Figures], period: Period) -> bytes:
    """What the pages show of a period, in numbers, as a CSV file."""
    rows: list[Row] = []
    with apart(talk.session):
        for part in figures:
            rows += await part.rows(talk, period) if part.rows is not None else []
    hidden = f"<{MIN_CELL_SIZE}"
    return sheet(HEADER, [[hidden if cell is HIDDEN else cell for cell in row] for row in rows])


class _Pages:
    """The pages, views and the file, put together from the features' parts."""

    def __init__(self, figures: Sequence[Figures]) -> None:
        self._figures = figures
        self._views = {view.name: view for part in figures for view in part.views}

    async def begin(self, talk: Talk) -> None:
        with apart(talk.session):
            talk.say(*await self._page(talk, PeriodUnit.WEEK, 0))

    async def show(self, talk: Talk, kind: str, back: int) -> None:
        _period_of(talk, kind, back)
        with apart(talk.session):
            talk.edit(*await self._page(talk, PeriodUnit(kind), back))

    async def view(self, talk: Talk, name: str, kind: str, back: int) -> None:
        """One matter as a picture and in words."""
        period = _period_of(talk, kind, back)
        if name not in self._views:
            raise InvalidCallback
        view = self._views[name]
        head = Markup("<b>{}</b> · {}").format(talk._(view.label), title(period, talk.language))
        with apart(talk.session):
            await view.show(talk, period, head)

    async def send(self, talk: Talk, kind: str, back: int) -> None:
        """What the pages show, in numbers, as a CSV file."""
        period = _period_of(talk, kind, back)
        talk.document(file_name(period), await file_of(talk, self._figures, period), title(period, talk.language))

    async def _page(self, talk: Talk, unit: PeriodUnit, back: int) -> tuple[Markup, Buttons]:
        period = Period.of(unit, talk.local_today, back)
        lines = [Markup("📊 <b>{}</b>{}").format(title(period, talk.language), so_far(talk, back))]
        lines += await compared_lines(talk, self._figures, period)
        lines.append(Markup("\n<i>{}</i>").format(rule_words(talk)))
        return Markup("\n").join(lines), self._buttons(talk, unit, back)

    def _buttons(self, talk: Talk, unit: PeriodUnit, back: int) -> Buttons:
        units = {PeriodUnit.WEEK: talk._("Week"), PeriodUnit.MONTH: talk._("Month"), PeriodUnit.YEAR: talk._("Year")}
        turn = [presses.SHOW.button(talk._("◀ Previous"), unit.value, back + 1)]
        if back:
            turn.append(presses.SHOW.button(talk._("Next ▶"), unit.value, back - 1))
        views = [presses.VIEW.button(talk._(view.label), view.name, unit.value, back) for view in self._views.values()]
        views.append(presses.SEND.button(talk._("📄 As CSV"), unit.value, back))
        return [
            [presses.SHOW.button(("• " if one is unit else "") + name, one.value, 0) for one, name in units.items()],
            turn,
            *(views[at : at + 2] for at in range(0, len(views), 2)),
        ]
