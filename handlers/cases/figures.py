"""What the statistics say about cases, desk by desk: how many, how soon answered and closed, how rated."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.figures import Figures, FiguresView, Row, row_if_shown, say_too_little, shown, zone_of
from handlers.chat.talk import Talk
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from storage.cases.desks import in_language
from storage.disclosure import HIDDEN
from storage.statistics import report
from storage.statistics.periods import Period
from storage.statistics.report import CaseReport


async def _view(talk: Talk, period: Period, head: Markup) -> None:
    rows, lines = [], [head]
    for key, desk in talk.context.settings.desks.items():
        cases = await report.cases(talk.session, period, zone_of(talk), key)
        if cases.opened is HIDDEN:
            continue
        name = in_language(desk.title, talk.language)
        rows.append((name, cases.opened))
        title = Markup("\n{} <b>{}</b>").format(desk.emoji, name)
        lines.append(labelled(talk._, title, shown(talk, cases.opened)))
        lines += [Markup("{}").format(line) for line in _times(talk, cases)]
    if not rows:
        say_too_little(talk, head)
        return
    talk.photo(await talk.context.ports.painter.bars_png(talk._("New cases by desk"), rows), Markup("\n").join(lines))


def _times(talk: Talk, cases: CaseReport) -> list[str]:
    lines = []
    if cases.hours_to_answer is not HIDDEN:
        hours = shown(talk, cases.hours_to_answer, 1)
        lines.append(talk._("first answer after {hours} h (median)").format(hours=hours))
    if cases.in_time is not HIDDEN:
        lines.append(talk._("on time: {share} %").format(share=cases.in_time))
    if cases.days_to_close is not HIDDEN:
        days = shown(talk, cases.days_to_close, 1)
        lines.append(talk._("closed after {days} days (median)").format(days=days))
    if cases.stars is not HIDDEN:
        lines.append(talk._("rated ★ {n}").format(n=shown(talk, cases.stars, 1)))
    return lines


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    rows: list[Row] = []
    for desk in talk.context.settings.desks:
        cases = await report.cases(talk.session, period, zone_of(talk), desk)
        rows.append(("cases_opened", desk, cases.opened, ""))
        rows += row_if_shown("case_hours_to_first_answer_median", desk, cases.hours_to_answer)
        rows += row_if_shown("case_days_to_close_median", desk, cases.days_to_close)
    return rows


FIGURES = Figures(views=(FiguresView("cases", N_("⚖️ Cases"), _view),), rows=_rows)
