"""Rounds of an activity: heats, semi-final, final; when they are, and who goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.attendance import find_activity, names_of
from handlers.activities.format import ActivityFacts
from handlers.activities.inputs import MOMENT
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Question, asked
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage.activities import rounds
from storage.activities.ids import ActivityId, SignUpId
from storage.activities.notices import NextRound
from storage.people.access import Right


def register(routes: Routes) -> None:
    right = Right.RUN_ACTIVITIES
    routes.press(presses.SHOW_ROUNDS, show_rounds, right=right, writes=False)
    routes.press(presses.BEGIN_ROUND, begin_round, right=right)
    routes.press(presses.CHOOSE_WHO, choose_who, right=right)
    routes.press(presses.GOES_ON, goes_on, right=right)
    routes.form(_ROUND)
    routes.notice_about(NextRound, next_round_words, words.about_any, reader=RECIPIENT)


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


async def choose_who(talk: Talk, activity_id: ActivityId, number: int) -> None:
    """Those of the round before, each on a button."""
    this = await rounds.find(talk.session, activity_id, number)
    people = list(await rounds.participants(talk.session, activity_id, number - 1))[:90]
    names = await names_of(talk, people, f"activity {activity_id}, round {number}")
    keys = [
        presses.GOES_ON.button(
            ("✅ " if one.round >= number else "") + f"{one.id} {names.get(one.person_id, '')}".strip()[:30],
            activity_id,
            one.id,
            number,
        )
        for one in people
    ]
    rows = [keys[at : at + 3] for at in range(0, len(keys), 3)]
    said = talk._("Who goes through to: {round}").format(round=this.title)
    talk.edit(escape(said), [*rows, [presses.SHOW_ROUNDS.button(talk._("◀ Back"), activity_id)]])


async def goes_on(talk: Talk, activity_id: ActivityId, sign_up_id: SignUpId, number: int) -> None:
    """On or off; who goes on is told."""
    row = await rounds.advance(talk.session, activity_id, sign_up_id, number)
    if row is not None:
        this = await rounds.find(talk.session, activity_id, number)
        talk.notify(row.person_id, NextRound(activity_id, this.title, this.starts_at))
    await choose_who(talk, activity_id, number)


def next_round_words(view: View, notice: NextRound, activity: ActivityFacts) -> Page:
    said = view._("You're through to: {round}, {when}").format(round=notice.round, when=view.moment(notice.when))
    text = Markup("🏆 <b>{}</b>\n{}").format(activity.title, said)
    return text, [[presses.OPEN_CARD.button(view._("View"), activity.id)]]
