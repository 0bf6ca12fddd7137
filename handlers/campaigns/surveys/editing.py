"""Setting a survey up: its title, its questions one by one or from a file, and by what it is counted."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns.surveys import panel, presses, words
from handlers.campaigns.surveys.answering import question_lines
from handlers.campaigns.surveys.file_form import FileDraft, filing
from handlers.campaigns.surveys.form import (
    NEW_QUESTION,
    NEW_SURVEY,
    QuestionDraft,
    SurveyDraft,
    draft_of,
    plan_of,
    questioning,
    surveying,
    wording_of,
)
from handlers.chat.breakdowns import Breakdown
from handlers.chat.confirming import ask_first
from handlers.chat.press import InvalidCallback, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from storage.campaigns.ids import CampaignId, QuestionId, SurveyId
from storage.campaigns.surveys import parts, questions, running, surveys
from storage.campaigns.surveys.audited import SurveyAction
from storage.campaigns.surveys.questions import SurveyQuestion
from storage.campaigns.surveys.surveys import State, Survey
from storage.campaigns.surveys.wording import BadQuestion
from storage.people.access import Right

_RIGHT = Right.RUN_CAMPAIGNS


class Editing:
    """What a coordinator does until the survey is opened."""

    def __init__(self, breakdowns: Sequence[Breakdown]) -> None:
        self._breakdowns = breakdowns
        self._survey, self._question, self._file = surveying(self._saved), questioning(self._asked), filing(self._read)

    def register(self, routes: Routes) -> None:
        for form in (self._survey, self._question, self._file):
            routes.form(form)
        routes.press(presses.NEW, self.begin, right=_RIGHT)
        routes.press(presses.CHANGE, self.change, right=_RIGHT)
        routes.press(presses.ADD, self.add, right=_RIGHT)
        routes.press(presses.FROM_FILE, self.from_file, right=_RIGHT)
        routes.press(presses.BREAK_DOWN, self.break_down, right=_RIGHT)
        routes.press(presses.QUESTION, self.show_question, right=_RIGHT, writes=False)
        routes.press(presses.CHANGE_QUESTION, self.change_question, right=_RIGHT)
        routes.press(presses.MOVE_QUESTION, self.move_question, right=_RIGHT)
        routes.press(presses.ASK_TO_REMOVE, self.ask_to_remove, right=_RIGHT, writes=False)
        routes.press(presses.REMOVE, self.remove, right=_RIGHT)

    async def begin(self, talk: Talk, campaign_id: CampaignId) -> None:
        await surveys.running_campaign(talk.session, campaign_id)
        known = {"title": None, "closes_at": None}
        await forms.begin(talk, self._survey, SurveyDraft(campaign=campaign_id, **known))  # type: ignore[arg-type]

    async def change(self, talk: Talk, survey_id: SurveyId) -> None:
        row = await surveys.find_prepared(talk.session, survey_id)
        draft = SurveyDraft(
            campaign=row.campaign_id,
            survey=row.id,
            title=row.title,
            closes_at=row.closes_at,
            other_title=row.other_title,
        )
        await forms.begin_review(talk, self._survey, draft)

    async def _saved(self, talk: Talk, draft: SurveyDraft) -> None:
        if draft.survey == NEW_SURVEY:
            row = await surveys.create(talk.session, draft.campaign, plan_of(draft))
            await running.note(talk.session, talk.person.id, SurveyAction.SURVEY_CREATED, row, talk.now)
        else:
            row = await surveys.change(talk.session, draft.survey, plan_of(draft))
            await _note(talk, row)
        talk.say(*await panel.page(talk, row, self._breakdowns))

    async def add(self, talk: Talk, survey_id: SurveyId) -> None:
        await surveys.find_prepared(talk.session, survey_id)
        if len(await questions.of_survey(talk.session, survey_id)) >= questions.MOST:
            raise questions.TooManyQuestions
        known = {"kind": None, "text": None}
        await forms.begin(talk, self._question, QuestionDraft(survey=survey_id, **known))  # type: ignore[arg-type]

    async def _asked(self, talk: Talk, draft: QuestionDraft) -> None:
        """Added or changed; what does not fit together (answers in two languages) is shown again."""
        row = await surveys.find_prepared(talk.session, draft.survey)
        try:
            if draft.question == NEW_QUESTION:
                await questions.add(talk.session, draft.survey, wording_of(draft))
            else:
                await questions.change(talk.session, draft.question, wording_of(draft))
        except BadQuestion as bad:
            talk.say(Markup.escape(words.fault_words(talk.view, bad.fault)))
            await forms.begin_review(talk, self._question, draft)
            return
        await _note(talk, row)
        talk.say(*await panel.page(talk, row, self._breakdowns))

    async def from_file(self, talk: Talk, survey_id: SurveyId) -> None:
        await surveys.find_prepared(talk.session, survey_id)
        await forms.begin(talk, self._file, FileDraft(survey_id, questions=None))  # type: ignore[arg-type]

    async def _read(self, talk: Talk, draft: FileDraft) -> None:
        row = await surveys.find_prepared(talk.session, draft.survey)
        await questions.replace_all(talk.session, draft.survey, draft.questions)
        await _note(talk, row)
        talk.say(*await panel.page(talk, row, self._breakdowns))

    async def break_down(self, talk: Talk, survey_id: SurveyId, name: str) -> None:
        """Counts by these parts, too; or no longer."""
        row = await surveys.find_prepared(talk.session, survey_id)
        breakdown = next((one for one in self._breakdowns if one.name == name), None)
        if breakdown is None:
            raise InvalidCallback
        await parts.toggle(talk.session, survey_id, name, breakdown.parts(talk.context.settings))
        await _note(talk, row)
        talk.edit(*await panel.page(talk, row, self._breakdowns))

    async def show_question(self, talk: Talk, question_id: QuestionId) -> None:
        question = await questions.find(talk.session, question_id)
        talk.edit(*await self._question_page(talk, question))

    async def _question_page(self, talk: Talk, question: SurveyQuestion) -> Page:
        """As riders read it, with what can be done to it."""
        row = await surveys.find(talk.session, question.survey_id)
        count = len(await questions.of_survey(talk.session, row.id))
        lines = [words.heading(talk.view, row), *question_lines(talk.view, question.asked, count, in_full=True)]
        rows = []
        if row.state is State.PREPARED:
            moves = []
            if question.position > 1:
                moves.append(presses.MOVE_QUESTION.button(talk._("⬆ Up"), question.id, -1))
            if question.position < count:
                moves.append(presses.MOVE_QUESTION.button(talk._("⬇ Down"), question.id, 1))
            rows += [
                [presses.CHANGE_QUESTION.button(talk._("✎ Change"), question.id)],
                moves,
                [presses.ASK_TO_REMOVE.button(talk._("🗑 Remove …"), question.id)],
            ]
        return Markup("\n").join(lines), [*rows, [presses.SHOW.button(talk._("◀ Back"), row.id)]]

    async def change_question(self, talk: Talk, question_id: QuestionId) -> None:
        question = await self._changeable(talk, question_id)
        await forms.begin_review(talk, self._question, draft_of(question.survey_id, question.id, question.wording))

    async def move_question(self, talk: Talk, question_id: QuestionId, by: int) -> None:
        await self._changeable(talk, question_id)
        question = await questions.move(talk.session, question_id, by)
        talk.edit(*await self._question_page(talk, question))

    async def ask_to_remove(self, talk: Talk, question_id: QuestionId) -> None:
        question = await questions.find(talk.session, question_id)
        asks = talk._("Remove “{question}”?").format(question=words.question_text(talk.view, question.wording))
        go = presses.REMOVE.button(talk._("🗑 Remove it"), question.id)
        ask_first(talk, asks, go, presses.QUESTION.button(talk._("Keep it"), question.id))

    async def remove(self, talk: Talk, question_id: QuestionId) -> None:
        question = await self._changeable(talk, question_id)
        row = await surveys.find(talk.session, question.survey_id)
        await questions.remove(talk.session, question_id)
        await _note(talk, row)
        talk.edit(*await panel.page(talk, row, self._breakdowns))

    async def _changeable(self, talk: Talk, question_id: QuestionId) -> SurveyQuestion:
        """Raises NoSuchQuestion, OpenedAlready: see the classes."""
        question = await questions.find(talk.session, question_id)
        await surveys.find_prepared(talk.session, question.survey_id)
        return question


async def _note(talk: Talk, row: Survey) -> None:
    await running.note(talk.session, talk.person.id, SurveyAction.SURVEY_CHANGED, row, talk.now)
