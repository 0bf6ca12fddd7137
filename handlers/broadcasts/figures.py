"""What the statistics say about broadcasts: how many there were, what was delivered and confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.charts import Headline, Told, by_stretch
from handlers.chat.figures import Figures, FiguresView, Row, bars, compared, of_both, say_too_little, shown, zone_of
from handlers.chat.talk import Talk
from handlers.i18n.periods import labels
from handlers.i18n.translations import N_
from storage.disclosure import HIDDEN
from storage.statistics import report
from storage.statistics.periods import Period
from storage.statistics.report import ReachReport


async def _lines(talk: Talk, period: Period) -> Sequence[str]:
    now, then = await of_both(talk, period, report.reach)
    return [
        talk._("📣 Broadcasts: {n}").format(n=compared(talk, now.broadcasts, then.broadcasts)),
        talk._("   delivered {n}, confirmed {m}").format(
            n=compared(talk, now.delivered, then.delivered), m=compared(talk, now.confirmed, then.confirmed)
        ),
    ]


async def _view(talk: Talk, period: Period, head: Markup) -> None:
    now = await report.reach(talk.session, period, zone_of(talk))
    if now.delivered is HIDDEN or not now.broadcasts:
        say_too_little(talk, head)
        return
    png = await talk.context.ports.painter.columns_png(
        talk._("Broadcast messages delivered"), bars(now.delivered_by_stretch), labels(period, talk.language)
    )
    talk.photo(png, Markup("{}\n{}").format(head, _in_words(talk, now)))


def _in_words(talk: Talk, now: ReachReport) -> str:
    return talk._("Broadcasts: {n}. Recipients in total: {m}; delivered: {arrived}, confirmed as read: {read}").format(
        n=now.broadcasts,
        m=shown(talk, now.recipients),
        arrived=shown(talk, now.delivered),
        read=shown(talk, now.confirmed),
    )


async def _tell(talk: Talk, period: Period, other: Period) -> Told:
    now, then = await of_both(talk, period, report.reach, other)
    stretches = now.delivered_by_stretch, then.delivered_by_stretch
    chart = by_stretch(talk._("Broadcast messages delivered"), period, *stretches, talk.language)
    return Told([chart], [Markup.escape(_in_words(talk, now))])


async def _headlines(talk: Talk, period: Period) -> Sequence[Headline]:
    found = await report.reach(talk.session, period, zone_of(talk))
    return [
        Headline("broadcasts", talk._("Broadcasts sent"), found.broadcasts),
        Headline("delivered", talk._("Broadcast messages delivered"), found.delivered),
        Headline("confirmed", talk._("Broadcasts confirmed as read"), found.confirmed),
    ]


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    now, then = await of_both(talk, period, report.reach)
    return [
        ("broadcasts", period.name, now.broadcasts, then.broadcasts),
        ("delivered", period.name, now.delivered, then.delivered),
        ("confirmed", period.name, now.confirmed, then.confirmed),
    ]


FIGURES = Figures(_lines, (FiguresView("reach", N_("📣 Broadcasts"), _view, _tell),), _rows, _headlines)
