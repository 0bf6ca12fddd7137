"""What the statistics say about activities: the places taken, who came, and the ratings."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.charts import Chart, Headline, Mark, Told, by_stretch
from handlers.chat.figures import (
    Figures,
    FiguresView,
    Row,
    bars,
    compared,
    of_both,
    row_if_shown,
    rows_by_stretch,
    say_too_little,
    shown,
    zone_of,
)
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.formatting import labelled
from handlers.i18n.periods import labels
from handlers.i18n.translations import N_
from storage.disclosure import HIDDEN
from storage.statistics import report
from storage.statistics.periods import Period
from storage.statistics.report import ActivityReport

MOST_LISTED = 20


async def _lines(talk: Talk, period: Period) -> Sequence[str]:
    now, then = await of_both(talk, period, report.activities)
    lines = [
        talk._("🏀 Places taken: {n}").format(n=compared(talk, now.placed, then.placed)),
        talk._("   came {n}").format(n=compared(talk, now.came, then.came)),
    ]
    if now.stars is not HIDDEN:
        lines.append(talk._("   rated ★ {n}").format(n=shown(talk, now.stars, 1)))
    return lines


async def _view(talk: Talk, period: Period, head: Markup) -> None:
    now, then = await of_both(talk, period, report.activities)
    values = bars(now.placed_by_stretch)
    if not any(values):
        say_too_little(talk, head)
        return
    png = await talk.context.ports.painter.columns_png(
        talk._("Places taken"), values, labels(period, talk.language), bars(then.placed_by_stretch)
    )
    talk.photo(png, head)
    talk.say(Markup("\n").join([head, *(_line(talk, activity) for activity in now.activities[-MOST_LISTED:])]))


async def _tell(talk: Talk, period: Period, other: Period) -> Told:
    """By day or month, and each activity by itself."""
    now, then = await of_both(talk, period, report.activities, other)
    stretches = now.placed_by_stretch, then.placed_by_stretch
    each = [(_named(talk, one), one) for one in now.activities[-MOST_LISTED:]]
    charts = [by_stretch(talk._("Places taken"), period, *stretches, talk.language)]
    if each:
        marks = [Mark(name, one.placed) for name, one in each]
        charts.append(Chart(talk._("Places taken, by activity"), marks))
    return Told(charts, [_line(talk, one) for _, one in each])


async def _headlines(talk: Talk, period: Period) -> Sequence[Headline]:
    found = await report.activities(talk.session, period, zone_of(talk))
    return [
        Headline("placed", talk._("Places taken"), found.placed),
        Headline("came", talk._("Came to activities"), found.came),
        Headline("stars", talk._("Rating of activities (★ 1–5)"), found.stars, 1),
    ]


def _named(talk: Talk, activity: ActivityReport) -> str:
    day = translations.day_of_year(activity.starts_at.astimezone(zone_of(talk)).date(), talk.language)
    return f"{day} {activity.title}"


def _line(talk: Talk, activity: ActivityReport) -> Markup:
    stars = f" · ★ {shown(talk, activity.stars, 1)}" if activity.stars is not HIDDEN else ""
    counted = talk._("{placed} places, {came} came").format(
        placed=shown(talk, activity.placed), came=shown(talk, activity.came)
    )
    return "• " + labelled(talk._, _named(talk, activity), counted + stars)


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    now, then = await of_both(talk, period, report.activities)
    rows: list[Row] = [
        ("placed", period.name, now.placed, then.placed),
        ("came", period.name, now.came, then.came),
        ("stars", period.name, now.stars, then.stars),
        *rows_by_stretch("placed", period, now.placed_by_stretch),
    ]
    for activity in now.activities:
        of = f"{activity.starts_at.astimezone(zone_of(talk)):%Y-%m-%d} {activity.title}"
        rows += [("activity_placed", of, activity.placed, ""), ("activity_came", of, activity.came, "")]
        rows += row_if_shown("activity_stars", of, activity.stars)
    return rows


FIGURES = Figures(_lines, (FiguresView("activities", N_("🏀 Activities"), _view, _tell),), _rows, _headlines)
