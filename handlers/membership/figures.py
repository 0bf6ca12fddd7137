"""What the statistics say about members: how many there are, how many joined and left."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.charts import Headline, Told, by_stretch
from handlers.chat.figures import (
    Figures,
    FiguresView,
    Row,
    bars,
    compared,
    of_both,
    rows_by_stretch,
    say_too_little,
    shown,
    zone_of,
)
from handlers.chat.talk import Talk
from handlers.i18n.periods import labels
from handlers.i18n.translations import N_
from storage.disclosure import HIDDEN
from storage.statistics import report
from storage.statistics.periods import Period
from storage.statistics.report import MemberReport


async def _lines(talk: Talk, period: Period) -> Sequence[str]:
    now, then = await of_both(talk, period, report.members)
    joined, left = compared(talk, now.joined, then.joined), compared(talk, now.left, then.left)
    return [
        talk._("👥 Members: {n}").format(n=compared(talk, now.at_end, then.at_end)),
        talk._("   joined {joined}, left {left}").format(joined=joined, left=left),
    ]


async def _view(talk: Talk, period: Period, head: Markup) -> None:
    now, then = await of_both(talk, period, report.members)
    if now.at_end is HIDDEN:
        say_too_little(talk, head)
        return
    png = await talk.context.ports.painter.columns_png(
        talk._("New members"),
        bars(now.joined_by_stretch),
        labels(period, talk.language),
        bars(then.joined_by_stretch),
    )
    talk.photo(png, Markup("\n").join([head, *_in_words(talk, now)]))


def _in_words(talk: Talk, now: MemberReport) -> list[Markup]:
    return [
        Markup("{}").format(talk._("Members at the end: {n}").format(n=shown(talk, now.at_end))),
        Markup("{}").format(
            talk._("joined {joined}, left {left}").format(joined=shown(talk, now.joined), left=shown(talk, now.left))
        ),
    ]


async def _tell(talk: Talk, period: Period, other: Period) -> Told:
    now, then = await of_both(talk, period, report.members, other)
    joined = now.joined_by_stretch, then.joined_by_stretch
    left = now.left_by_stretch, then.left_by_stretch
    charts = [
        by_stretch(talk._("New members"), period, *joined, talk.language),
        by_stretch(talk._("Members who left"), period, *left, talk.language),
    ]
    return Told(charts, _in_words(talk, now))


async def _headlines(talk: Talk, period: Period) -> Sequence[Headline]:
    found = await report.members(talk.session, period, zone_of(talk))
    return [
        Headline("members", talk._("Members"), found.at_end),
        Headline("joined", talk._("New members"), found.joined),
        Headline("left", talk._("Members who left"), found.left),
    ]


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    now, then = await of_both(talk, period, report.members)
    return [
        ("members", period.name, now.at_end, then.at_end),
        ("joined", period.name, now.joined, then.joined),
        ("left", period.name, now.left, then.left),
        *rows_by_stretch("joined", period, now.joined_by_stretch),
        *rows_by_stretch("left", period, now.left_by_stretch),
    ]


FIGURES = Figures(_lines, (FiguresView("members", N_("👥 Members"), _view, _tell),), _rows, _headlines)
