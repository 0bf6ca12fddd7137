"""Questions to the organiser of an activity, who answers without learning who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.activities import cards, presses
from handlers.activities import format as words
from handlers.activities.format import ActivityFacts
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage.activities import activities, organisers
from storage.activities import questions as activity_questions
from storage.activities.activities import Activity
from storage.activities.ids import ActivityId, QuestionId
from storage.activities.notices import QuestionAnswered, QuestionAsked
from storage.activities.questions import ActivityQuestion
from storage.people.access import Right
from storage.people.staff import Staff
from storage.refusals import Refused
from storage.telegram_ids import PersonId


def register(routes: Routes) -> None:
    routes.press(presses.ASK_ORGANISER, ask_organiser)
    routes.press(presses.REPLY, reply, right=Right.RUN_ACTIVITIES)
    routes.form(_ASK)
    routes.form(_REPLY)
    routes.notice_about(QuestionAsked, question_words, words.about_any, reader=_may_answer)
    routes.notice_about(QuestionAnswered, reply_words, words.about_any, reader=RECIPIENT)


class NoSuchQuestion(Refused):
    """The question has been answered long ago, or was erased."""


async def ask_organiser(talk: Talk, activity_id: ActivityId) -> None:
    row = await cards.shown(talk, activity_id)
    await forms.begin(talk, _ASK, QuestionDraft(id=row.id))


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    id: ActivityId
    text: str = asked(
        Question(
            N_("Question"),
            N_("What do you want to ask the organiser? They won't know who is asking."),
            TextInput(2, 1_000),
        )
    )


async def _asked(talk: Talk, draft: QuestionDraft) -> None:
    row = await activities.published(talk.session, draft.id)
    kept = await activity_questions.ask(talk.session, row.id, talk.person.id, draft.text, talk.now)
    for organiser in await _answering(talk.session, talk.context.staff, row, talk.now):
        talk.notify(organiser, QuestionAsked(row.id, kept.id, draft.text))
    talk.say(talk._("Your question was sent to the organiser without your name. The answer will come here."))


async def reply(talk: Talk, question_id: QuestionId) -> None:
    """The organiser answers a question."""
    await _question(talk, question_id)
    await forms.begin(talk, _REPLY, Reply(question=question_id))


async def _question(talk: Talk, question_id: QuestionId) -> ActivityQuestion:
    """A question that this person was asked."""
    row = await activity_questions.find(talk.session, question_id)
    activity = None if row is None else await activities.find(talk.session, row.activity_id)
    if row is None or activity is None:
        raise NoSuchQuestion
    if talk.person.id not in await _answering(talk.session, talk.context.staff, activity, talk.now):
        raise NoSuchQuestion
    return row


async def _answering(session: AsyncSession, staff: Staff, row: Activity, now: datetime) -> Sequence[PersonId]:
    able = await staff.who_may(session, Right.RUN_ACTIVITIES, now)
    return organisers.answering_for(row, able)


async def _may_answer(session: AsyncSession, view: View, person_id: PersonId, notice: QuestionAsked) -> bool:
    row = await activities.find(session, notice.subject)
    return row is not None and person_id in await _answering(session, view.context.staff, row, view.now)


@dataclass(frozen=True, slots=True)
class Reply:
    question: QuestionId
    text: str = asked(Question(N_("Question"), N_("What is your answer?"), TextInput(2, 1_000)))


async def _replied(talk: Talk, draft: Reply) -> None:
    row = await _question(talk, draft.question)
    question = activity_questions.text_of(talk.session, row)
    talk.notify(row.person_id, QuestionAnswered(row.activity_id, question, draft.text))
    talk.say(talk._("Your answer has been sent."))


_ASK = one_question("activity_ask", QuestionDraft, _asked)
_REPLY = one_question("activity_reply", Reply, _replied, Right.RUN_ACTIVITIES)


def question_words(view: View, notice: QuestionAsked, activity: ActivityFacts) -> Page:
    text = Markup("💬 {} <b>{}</b>\n<blockquote>{}</blockquote>").format(
        view._("A question about"), activity.title, notice.text
    )
    return text, [[presses.REPLY.button(view._("✍ Answer"), notice.question)]]


def reply_words(view: View, notice: QuestionAnswered, activity: ActivityFacts) -> Page:
    text = Markup("💬 {} <b>{}</b>\n<blockquote>{}</blockquote>{}").format(
        view._("The organiser's reply about"), activity.title, notice.asked, notice.text
    )
    return text, [[presses.OPEN_CARD.button(view._("View"), activity.id)]]
