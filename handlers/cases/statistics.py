"""What the cases of a desk have in common, month by month: what the union can take to the negotiating table."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from handlers.cases import presses
from handlers.cases.desk_access import desks_of
from handlers.cases.patterns import kind_name, month_of, platform_name
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.formatting import labelled
from storage.cases import statistics as case_statistics
from storage.cases.desks import Desk, in_language
from storage.cases.statistics import MonthFigures
from storage.cases.table import NoSuchCase
from storage.disclosure import MIN_CELL_SIZE
from storage.people.access import Right

MONTHS = 12
SHOWN = 6


def register(routes: Routes) -> None:
    routes.press(presses.CHOOSE_DESK, choose_desk, right=Right.SEE_CASES, writes=False)
    routes.press(presses.SHOW_PATTERNS, show_patterns, right=Right.SEE_CASES, writes=False)


async def choose_desk(talk: Talk) -> None:
    rows = [
        [presses.SHOW_PATTERNS.button(f"{desk.emoji} {in_language(desk.title, talk.language)}", key)]
        for key, desk in desks_of(talk).items()
    ]
    talk.edit(talk._("Which desk?"), [*rows, [presses.SHOW_DESKS_AGAIN.button(talk._("◀ Back"))]])


def last_months(talk: Talk) -> list[str]:
    """ "2026-11" and those before it, oldest first."""
    year, month = talk.local_today.year, talk.local_today.month
    found = []
    for back in range(MONTHS):
        whole = year * 12 + month - 1 - back
        found.append(f"{whole // 12}-{whole % 12 + 1:02d}")
    return found[::-1]


async def show_patterns(talk: Talk, key: str) -> None:
    desk = desks_of(talk).get(key)
    if desk is None:
        raise NoSuchCase
    months = last_months(talk)
    found = await case_statistics.by_month(talk.session, key, months)
    title = in_language(desk.title, talk.language)
    hint = talk._(
        "People by month; each is counted once. Numbers below {n} are hidden and others rounded to multiples of {n}, "
        "so that nobody can be identified."
    ).format(n=MIN_CELL_SIZE)
    lines = [Markup("📊 <b>{}</b>").format(title), Markup("<i>{}</i>").format(hint)]
    for figures in reversed(found[-SHOWN:]):
        lines += _lines(talk, desk, figures)
    if not found:
        lines.append(Markup("{}").format(talk._("There aren't enough cases yet.")))
    text = Markup("\n").join(lines)
    if not found:
        talk.say(text)
        return
    totals = {figures.month: figures.total for figures in found}
    values = [totals.get(month, 0) for month in months]
    png = await talk.context.ports.painter.columns_png(title, values, [month[2:] for month in months])
    talk.photo(
        png,
        Markup("{}").format(
            talk._("People with cases by month; months with fewer than {n} are left empty.").format(n=MIN_CELL_SIZE)
        ),
    )
    talk.say(text)


def _lines(talk: Talk, desk: Desk, figures: MonthFigures) -> list[Markup]:
    total = translations.number(figures.total, talk.language)
    named = {kind_name(desk, key, talk.language): count for key, count in figures.kinds.items()}
    platforms = {platform_name(talk._, key): n for key, n in figures.platforms.items()}
    lines = ["\n" + labelled(talk._, Markup("<b>{}</b>").format(month_of(figures, talk.language)), total)]
    lines += [Markup("  {}").format(_listed(cells, talk.language)) for cells in (named, platforms) if cells]
    return lines


def _listed(cells: Mapping[str, int], language: str) -> str:
    return " · ".join(f"{name} {translations.number(count, language)}" for name, count in cells.items())
