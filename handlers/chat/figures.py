"""A feature's part of the statistics: lines on their first page, views with a picture, and rows of the file.

Figures come from storage/statistics/report.py, where what would point to one person is HIDDEN already.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.charts import Headline, Told
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.few import figure_words
from handlers.i18n.formatting import bracketed
from storage.disclosure import HIDDEN, MIN_CELL_SIZE, Average, Figure
from storage.statistics.periods import Period

Report = TypeVar("Report")

Row = tuple[str, str, object, object]
"""Of the file: the figure, of what, its value, and the value in the period before."""


@dataclass(frozen=True, slots=True)
class FiguresView:
    """A button of the statistics. `name` stands in its data; `show` sends the view below `head`.

    `tell` has the same for a page: the period, held against another one.
    """

    name: str
    label: str
    show: Callable[[Talk, Period, Markup], Awaitable[None]]
    tell: Callable[[Talk, Period, Period], Awaitable[Told]] | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """`lines` compare a period with the one before it; `rows` are what the file says about it. `headlines` are the
    figures of the lines by themselves, for a page that holds periods against each other."""

    lines: Callable[[Talk, Period], Awaitable[Sequence[str]]] | None = None
    views: Sequence[FiguresView] = ()
    rows: Callable[[Talk, Period], Awaitable[Sequence[Row]]] | None = None
    headlines: Callable[[Talk, Period], Awaitable[Sequence[Headline]]] | None = None


def shown(talk: Talk, value: Average, digits: int = 0) -> str:
    """ "1,240", or "<5" where it is hidden."""
    if value is HIDDEN:
        return figure_words(HIDDEN, talk.language)
    return translations.number(value, talk.language, digits)


def compared(talk: Talk, value: Average, before: Average) -> str:
    """ "1,240 (980)": with the period before in brackets."""
    return bracketed(talk._, shown(talk, value), shown(talk, before))


def bars(values: Sequence[Figure]) -> list[int | None]:
    """As a chart takes them: a hidden one is grey."""
    return [None if value is HIDDEN else value for value in values]


def say_too_little(talk: Talk, head: Markup) -> None:
    """In place of a view without figures."""
    talk.say(Markup("{}\n{}").format(head, too_little(talk)))


def too_little(talk: Talk) -> str:
    return talk._("There is no data yet, or too little to show (fewer than {n}).").format(n=MIN_CELL_SIZE)


def zone_of(talk: Talk) -> ZoneInfo:
    """Of the organisation, in whose days, weeks and months figures are counted."""
    return talk.context.settings.organisation.zone


async def of_both(
    talk: Talk,
    period: Period,
    read: Callable[[AsyncSession, Period, ZoneInfo], Awaitable[Report]],
    other: Period | None = None,
) -> tuple[Report, Report]:
    """The report of a period, and of the other one, or the one before."""
    now = await read(talk.session, period, zone_of(talk))
    return now, await read(talk.session, other or period.before, zone_of(talk))


def rows_by_stretch(name: str, period: Period, values: Sequence[Figure]) -> Iterator[Row]:
    """A row for each day of a period, or for each month of a year."""
    for day, value in zip(period.stretches, values, strict=True):
        yield f"{name}_by_day", f"{day:%Y-%m-%d}", value, ""


def row_if_shown(name: str, of: str, value: Average) -> list[Row]:
    """An average has a row only where it may be shown."""
    return [] if value is HIDDEN else [(name, of, round(value, 2), "")]
