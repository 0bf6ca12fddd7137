"""Cancelling an activity: the reason, what it means for how many, and what those people are told."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.admin import TOLD, tell_all
from handlers.activities.attendance import find_activity
from handlers.activities.format import ActivityFacts
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Confirmation, Form, questionnaire
from handlers.forms.questions import asked
from handlers.i18n.translations import N_
from handlers.inputs.reason import reason_question
from storage.activities import activity_reminders, participants, planning, reminders
from storage.activities.ids import ActivityId
from storage.activities.notices import ActivityCancelled
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.press(presses.BEGIN_CANCEL, begin_cancel, right=Right.RUN_ACTIVITIES)
    routes.form(_CANCEL)
    routes.notice_about(ActivityCancelled, cancelled_words, words.about_any, reader=RECIPIENT)


async def begin_cancel(talk: Talk, activity_id: ActivityId) -> None:
    row = await find_activity(talk, activity_id)
    people = len(await participants.people_of(talk.session, row.id, TOLD))
    await forms.begin(talk, _CANCEL, Cancellation(id=activity_id, title=row.title, people=people))


@dataclass(frozen=True, slots=True)
class Cancellation:
    """`people` would be told."""

    id: ActivityId
    title: str = ""
    people: int = 0
    reason: str = asked(reason_question(N_("Why is it cancelled? Everyone who signed up will read this."), 3, 300))


async def _cancelled(talk: Talk, draft: Cancellation) -> None:
    row = await planning.cancel(talk.session, draft.id, draft.reason, talk.now)
    await reminders.drop(talk.session, activity_reminders.ACTIVITY, row.id)
    told = await tell_all(talk, row, ActivityCancelled(row.id))
    talk.say(
        talk.plural("Cancelled; {n} person is told why.", "Cancelled; {n} people are told why.", told).format(n=told)
    )


def _ask_to_cancel(talk: Talk, draft: Cancellation) -> str:
    return Markup("{}").format(talk._("Cancel “{title}”? This can't be undone.").format(title=draft.title))


def _cancel_label(talk: Talk, draft: Cancellation) -> str:
    if not draft.people:
        return talk._("❌ Cancel the activity")
    return talk.plural(
        "❌ Cancel the activity, {n} person is told", "❌ Cancel the activity, {n} people are told", draft.people
    ).format(n=draft.people)


_CANCEL = Form(
    name="activity_cancel",
    title=N_("Cancellation"),
    questionnaire=questionnaire(Cancellation),
    done=_cancelled,
    confirmation=Confirmation(_ask_to_cancel, _cancel_label, N_("Don't cancel it")),
    right=Right.RUN_ACTIVITIES,
)


def cancelled_words(view: View, _notice: ActivityCancelled, activity: ActivityFacts) -> Page:
    text = Markup("❌ {}\n{}\n<blockquote>{}</blockquote>").format(
        view._("Cancelled:"), words.title_and_time(view, activity), activity.reason
    )
    return text, [[presses.TURN_LIST.button(view._("What else is on"), "all", 0)]]
