"""What riders want: what many want, what everybody wants, as a chart and as a file. Shown once ranking is over."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from handlers.campaigns.demands import presses, words
from handlers.campaigns.demands.cards import back
from handlers.chat.press import Button, Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.csv_files import sheet
from handlers.i18n.few import figure_words
from handlers.i18n.formatting import labelled, listed
from storage.campaigns.demands import results
from storage.campaigns.demands.results import PAGE, Outline, Result
from storage.campaigns.ids import CampaignId
from storage.database import apart
from storage.disclosure import MIN_CELL_SIZE

MANY, EVERYBODY = "many", "all"
HEADER = ("id", "text", "state", "agree", "disagree", "pass")
_ON_CHART, _LONGEST_NAME = 10, 16
_MOST_PAGES = 2_000
_READ = {MANY: results.by_support, EVERYBODY: results.wanted_by_everybody}


def register(routes: Routes) -> None:
    routes.press(presses.RESULTS, show, writes=False)
    routes.press(presses.CHART, send_chart, writes=False)
    routes.press(presses.FILE, send_file, writes=False)


async def show(talk: Talk, campaign_id: CampaignId, view: str, page: int) -> None:
    row = await words.campaign_for(talk, campaign_id)
    if view not in _READ or not 0 <= page < _MOST_PAGES:
        raise InvalidCallback
    outline = await results.outline(talk.session, campaign_id)
    found = await _READ[view](talk.session, campaign_id, page * PAGE, PAGE + 1)
    lines = [_head(talk, view, outline)]
    for at, one in enumerate(found[:PAGE], start=page * PAGE + 1):
        lines.append(Markup("{}. {}").format(at, _entry(talk, one, view)))
    if not found and (outline.groups or view == MANY):
        lines.append(escape(talk._("None.")))
    rows = _buttons(talk, campaign_id, view, page, found)
    talk.edit(Markup("\n\n").join(lines), [*rows, [back(talk, row)]])


def _head(talk: Talk, view: str, outline: Outline) -> Markup:
    title = talk._("📊 What many want") if view == MANY else talk._("🤝 What everybody wants")
    people = figure_words(outline.people, talk.language)
    lines = [Markup("<b>{}</b>").format(title), escape(talk._("Riders who ranked: {n}").format(n=people))]
    if outline.groups:
        names = [
            labelled(talk._, words.group_name(talk.view, str(at)), figure_words(size, talk.language))
            for at, size in enumerate(outline.groups)
        ]
        said = talk._("By how alike their answers are, they fall into groups: {groups}.")
        lines.append(escape(said.format(groups=listed(names, talk.language))))
    if view == EVERYBODY:
        said = talk._("More than half of every group agrees with these, the least divided first.")
        lines.append(escape(said if outline.groups else talk._("There are too few answers to tell.")))
    note = talk._("Numbers below {n} are hidden; others are rounded to multiples of {n}.").format(n=MIN_CELL_SIZE)
    return Markup("\n").join([*lines, Markup("<i>{}</i>").format(note)])


def _entry(talk: Talk, one: Result, view: str) -> Markup:
    marks = [words.figures_line(one.figures, talk.language)]
    if view == EVERYBODY:
        marks = [words.in_every_group(talk.view, one.common)]
    if one.state in words.OUTCOMES:
        marks.append(talk._(words.OUTCOMES[one.state]))
    if one.part_of is not None:
        marks.append(talk._("🔗 part of another"))
    seed = "📌 " if one.is_seed else ""
    return Markup("{}{}\n   <i>{}</i>").format(seed, one.text, " · ".join(marks))


def _buttons(talk: Talk, campaign_id: CampaignId, view: str, page: int, found: Sequence[Result]) -> Buttons:
    numbers = [presses.CARD.button(str(at), one.id) for at, one in enumerate(found[:PAGE], start=page * PAGE + 1)]
    turn: list[Button] = []
    if page:
        turn.append(presses.RESULTS.button(talk._("◀ Previous"), campaign_id, view, page - 1))
    if len(found) > PAGE:
        turn.append(presses.RESULTS.button(talk._("Next ▶"), campaign_id, view, page + 1))
    other = presses.RESULTS.button(talk._("🤝 What everybody wants"), campaign_id, EVERYBODY, 0)
    if view == EVERYBODY:
        other = presses.RESULTS.button(talk._("📊 What many want"), campaign_id, MANY, 0)
    chart = presses.CHART.button(talk._("🖼 Chart"), campaign_id)
    return [*words.numbered(numbers), turn, [other], [chart, presses.FILE.button(talk._("📄 As CSV"), campaign_id)]]


async def send_chart(talk: Talk, campaign_id: CampaignId) -> None:
    """How many agree with what most agree with."""
    await words.campaign_for(talk, campaign_id)
    found = await results.by_support(talk.session, campaign_id, 0, _ON_CHART)
    rows = [
        (f"{at}. {one.text[:_LONGEST_NAME]}", one.figures.agree)
        for at, one in enumerate(found, start=1)
        if isinstance(one.figures.agree, int)
    ]
    title = talk._("Riders who agree")
    talk.photo(await talk.context.ports.painter.bars_png(title, rows), escape(title))


async def send_file(talk: Talk, campaign_id: CampaignId) -> None:
    """All demands with their figures as they are shown."""
    row = await words.campaign_for(talk, campaign_id)
    with apart(talk.session):
        found = await results.by_support(talk.session, campaign_id)
    hidden = f"<{MIN_CELL_SIZE}"

    def cells(one: Result) -> list[object]:
        figures = (one.figures.agree, one.figures.disagree, one.figures.passed)
        return [one.id, one.text, one.state.value, *(value if isinstance(value, int) else hidden for value in figures)]

    talk.document(f"demands-{row.id}.csv", sheet(HEADER, map(cells, found)), escape(row.title))
