"""After an activity: thanks, one to five stars, and a comment."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from handlers.activities import format as words
from handlers.activities import presses
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
from storage.activities import attendance
from storage.activities.ids import ActivityId
from storage.activities.notices import ThanksForComing


def register(routes: Routes) -> None:
    routes.press(presses.RATE, rate)
    routes.form(_COMMENT)
    routes.notice_about(ThanksForComing, thanks_words, words.about_any, reader=RECIPIENT)


async def rate(talk: Talk, activity_id: ActivityId, stars: int) -> None:
    await attendance.rate(talk.session, activity_id, talk.person.id, stars)
    talk.edit(talk._("Thank you: {stars}").format(stars="⭐" * stars))
    if talk.person.form is None:  # a form that is open is worth more than a comment
        await forms.begin(talk, _COMMENT, Comment(id=activity_id, stars=stars))


@dataclass(frozen=True, slots=True)
class Comment:
    id: ActivityId
    stars: int
    comment: str = asked(
        Question(
            N_("Comment"),
            N_("What was good, what could be better? Up to 500 characters, or skip."),
            TextInput(1, 500),
            optional=True,
        ),
        default="",
    )


async def _commented(talk: Talk, draft: Comment) -> None:
    await attendance.rate(talk.session, draft.id, talk.person.id, draft.stars, draft.comment)
    talk.say(talk._("Thank you! This helps us make the next one better."))


_COMMENT = one_question("activity_comment", Comment, _commented)


def thanks_words(view: View, _notice: ThanksForComing, activity: ActivityFacts) -> Page:
    thanks, ask = view._("Thank you for coming to"), view._("How was it?")
    text = Markup("🙏 {} <b>{}</b>\n{}").format(thanks, activity.title, ask)
    return text, [[presses.RATE.button("⭐" * stars, activity.id, stars)] for stars in (5, 4, 3, 2, 1)]
