"""After an activity: thanks, one to five stars, and a comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from handlers.activities import format as words
from handlers.activities import presses
from handlers.chat import forms
from handlers.chat.context import AppContext
from handlers.chat.press import Buttons
from handlers.chat.questionnaires import one_question
from handlers.chat.questions import Question, asked
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage.activities import attendance


def register(routes: Routes) -> None:
    routes.press(presses.RATE, rate)
    routes.form(_COMMENT)
    routes.notice("thanks", thanks_words, words.about_any)


async def rate(talk: Talk, activity_id: int, stars: int) -> None:
    await attendance.rate(talk.session, activity_id, talk.person.id, stars)
    talk.edit(talk._("Thank you: {stars}").format(stars="⭐" * stars))
    if talk.person.form is None:  # a form that is open is worth more than a comment
        await forms.begin(talk, _COMMENT, Comment(id=activity_id, stars=stars))


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
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


def thanks_words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    text = Markup("🙏 {} <b>{}</b>\n{}").format(_("Thank you for coming to"), params["title"], _("How was it?"))
    return text, [[presses.RATE.button("⭐" * stars, params["id"], stars)] for stars in (5, 4, 3, 2, 1)]
