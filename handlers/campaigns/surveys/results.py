"""The result of a survey: question by question in the chat, a chart of each, a table as CSV and a report as PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.surveys import presses, words
from handlers.chat.breakdowns import Breakdown
from handlers.chat.figures import bars, shown
from handlers.chat.press import Button, Buttons, InvalidCallback
from handlers.chat.reports import Block, Heading, Paragraph, Picture, Report, Table
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.csv_files import sheet
from handlers.i18n.formatting import labelled
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign
from storage.campaigns.ids import SurveyId
from storage.campaigns.surveys import results, surveys
from storage.campaigns.surveys.results import Part, QuestionResult, Result
from storage.campaigns.surveys.surveys import NoSuchSurvey, State
from storage.disclosure import HIDDEN, MIN_CELL_SIZE, Figure
from storage.people.access import Right

_LONGEST_TITLE, _MOST_PARTS = 40, 40
_HEADER = ("question", "text", "answer", "breakdown", "part", "people")
_RIGHT = Right.RUN_CAMPAIGNS


class ResultPages:
    """`breakdowns` are those of all features, for their names."""

    def __init__(self, breakdowns: Sequence[Breakdown]) -> None:
        self._labels: Mapping[str, str] = {one.name: one.label for one in breakdowns}

    def register(self, routes: Routes) -> None:
        routes.press(presses.RESULT, self.show, writes=False)
        routes.press(presses.CHART, self.chart, writes=False)
        routes.press(presses.CSV, self.csv, right=_RIGHT, writes=False)
        routes.press(presses.PDF, self.pdf, right=_RIGHT, writes=False)

    async def show(self, talk: Talk, survey_id: SurveyId, position: int, breakdown: str) -> None:
        """One question; by its parts, if a breakdown is named."""
        result = await _seen(talk, survey_id)
        question = _question(result, position)
        lines = [
            Markup("{} · {}").format(words.heading(talk.view, result.survey), talk._("result")),
            Markup.escape(_turnout(talk, result)),
            Markup(""),
            Markup("{}. <b>{}</b>").format(position, words.question_text(talk.view, question.wording)),
            *self._figure_lines(talk, result, question, breakdown),
            Markup("\n<i>{}</i>").format(words.rounding_words(talk.view)),
        ]
        talk.edit(Markup("\n").join(lines), self._buttons(talk, result, position, breakdown))

    def _figure_lines(self, talk: Talk, result: Result, question: QuestionResult, breakdown: str) -> Iterator[Markup]:
        """What is counted in all; below that the parts, their figures in the same order."""
        labels = words.options(talk.view, question.wording)
        for label, figure in zip(labels, question.figures, strict=True):
            counted = labelled(talk._, label, Markup("<b>{}</b>").format(shown(talk, figure)))
            yield Markup("• {}{}").format(counted, _share(figure, result))
        if not breakdown:
            return
        if breakdown not in question.breakdowns:
            raise InvalidCallback
        parts = question.breakdowns[breakdown]
        telling = [part for part in parts if any(figure is not HIDDEN for figure in part.figures)]
        yield Markup("\n<i>{}</i>").format(talk._("In the same order:"))
        for part in telling[:_MOST_PARTS]:
            figures = " · ".join(shown(talk, figure) for figure in part.figures)
            yield Markup("<b>{}</b>\n{}").format(part.label, figures)
        if len(telling) < len(parts):
            yield Markup.escape(
                talk._("In all other groups, each answer was given by fewer than {n} people.").format(n=MIN_CELL_SIZE)
            )

    def _buttons(self, talk: Talk, result: Result, position: int, breakdown: str) -> Buttons:
        survey = result.survey
        count = len(result.questions)
        turn: list[Button] = []
        if position > 1:
            turn.append(presses.RESULT.button("◀", survey.id, position - 1, breakdown))
        if position < count:
            turn.append(presses.RESULT.button("▶", survey.id, position + 1, breakdown))
        views = [("", talk._("All together")), *((name, talk._(label)) for name, label in self._labels.items())]
        others = [
            presses.RESULT.button(label, survey.id, position, name)
            for name, label in views
            if name != breakdown and (not name or name in _question(result, position).breakdowns)
        ]
        chart = [presses.CHART.button(talk._("📊 As a chart"), survey.id, position)]
        return [turn, chart, *([other] for other in others), [_back(talk, result)]]

    async def chart(self, talk: Talk, survey_id: SurveyId, position: int) -> None:
        """The question as a picture."""
        result = await _seen(talk, survey_id)
        question = _question(result, position)
        text = words.question_text(talk.view, question.wording)
        talk.photo(await _painted(talk, question, position), Markup("{}. {}").format(position, text))

    async def csv(self, talk: Talk, survey_id: SurveyId) -> None:
        """All figures as a table."""
        result = await results.of_survey(talk.session, survey_id)
        rows = list(self._rows(talk.view, result))
        talk.document(f"survey-{survey_id}.csv", sheet(_HEADER, rows), words.heading(talk.view, result.survey))

    def _rows(self, view: View, result: Result) -> Iterator[Sequence[object]]:
        for position, question in enumerate(result.questions, 1):
            text, labels = words.question_text(view, question.wording), words.options(view, question.wording)
            for breakdown, part in _all_parts(question):
                named = view._(self._labels[breakdown]) if breakdown in self._labels else breakdown
                for label, figure in zip(labels, part.figures, strict=True):
                    yield position, text, label, named, part.label, _cell(figure)

    async def pdf(self, talk: Talk, survey_id: SurveyId) -> None:
        """All of it to be printed and laid on the table."""
        result = await results.of_survey(talk.session, survey_id)
        campaign = await campaigns.find(talk.session, result.survey.campaign_id)
        blocks: list[Block] = [Paragraph(_turnout(talk, result)), Paragraph(words.rounding_words(talk.view))]
        for position, question in enumerate(result.questions, 1):
            blocks += await self._blocks(talk, result, question, position)
        name = words.title(talk.view, result.survey)
        subtitle = f"{campaign.title} · {campaign.counterpart}"
        organisation = talk.context.settings.organisation.name
        report = Report(name, subtitle, organisation, talk.now, blocks)
        content = await talk.context.ports.reports.pdf(report)
        talk.document(f"survey-{survey_id}.pdf", content, words.heading(talk.view, result.survey))

    async def _blocks(self, talk: Talk, result: Result, question: QuestionResult, position: int) -> Sequence[Block]:
        labels = words.options(talk.view, question.wording)
        people = talk._("People")
        rows = [
            [label, shown(talk, figure) + _share(figure, result)]
            for label, figure in zip(labels, question.figures, strict=True)
        ]
        blocks: list[Block] = [
            Heading(f"{position}. {words.question_text(talk.view, question.wording)}"),
            Picture(await _painted(talk, question, position)),
            Table([talk._("Answer"), people], rows, [3, 1]),
        ]
        for name, parts in question.breakdowns.items():
            broken = [[part.label, *(shown(talk, figure) for figure in part.figures)] for part in parts]
            named = talk._(self._labels[name]) if name in self._labels else name
            blocks.append(Table([named, *labels], broken))
        return blocks


async def report(talk: Talk, campaign: Campaign) -> Sequence[Block]:
    """For the report of the campaign: each survey that is over, with its turnout and a chart of each question."""
    blocks: list[Block] = []
    for survey in await surveys.of_campaign(talk.session, campaign.id):
        if survey.state is not State.CLOSED:
            continue
        result = await results.of_survey(talk.session, survey.id)
        name = talk._("{label}: {value}").format(label=talk._("Survey"), value=words.title(talk.view, survey))
        blocks += [Heading(name), Paragraph(f"{_turnout(talk, result)}\n{words.rounding_words(talk.view)}")]
        for position, question in enumerate(result.questions, 1):
            blocks.append(Picture(await _painted(talk, question, position)))
    return blocks


async def _seen(talk: Talk, survey_id: SurveyId) -> Result:
    """Riders see it once it is published, coordinators once it is closed.

    Raises:
        NoSuchSurvey, NoSuchCampaign, NotClosed: see the classes.
    """
    row = await surveys.find(talk.session, survey_id)
    if not talk.person.may(_RIGHT):
        if row.published_at is None:
            raise NoSuchSurvey
        await campaigns.find_for(talk.session, row.campaign_id, talk.person.id, talk.now)
    return await results.of_survey(talk.session, survey_id)


def _question(result: Result, position: int) -> QuestionResult:
    """Raises InvalidCallback: there is none at this place."""
    if not 1 <= position <= len(result.questions):
        raise InvalidCallback
    return result.questions[position - 1]


def _turnout(talk: Talk, result: Result) -> str:
    return talk._("Answered: {n} of {total} people, rounded").format(
        n=shown(talk, result.answered), total=shown(talk, result.roll)
    )


def _share(figure: Figure, result: Result) -> str:
    """ " (35%)" of those who answered, from what is shown alone."""
    answered = result.answered
    if figure is HIDDEN or answered is HIDDEN or not answered:
        return ""
    return f" ({min(100, round(100 * figure / answered))}%)"


def _all_parts(question: QuestionResult) -> Iterator[tuple[str, Part]]:
    yield "", Part("", question.figures)
    for name, parts in question.breakdowns.items():
        for part in parts:
            yield name, part


def _cell(figure: Figure) -> object:
    return f"<{MIN_CELL_SIZE}" if figure is HIDDEN else figure


async def _painted(talk: Talk, question: QuestionResult, position: int) -> bytes:
    text = words.question_text(talk.view, question.wording)
    title = f"{position}. {text}"
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1] + "…"
    labels = words.options(talk.view, question.wording)
    rows = list(zip(labels, bars(question.figures), strict=True))
    return await talk.context.ports.painter.bars_png(title, rows, shown(talk, HIDDEN))


def _back(talk: Talk, result: Result) -> Button:
    if talk.person.may(_RIGHT):
        return presses.SHOW.button(talk._("◀ Back"), result.survey.id)
    return campaign_presses.SHOW.button(talk._("◀ Back"), result.survey.campaign_id)
