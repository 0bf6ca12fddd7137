"""After an activity: thanks, one to five stars, and a comment."""

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
from storage.activities import attendance
from storage.dialogues import Answers


def register(routes: Routes) -> None:
    routes.press(presses.RATE, rate)
    routes.form(_COMMENT)
    routes.notice("thanks", thanks_words, words.about_any)


async def rate(talk: Talk, activity_id: int, stars: int) -> None:
    await attendance.rate(talk.session, activity_id, talk.person.id, stars)
    talk.edit(talk._("Thank you: {stars}").format(stars="⭐" * stars))
    if talk.person.form is None:  # a form that is open is worth more than a comment
        await forms.begin(talk, _COMMENT, {"_id": activity_id, "_stars": stars})


async def _commented(talk: Talk, answers: Answers) -> None:
    text = str(answers.get("comment") or "")
    activity_id, stars = int(str(answers["_id"])), int(str(answers["_stars"]))
    await attendance.rate(talk.session, activity_id, talk.person.id, stars, text)
    talk.say(talk._("Thank you! This helps us make the next one better."))


_COMMENT = one_question(
    "activity_comment",
    Question(
        key="comment",
        title=lambda talk: talk._("Comment"),
        optional=True,
        ask=lambda talk, _: talk._("What was good, what could be better? Up to 500 characters, or skip."),
        read=short_text(1, 500, lambda talk: talk._("1 to 500 letters, please.")),
    ),
    _commented,
)


def thanks_words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    text = Markup("🙏 {} <b>{}</b>\n{}").format(_("Thank you for coming to"), params["title"], _("How was it?"))
    return text, [[presses.RATE.button("⭐" * stars, params["id"], stars)] for stars in (5, 4, 3, 2, 1)]
