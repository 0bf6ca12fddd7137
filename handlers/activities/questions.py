"""Questions to the organiser of an activity, who answers without learning who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from handlers.activities import format as words
from handlers.activities import presses
from handlers.chat import forms
from handlers.chat.context import AppContext
from handlers.chat.press import Buttons
from handlers.chat.questions import Question, one_question
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.inputs.text import short_text
from storage.activities import activities
from storage.activities import questions as activity_questions
from storage.database import Refused
from storage.dialogues import Answers
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.press(presses.ASK_ORGANISER, ask_organiser)
    routes.press(presses.REPLY, reply, right=Right.RUN_ACTIVITIES)
    routes.form(_ASK)
    routes.form(_REPLY)
    routes.notice("activity_question", question_words, words.about_any)
    routes.notice("activity_reply", reply_words, words.about_any)


class NoSuchQuestion(Refused):
    """The question has been answered long ago, or was erased."""


async def ask_organiser(talk: Talk, activity_id: int) -> None:
    row = await activities.published(talk.session, activity_id)
    await forms.begin(talk, _ASK, {"_id": row.id})


async def _asked(talk: Talk, answers: Answers) -> None:
    row = await activities.published(talk.session, int(str(answers["_id"])))
    text = str(answers["text"])
    asked = await activity_questions.ask(talk.session, row.id, talk.person.id, text, talk.now)
    talk.notify(row.organiser, "activity_question", id=row.id, question=asked.id, text=text)
    talk.say(talk._("Your question was sent to the organiser without your name. The answer will come here."))


async def reply(talk: Talk, question_id: int) -> None:
    """The organiser answers a question."""
    row = await activity_questions.find(talk.session, question_id)
    if row is None:
        raise NoSuchQuestion
    await forms.begin(talk, _REPLY, {"_question": question_id})


async def _replied(talk: Talk, answers: Answers) -> None:
    row = await activity_questions.find(talk.session, int(str(answers["_question"])))
    if row is None:
        raise NoSuchQuestion
    asked = activity_questions.text_of(talk.session, row)
    talk.notify(row.person_id, "activity_reply", id=row.activity_id, text=str(answers["text"]), asked=asked)
    talk.say(talk._("Your answer has been sent."))


def _text(ask: str) -> Question:
    return Question(
        key="text",
        title=lambda talk: talk._("Question"),
        ask=lambda talk, _: talk._(ask),
        read=short_text(2, 1_000, lambda talk: talk._("2 to 1,000 letters, please.")),
    )


_ASK = one_question(
    "activity_ask",
    _text(translations.N_("What do you want to ask the organiser? They won't know who is asking.")),
    _asked,
)
_REPLY = one_question("activity_reply", _text(translations.N_("What is your answer?")), _replied, Right.RUN_ACTIVITIES)


def question_words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    text = Markup("💬 {} <b>{}</b>\n<blockquote>{}</blockquote>").format(
        _("A question about"), params["title"], params["text"]
    )
    return text, [[presses.REPLY.button(_("✍ Answer"), params["question"])]]


def reply_words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    text = Markup("💬 {} <b>{}</b>\n<blockquote>{}</blockquote>{}").format(
        _("The organiser answers about"), params["title"], params["asked"], params["text"]
    )
    return text, [[presses.OPEN_CARD.button(_("View"), params["id"])]]
