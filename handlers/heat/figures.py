"""What the statistics say: on how many days which rule held, how many people brought a case about the weather, and
how many reported an ignored rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from handlers.chat.charts import Told, by_name
from handlers.chat.figures import Figures, FiguresView, Row, say_too_little, shown
from handlers.chat.talk import Talk
from handlers.heat import words
from handlers.heat.warning import DESK, KIND, REPORTS
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
    lines += await _report_lines(talk, period)
    if not lines:
        say_too_little(talk, head)
        return
    talk.say(Markup("\n").join([head, *lines]))


async def _days_lines(talk: Talk, period: Period) -> list[Markup]:
    held = await _held(talk, period)
    return [labelled(talk._, words.label(talk.view, rule), _days_words(talk, n)) for rule, n in held]


async def _report_lines(talk: Talk, period: Period) -> list[Markup]:
    said = talk._("people who reported that their platform ignores a rule: {n}")
    return [labelled(talk._, month, said.format(n=shown(talk, n))) for month, n in await _reports(talk, period)]


async def _tell(talk: Talk, period: Period, other: Period) -> Told:
    """The days in words; of a month and a year, people with a case by month."""
    now = await _cases(talk, period)
    lines = [*await _days_lines(talk, period), *await _report_lines(talk, period)]
    if not now:
        return Told((), lines)
    then = {month[-2:]: n for month, n in await _cases(talk, other)}
    rows = [(month[-2:], month_and_year(date.fromisoformat(f"{month}-01"), talk.language), n) for month, n in now]
    return Told([by_name(talk._("People with a case about heat or storms"), rows, then)], lines)


def _days_words(talk: Talk, n: int) -> str:
    return talk.plural("{n} day", "{n} days", n).format(n=n)


async def _held(talk: Talk, period: Period) -> list[tuple[rules.Rule, int]]:
    country = talk.context.settings.organisation.country
    found = await days.in_force(talk.session, period.first, period.after, country)
    return [(rule, found[rule.key]) for rule in rules.of_country(country) if rule.key in found]


def _months(period: Period) -> list[str]:
    """Those of a year; of a week, that of its first day."""
    return [f"{day:%Y-%m}" for day in ([period.first] if period.unit is not PeriodUnit.YEAR else period.stretches)]


async def _reports(talk: Talk, period: Period) -> list[tuple[str, int]]:
    """By month, in which each person is counted once: who sent a report from the button under a rule."""
    found = await case_statistics.by_month(talk.session, REPORTS, _months(period))
    return [(month.month, month.total) for month in found]


async def _cases(talk: Talk, period: Period) -> list[tuple[str, int]]:
    """By month, in which each person is counted once, whatever led them to the desk."""
    found = await case_statistics.by_month(talk.session, DESK, _months(period))
    return [(month.month, month.kinds[KIND]) for month in found if KIND in month.kinds]


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    held: list[Row] = [("weather_rule_days", rule.key, n, "") for rule, n in await _held(talk, period)]
    held += [("weather_cases", month, n, "") for month, n in await _cases(talk, period)]
    return [*held, *(("weather_rule_ignored", month, n, "") for month, n in await _reports(talk, period))]


FIGURES = Figures(views=(FiguresView("heat", N_("🌡 Weather"), _view, _tell),), rows=_rows)
