"""What the statistics say about cases, desk by desk: how many, how soon answered and closed, how rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from handlers.cases import patterns
from handlers.chat.charts import Told, by_name
from handlers.chat.figures import Figures, FiguresView, Row, row_if_shown, say_too_little, shown, zone_of
from handlers.chat.talk import Talk
from handlers.i18n.formatting import bracketed, labelled
from handlers.i18n.translations import N_
from storage.cases import collectives
from storage.cases.answers import counts
from storage.cases.answers.counts import Helped, PageKey
from storage.cases.collectives import CollectiveFigures
from storage.cases.desks import in_language
from storage.disclosure import HIDDEN
from storage.statistics import report
from storage.statistics.periods import Period
from storage.statistics.report import CaseReport


async def _view(talk: Talk, period: Period, head: Markup) -> None:
    rows, lines = await _by_desk(talk, period)
    if not rows:
        say_too_little(talk, head)
        return
    bars = [(name, opened) for _, name, opened in rows]
    png = await talk.context.ports.painter.bars_png(talk._("New cases by desk"), bars)
    talk.photo(png, Markup("\n").join([head, *lines]))


async def _by_desk(talk: Talk, period: Period) -> tuple[list[tuple[str, str, int]], list[Markup]]:
    """The desks whose cases may be shown: key, name and number; and all about them in words."""
    rows, lines = [], []
    for key, desk in talk.context.settings.desks.items():
        cases = await report.cases(talk.session, period, zone_of(talk), key)
        if cases.opened is HIDDEN:
            continue
        name = in_language(desk.title, talk.language)
        rows.append((key, name, cases.opened))
        title = Markup("\n{} <b>{}</b>").format(desk.emoji, name)
        lines.append(labelled(talk._, title, shown(talk, cases.opened)))
        lines += [Markup("{}").format(line) for line in _times(talk, cases)]
        joined = await _joined(talk, period, key)
        if joined.people is not HIDDEN:
            said = talk._("in collective cases: {people} people, {cases} cases").format(
                people=shown(talk, joined.people), cases=shown(talk, joined.cases)
            )
            lines.append(Markup("{}").format(said))
    return rows, lines


async def _tell(talk: Talk, period: Period, other: Period) -> Told:
    """New cases by desk; to whoever sees what a desk's cases have in common, also by kind and platform."""
    rows, lines = await _by_desk(talk, period)
    charts = []
    if rows:
        then = {key: opened for key, _, opened in (await _by_desk(talk, other))[0]}
        charts.append(by_name(talk._("New cases by desk"), rows, then))
    charts += await patterns.charts(talk, period, other)
    return Told(charts, lines)


async def _joined(talk: Talk, period: Period, desk: str) -> CollectiveFigures:
    edges = period.edges(zone_of(talk))
    return await collectives.figures(talk.session, desk, edges[0], edges[-1])


def _times(talk: Talk, cases: CaseReport) -> list[str]:
    lines = []
    if cases.hours_to_answer is not HIDDEN:
        hours = shown(talk, cases.hours_to_answer, 1)
        lines.append(talk._("first answer after {hours} h (median)").format(hours=hours))
    if cases.in_time is not HIDDEN:
        lines.append(talk._("on time: {share}%").format(share=cases.in_time))
    if cases.days_to_close is not HIDDEN:
        days = shown(talk, cases.days_to_close, 1)
        lines.append(talk._("closed after {days} days (median)").format(days=days))
    if cases.stars is not HIDDEN:
        lines.append(talk._("rated ★ {n}").format(n=shown(talk, cases.stars, 1)))
    return lines


async def _answers(talk: Talk, period: Period, head: Markup) -> None:
    """By page, how many presses said that it helped, and how many that it did not."""
    told = [
        Markup("{}").format(
            talk._("{matter}: 👍 {yes} · 👎 {no}").format(
                matter=name, yes=shown(talk, helped.yes), no=shown(talk, helped.no)
            )
        )
        for name, helped in _named(talk, await counts.of(talk.session, period))
    ]
    if not told:
        say_too_little(talk, head)
        return
    talk.say(Markup("\n").join([head, *told]))


def _named(talk: Talk, found: Mapping[PageKey, Helped]) -> list[tuple[str, Helped]]:
    """In the order of the desks and their kinds."""
    named = []
    for key, desk in talk.context.settings.desks.items():
        title = in_language(desk.title, talk.language)
        for kind in desk.kinds:
            helped = found.get((key, kind.key))
            if helped is not None:
                named.append((bracketed(talk._, in_language(kind.words, talk.language), title), helped))
    return named


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    rows: list[Row] = []
    for desk in talk.context.settings.desks:
        cases = await report.cases(talk.session, period, zone_of(talk), desk)
        rows.append(("cases_opened", desk, cases.opened, ""))
        joined = await _joined(talk, period, desk)
        rows += [("collective_people", desk, joined.people, ""), ("collective_cases", desk, joined.cases, "")]
        rows += row_if_shown("case_hours_to_first_answer_median", desk, cases.hours_to_answer)
        rows += row_if_shown("case_days_to_close_median", desk, cases.days_to_close)
    for (desk, kind), helped in (await counts.of(talk.session, period)).items():
        page = f"{desk}/{kind}"
        rows += [("answer_helped", page, helped.yes, ""), ("answer_did_not_help", page, helped.no, "")]
    return rows


FIGURES = Figures(
    views=(
        FiguresView("cases", N_("⚖️ Cases"), _view, _tell),
        FiguresView("answers", N_("💡 Answers"), _answers),
    ),
    rows=_rows,
)
