"""Rounds of an activity: heats, semi-final, final; when they are, and who goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from handlers.activities import presses
from handlers.activities.attendance import find_activity
from handlers.activities.inputs import MOMENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Question, asked
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage.activities import rounds
from storage.activities.ids import ActivityId
from storage.people.access import Right


def register(routes: Routes) -> None:
    right = Right.RUN_ACTIVITIES
    routes.press(presses.SHOW_ROUNDS, show_rounds, right=right, writes=False)
    routes.press(presses.BEGIN_ROUND, begin_round, right=right)
    routes.form(_ROUND)


async def show_rounds(talk: Talk, activity_id: ActivityId) -> None:
    """Heats, semi-final, final: when, and who goes on."""
    row = await find_activity(talk, activity_id)
    lines = [Markup("🏆 <b>{}</b>").format(row.title)]
    rows = []
    zone = talk.context.settings.organisation.zone
    for one in await rounds.of(talk.session, row.id):
        people = await rounds.participants(talk.session, row.id, one.number)
        when = formatting.moment(one.starts_at, talk.now, zone, talk.language)
        lines.append(Markup("{}. <b>{}</b> · {} · {}").format(one.number, one.title, when, len(people)))
        if one.number > 1:
            label = talk._("Who goes through to: {round}").format(round=one.title)
            rows.append([presses.CHOOSE_WHO.button(label[:60], row.id, one.number)])
    if len(lines) == 1:
        lines.append(Markup("{}").format(talk._("No rounds yet. The first one is for everyone who has a place.")))
    rows += [
        [presses.BEGIN_ROUND.button(talk._("➕ Add a round"), row.id)],
        [presses.SHOW.button(talk._("◀ Back"), row.id)],
    ]
    talk.edit(Markup("\n").join(lines), rows)


async def begin_round(talk: Talk, activity_id: ActivityId) -> None:
    await find_activity(talk, activity_id)
    await forms.begin(talk, _ROUND, RoundDraft(id=activity_id))


@dataclass(frozen=True, slots=True)
class RoundDraft:
    id: ActivityId
    title: str = asked(Question(N_("Title"), N_("What is the round called? For example: Semi-final"), TextInput(2, 80)))
    starts: datetime = asked(
        Question(
            N_("Starts"),
            N_("When does it start? Write it like “next Saturday 7 pm” or “28 Nov 19:00”, or choose a day."),
            MOMENT,
        )
    )


async def _round_made(talk: Talk, draft: RoundDraft) -> None:
    made = await rounds.add(talk.session, draft.id, draft.title, draft.starts)
    back = [[presses.SHOW_ROUNDS.button(talk._("🏆 Rounds"), made.activity_id)]]
    talk.say(talk._("Round {n} is planned.").format(n=made.number), back)


_ROUND = Form(
    name="activity_round",
    title=N_("Round"),
    questionnaire=questionnaire(RoundDraft),
    done=_round_made,
    review=False,
    right=Right.RUN_ACTIVITIES,
)
