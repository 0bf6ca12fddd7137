"""Who goes on to the next round: chosen by name, looked over, and told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from pydantic import TypeAdapter

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.attendance import find_activity, names_of
from handlers.activities.format import ActivityFacts
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Confirmation, Form, questionnaire
from handlers.forms.questions import Choice, Input, Question, asked
from handlers.i18n.formatting import in_a_line, listed
from handlers.i18n.translations import N_
from storage.activities import participants, rounds
from storage.activities.ids import ActivityId, SignUpId
from storage.activities.notices import NextRound, NextRoundOff
from storage.people.access import Right

_SHOWN = 80
"""Telegram takes 100 buttons under a message."""


def register(routes: Routes) -> None:
    routes.press(presses.CHOOSE_WHO, choose_who, right=Right.RUN_ACTIVITIES)
    routes.press(presses.GOES_ON, tapped_before, right=Right.RUN_ACTIVITIES)
    routes.form(_WHO_GOES_ON)
    routes.notice_about(NextRound, next_round_words, words.about_any, reader=RECIPIENT)
    routes.notice_about(NextRoundOff, off_words, words.about_any, reader=RECIPIENT)


async def choose_who(talk: Talk, activity_id: ActivityId, number: int) -> None:
    """Those of the round before, each on a button; who goes on already is marked."""
    await find_activity(talk, activity_id)
    this = await rounds.find(talk.session, activity_id, number)
    people = list(await rounds.participants(talk.session, activity_id, number - 1))[:_SHOWN]
    names = await names_of(talk, people, f"activity {activity_id}, round {number}")
    numbers = await participants.numbers(talk.session, activity_id)
    entrants = tuple(
        Entrant(one.id, f"{numbers[one.id]} {names.get(one.person_id, '')}".strip()[:30]) for one in people
    )
    before = tuple(one.id for one in people if one.round >= number)
    draft = NextRoundDraft(id=activity_id, number=number, title=this.title, people=entrants, before=before)
    filled = _WHO_GOES_ON.questionnaire.begun_with(draft)
    if before:
        filled.gathered["chosen"] = list(before)
    await forms.resume(talk, _WHO_GOES_ON, filled)


async def tapped_before(talk: Talk, activity_id: ActivityId, _one: SignUpId, number: int) -> None:
    """A button of an older version: shows where people are chosen now."""
    await choose_who(talk, activity_id, number)


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody of the round before, with their number in the list of attendees, and their name if it is known."""

    id: SignUpId
    label: str


class EntrantsInput(Input[tuple[SignUpId, ...]]):
    """By their numbers, on buttons alone."""

    adapter = TypeAdapter(tuple[SignUpId, ...])
    collects = True

    def show(self, talk: Talk, value: tuple[SignUpId, ...]) -> str:
        return talk.plural("{n} person", "{n} people", len(value)).format(n=len(value))


def _ask_who(talk: Talk, draft: NextRoundDraft) -> str:
    lines = [Markup("<b>{}</b>").format(talk._("Who goes through to: {round}").format(round=draft.title))]
    if not draft.people:
        return Markup("\n").join([*lines, Markup("{}").format(talk._("Nobody is in the previous round."))])
    hint = talk._("Press everyone who goes through; press again to remove. Nobody is told yet.")
    lines.append(Markup("{}").format(hint))
    legend = talk._("The numbers are those on the attendee list; members are also shown by name.")
    return Markup("\n").join([*lines, Markup("<i>{}</i>").format(legend)])


def _entrants(_talk: Talk, draft: NextRoundDraft) -> Sequence[Choice[tuple[SignUpId, ...]]]:
    return [Choice(str(one.id), one.label, (one.id,)) for one in draft.people]


@dataclass(frozen=True, slots=True)
class NextRoundDraft:
    """`people` took part in the round before; those of `before` have been told that they go on."""

    id: ActivityId
    number: int
    title: str
    people: tuple[Entrant, ...]
    before: tuple[SignUpId, ...]
    chosen: tuple[SignUpId, ...] = asked(
        Question(N_("Goes through"), _ask_who, EntrantsInput(), columns=3, optional=True, choices=_entrants), default=()
    )


def _ask_to_tell(talk: Talk, draft: NextRoundDraft) -> str:
    """Everybody whom it concerns, by name."""
    added, dropped = _changes(draft)
    lines = [
        Markup("{}").format(in_a_line(label, listed(people, talk.language)))
        for label, people in (
            (talk._("✅ Through:"), [one.label for one in draft.people if one.id in draft.chosen]),
            (talk._("Will be told that they're through:"), added),
            (talk._("Will be told that they're no longer through:"), dropped),
        )
        if people
    ]
    return Markup("\n").join(lines)


def _changes(draft: NextRoundDraft) -> tuple[list[str], list[str]]:
    added = [one.label for one in draft.people if one.id in draft.chosen and one.id not in draft.before]
    dropped = [one.label for one in draft.people if one.id in draft.before and one.id not in draft.chosen]
    return added, dropped


def _tell_label(talk: Talk, draft: NextRoundDraft) -> str:
    count = sum(map(len, _changes(draft)))
    return talk.plural("📨 Tell {n} person", "📨 Tell {n} people", count).format(n=count)


async def _done(talk: Talk, draft: NextRoundDraft) -> None:
    """Tells those for whom something has changed."""
    selection = await rounds.select_for(talk.session, draft.id, draft.number, draft.chosen)
    this = selection.round
    for person_id in selection.added:
        talk.notify(person_id, NextRound(draft.id, this.title, this.starts_at))
    for person_id in selection.dropped:
        talk.notify(person_id, NextRoundOff(draft.id, this.title))
    count = len(selection.added) + len(selection.dropped)
    text = talk.plural("Saved; {n} person is told.", "Saved; {n} people are told.", count).format(n=count)
    talk.say(text, [[presses.SHOW_ROUNDS.button(talk._("🏆 Rounds"), draft.id)]])


_WHO_GOES_ON = Form(
    name="next_round",
    title=N_("Next round"),
    questionnaire=questionnaire(NextRoundDraft),
    done=_done,
    confirmation=Confirmation(_ask_to_tell, _tell_label, N_("✖ Don't tell anyone")),
    right=Right.RUN_ACTIVITIES,
)


def next_round_words(view: View, notice: NextRound, activity: ActivityFacts) -> Page:
    said = view._("You're through to: {round}, {when}").format(round=notice.round, when=view.moment(notice.when))
    text = Markup("🏆 <b>{}</b>\n{}").format(activity.title, said)
    return text, [[presses.OPEN_CARD.button(view._("View"), activity.id)]]


def off_words(view: View, notice: NextRoundOff, activity: ActivityFacts) -> Page:
    said = view._("The list has changed: you are not in the round “{round}” after all. We're sorry.")
    text = Markup("🏆 <b>{}</b>\n{}").format(activity.title, said.format(round=notice.round))
    return text, [[presses.OPEN_CARD.button(view._("View"), activity.id)]]
