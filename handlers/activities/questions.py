"""Questions to the organiser of an activity, who answers without learning who asks."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.format import ActivityFacts
from handlers.chat import forms
from handlers.chat.press import Page
from handlers.chat.questionnaires import one_question
from handlers.chat.questions import Question, asked
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage.activities import activities
from storage.activities import questions as activity_questions
from storage.activities.ids import ActivityId, QuestionId
from storage.activities.notices import QuestionAnswered, QuestionAsked
from storage.database import Refused
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.press(presses.ASK_ORGANISER, ask_organiser)
    routes.press(presses.REPLY, reply, right=Right.RUN_ACTIVITIES)
    routes.form(_ASK)
    routes.form(_REPLY)
    routes.notice_about(QuestionAsked, question_words, words.about_any)
    routes.notice_about(QuestionAnswered, reply_words, words.about_any)


class NoSuchQuestion(Refused):
    """The question has been answered long ago, or was erased."""


async def ask_organiser(talk: Talk, activity_id: ActivityId) -> None:
    row = await activities.published(talk.session, activity_id)
    await forms.begin(talk, _ASK, ActivityQuestion(id=row.id))


@dataclass(frozen=True, slots=True)
class ActivityQuestion:
    id: ActivityId
    text: str = asked(
        Question(
            N_("Question"),
            N_("What do you want to ask the organiser? They won't know who is asking."),
            TextInput(2, 1_000),
        )
    )


async def _asked(talk: Talk, draft: ActivityQuestion) -> None:
    row = await activities.published(talk.session, draft.id)
    kept = await activity_questions.ask(talk.session, row.id, talk.person.id, draft.text, talk.now)
    talk.notify(row.organiser, QuestionAsked(row.id, kept.id, draft.text))
    talk.say(talk._("Your question was sent to the organiser without your name. The answer will come here."))


async def reply(talk: Talk, question_id: QuestionId) -> None:
    """The organiser answers a question."""
    row = await activity_questions.find(talk.session, question_id)
    if row is None:
        raise NoSuchQuestion
    await forms.begin(talk, _REPLY, Reply(question=question_id))


@dataclass(frozen=True, slots=True)
class Reply:
    question: QuestionId
    text: str = asked(Question(N_("Question"), N_("What is your answer?"), TextInput(2, 1_000)))


async def _replied(talk: Talk, draft: Reply) -> None:
    row = await activity_questions.find(talk.session, draft.question)
    if row is None:
        raise NoSuchQuestion
    question = activity_questions.text_of(talk.session, row)
    talk.notify(row.person_id, QuestionAnswered(row.activity_id, question, draft.text))
    talk.say(talk._("Your answer has been sent."))


_ASK = one_question("activity_ask", ActivityQuestion, _asked)
_REPLY = one_question("activity_reply", Reply, _replied, Right.RUN_ACTIVITIES)


def question_words(view: View, notice: QuestionAsked, activity: ActivityFacts) -> Page:
    text = Markup("💬 {} <b>{}</b>\n<blockquote>{}</blockquote>").format(
        view._("A question about"), activity.title, notice.text
    )
    return text, [[presses.REPLY.button(view._("✍ Answer"), notice.question)]]


def reply_words(view: View, notice: QuestionAnswered, activity: ActivityFacts) -> Page:
    text = Markup("💬 {} <b>{}</b>\n<blockquote>{}</blockquote>{}").format(
        view._("The organiser answers about"), activity.title, notice.asked, notice.text
    )
    return text, [[presses.OPEN_CARD.button(view._("View"), activity.id)]]
