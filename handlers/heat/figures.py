"""What the statistics say: on how many days which rule held, and how many people brought a case about the weather."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from handlers.chat.charts import Told, by_name
from handlers.chat.figures import Figures, FiguresView, Row, say_too_little, shown
from handlers.chat.talk import Talk
from handlers.heat import words
from handlers.heat.warning import DESK, KIND
from handlers.i18n.day_names import month_and_year
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from storage.cases import statistics as case_statistics
from storage.heat import days, rules
from storage.statistics.periods import Period, PeriodUnit


async def _view(talk: Talk, period: Period, head: Markup) -> None:
    lines = await _days_lines(talk, period)
    lines += [
        labelled(talk._, month, talk._("people with a case about heat or storms: {n}").format(n=shown(talk, n)))
        for month, n in await _cases(talk, period)
    ]
    if not lines:
        say_too_little(talk, head)
        return
    talk.say(Markup("\n").join([head, *lines]))


async def _days_lines(talk: Talk, period: Period) -> list[Markup]:
    held = await _held(talk, period)
    return [labelled(talk._, words.label(talk.view, rule), _days_words(talk, n)) for rule, n in held]


async def _tell(talk: Talk, period: Period, other: Period) -> Told:
    """The days in words; of a month and a year, people with a case by month."""
    now = await _cases(talk, period)
    if not now:
        return Told((), await _days_lines(talk, period))
    then = {month[-2:]: n for month, n in await _cases(talk, other)}
    rows = [(month[-2:], month_and_year(date.fromisoformat(f"{month}-01"), talk.language), n) for month, n in now]
    return Told(
        [by_name(talk._("People with a case about heat or storms"), rows, then)], await _days_lines(talk, period)
    )


def _days_words(talk: Talk, n: int) -> str:
    return talk.plural("{n} day", "{n} days", n).format(n=n)


async def _held(talk: Talk, period: Period) -> list[tuple[rules.Rule, int]]:
    country = talk.context.settings.organisation.country
    found = await days.in_force(talk.session, period.first, period.after, country)
    return [(rule, found[rule.key]) for rule in rules.of_country(country) if rule.key in found]


async def _cases(talk: Talk, period: Period) -> list[tuple[str, int]]:
    """By month, in which each person is counted once: those of a year; of a week, that of its first day."""
    first = period.first
    months = [f"{day:%Y-%m}" for day in period.stretches] if period.unit is PeriodUnit.YEAR else [f"{first:%Y-%m}"]
    found = await case_statistics.by_month(talk.session, DESK, months)
    return [(month.month, month.kinds[KIND]) for month in found if KIND in month.kinds]


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    held: list[Row] = [("weather_rule_days", rule.key, n, "") for rule, n in await _held(talk, period)]
    return [*held, *(("weather_cases", month, n, "") for month, n in await _cases(talk, period))]


FIGURES = Figures(views=(FiguresView("heat", N_("🌡 Weather"), _view, _tell),), rows=_rows)
