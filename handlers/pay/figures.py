"""What the statistics say about pay: the marks of the pool, and changes that are more than chance; a PDF of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from handlers.chat.charts import Chart, Mark, Told
from handlers.chat.figures import Figures, FiguresView, Row, say_too_little
from handlers.chat.reports import Block, Heading, Paragraph, Report, Table
from handlers.chat.talk import Talk
from handlers.i18n.formatting import labelled
from handlers.i18n.periods import title
from handlers.i18n.translations import N_, number
from handlers.pay import pool_words, words
from storage.disclosure import HIDDEN, MIN_CELL_SIZE
from storage.pay.pool import figures
from storage.pay.pool.cells import By
from storage.pay.pool.classes import RANDOM_SHARE
from storage.pay.pool.figures import ERROR, SOUND_FROM, WEEKS_COMPARED, Marks, PoolReport
from storage.statistics.periods import Period, PeriodUnit

_CHARTS = {
    By.PLATFORM: N_("Median pay per hour, by platform"),
    By.DISTRICT: N_("Median pay per hour, by district"),
    By.HOUR: N_("Median pay per hour, by start of shift"),
}


async def _found(talk: Talk, period: Period) -> PoolReport | None:
    """Of the newest week of a period that has been counted."""
    return await figures.report(talk.session, period.first, period.after - timedelta(days=1))


async def _view(talk: Talk, period: Period, head: Markup) -> None:
    """Everybody, the platforms and the changes; districts and hours are in the PDF."""
    found = await _found(talk, period)
    if found is None:
        say_too_little(talk, head)
        return
    lines = [head, Markup("<i>{}</i>").format(_week(talk, found))]
    for cell, marks in found.marks.items():
        if cell.by in (By.ALL, By.PLATFORM):
            lines.append(labelled(talk._, pool_words.cell(talk.view, cell), pool_words.marks(talk.view, marks)))
    lines += [Markup(""), *(Markup("<b>{}</b>").format(line) for line in _changes(talk, found))]
    talk.say(Markup("\n").join(lines))
    content = await talk.context.ports.reports.pdf(_report(talk, found))
    said = talk._("By district and time of day, too, and how it is worked out.")
    talk.document(f"pay-{_of(found).name}.pdf", content, said)


async def _tell(talk: Talk, period: Period, other: Period) -> Told:
    """The median per hour by platform, district and time of day; who shares it, and the changes, in words."""
    found, then = await _found(talk, period), await _found(talk, other)
    if found is None:
        return Told()
    charts = []
    for by, heading in _CHARTS.items():
        cells = [cell for cell in found.marks if cell.by is by]
        if cells:
            marks = [
                Mark(
                    pool_words.cell(talk.view, cell),
                    found.marks[cell].median / 100,
                    HIDDEN if then is None or cell not in then.marks else then.marks[cell].median / 100,
                )
                for cell in cells
            ]
            charts.append(Chart(talk._(heading), marks, digits=1))
    lines = [Markup("<i>{}</i>").format(_week(talk, found))]
    everybody = (cell for cell in found.marks if cell.by is By.ALL)
    lines += [
        labelled(talk._, pool_words.cell(talk.view, cell), pool_words.marks(talk.view, found.marks[cell]))
        for cell in everybody
    ]
    return Told(charts, [*lines, *_changes(talk, found)])


def _of(found: PoolReport) -> Period:
    return Period.of(PeriodUnit.WEEK, found.week, 0)


def _week(talk: Talk, found: PoolReport) -> str:
    return title(_of(found), talk.language)


def _changes(talk: Talk, found: PoolReport) -> Sequence[Markup]:
    said = [pool_words.change(talk.view, one) for one in found.changes]
    return said or [Markup.escape(talk._("No change that is more than chance."))]


def _report(talk: Talk, found: PoolReport) -> Report:
    header = [talk._("Who"), talk._("People"), talk._("Lower quarter"), talk._("Median"), talk._("Upper quarter")]
    rows = [[pool_words.cell(talk.view, cell), *_columns(talk, marks)] for cell, marks in found.marks.items()]
    blocks: list[Block] = [
        Heading(talk._("Pay per hour")),
        Table(header, rows, (4, 2, 2, 2, 2)),
        Heading(talk._("Changes")),
        *(Paragraph(line.unescape()) for line in _changes(talk, found)),
        Heading(talk._("How this is worked out")),
        Paragraph(_method(talk)),
    ]
    return Report(
        talk._("Pay of riders"), _week(talk, found), talk.context.settings.organisation.name, talk.now, blocks
    )


def _columns(talk: Talk, marks: Marks) -> list[str]:
    pay = (marks.lower, marks.median, marks.upper)
    return [
        number(marks.people, talk.language),
        *("–" if one is None else words.amount(talk.view, one) for one in pay),
    ]


def _method(talk: Talk) -> str:
    return talk._(
        "Riders who agreed to it share what they earned per hour in a week: a person counts once. {random}% of the "
        "values are replaced by random ones to protect them, which is taken into account in the marks. Groups of fewer "
        "than {few} people are not shown, nor any from which such a group would follow; numbers of people are rounded. "
        "A change of the median since one of the {weeks} weeks before is reported if both weeks have {people} people "
        "or more and Mood's median test rules out chance; the probability that any group without a change is reported "
        "is at most {error}% (Bonferroni's correction for all comparisons). It holds for those who share their pay, as "
        "far as they can stand for the others."
    ).format(
        random=round(RANDOM_SHARE * 100),
        few=MIN_CELL_SIZE,
        people=SOUND_FROM,
        weeks=WEEKS_COMPARED,
        error=round(ERROR * 100),
    )


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    """In units of the currency."""
    found = await _found(talk, period)
    if found is None:
        return []
    rows: list[Row] = []
    for cell, marks in found.marks.items():
        of = f"{_of(found).name} {cell.by} {cell.name}".rstrip()
        rows.append(("pay_people", of, marks.people, ""))
        pay = (("lower_quarter", marks.lower), ("median", marks.median), ("upper_quarter", marks.upper))
        rows += [(f"pay_{name}", of, one / 100, "") for name, one in pay if one is not None]
    return rows


FIGURES = Figures(views=(FiguresView("pay", N_("📒 Pay"), _view, _tell),), rows=_rows)
