"""Writing to all riders of a collective case, and closing all its cases with one outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.assignment import words_question
from handlers.cases.collective import collective_acts
from handlers.cases.collective.pages import counted
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import Confirmation, Form, questionnaire
from handlers.forms.questions import asked
from handlers.i18n.translations import N_
from storage.cases import cases, collectives
from storage.cases.ids import CollectiveId
from storage.cases.table import Case, NoSuchCase
from storage.people.access import Right


def register(routes: Routes) -> None:
    right = Right.HANDLE_CASES
    routes.press(presses.BEGIN_WRITING_TO_ALL, begin, right=right)
    routes.press(presses.ASK_OUTCOME_OF_ALL, ask_outcome, right=right, writes=False)
    routes.press(presses.CLOSE_ALL, close_all, right=right)
    routes.form(_TO_ALL)


async def _reached(talk: Talk, collective_id: CollectiveId) -> tuple[str, Sequence[Case]]:
    """The number of the collective case, and the cases that a message to all reaches now. Raises NoSuchCase."""
    collective = await collective_acts.found(talk, collective_id)
    rows = await collectives.in_hand_of(talk.session, collective_id, talk.person.id)
    if not rows:
        raise NoSuchCase
    return collective.number, rows


async def begin(talk: Talk, collective_id: CollectiveId) -> None:
    number, rows = await _reached(talk, collective_id)
    await forms.begin(talk, _TO_ALL, ToAll(id=collective_id, number=number, reaches=counted(talk, rows)))


@dataclass(frozen=True, slots=True)
class ToAll:
    """`reaches` says how many people and cases there were when it was begun."""

    id: CollectiveId
    number: str
    reaches: str
    text: str = asked(
        words_question(
            N_("To all"),
            N_(
                "What do you want to write to all? Each rider reads it in their own case, so don't name anyone, and "
                "don't repeat what only one of them told you."
            ),
        )
    )


def _preview(talk: Talk, draft: ToAll) -> Markup:
    said = talk._("{number}, to {all}:").format(number=draft.number, all=draft.reaches)
    return Markup("📣 <b>{}</b>\n{}").format(said, words.quoted(draft.text))


def _ask(talk: Talk, draft: ToAll) -> str:
    return talk._("Send this to {all}? It can't be taken back.").format(all=draft.reaches)


def _yes(talk: Talk, draft: ToAll) -> str:
    return talk._("📣 Send to {all}").format(all=draft.reaches)


async def _written(talk: Talk, draft: ToAll) -> None:
    rows = await collective_acts.write_to_all(talk, draft.id, draft.text)
    if not rows:
        raise NoSuchCase
    said = talk._("{number}: sent to {all}.").format(number=draft.number, all=counted(talk, rows))
    talk.say(said, way_back(talk, draft.id, draft.number))


def way_back(_talk: Talk, collective_id: CollectiveId, number: str) -> Buttons:
    return [[presses.SHOW_COLLECTIVE.button(f"🔗 {number}", collective_id, 0)]]


_TO_ALL = Form(
    name="case_to_all",
    title=N_("📣 Write to all"),
    questionnaire=questionnaire(ToAll),
    done=_written,
    confirmation=Confirmation(_ask, _yes, N_("✖ Don't send it")),
    preview=_preview,
    right=Right.HANDLE_CASES,
)


async def ask_outcome(talk: Talk, collective_id: CollectiveId) -> None:
    number, rows = await _reached(talk, collective_id)
    chosen = [
        [presses.CLOSE_ALL.button(talk._(words.OUTCOMES[outcome]), collective_id, outcome)]
        for outcome in cases.BY_HANDLER
    ]
    said = talk._(
        "How did {number} end? This closes {all}. Each rider will read it and can reopen their case for {n} days."
    ).format(number=number, all=counted(talk, rows), n=cases.REOPENED_WITHIN.days)
    talk.edit(said, [*chosen, [presses.SHOW_COLLECTIVE.button(talk._("◀ Back"), collective_id, 0)]])


async def close_all(talk: Talk, collective_id: CollectiveId, outcome: str) -> None:
    number, _rows = await _reached(talk, collective_id)
    closed = await collective_acts.close_all(talk, collective_id, outcome)
    said = talk._("{number}: closed {all}.").format(number=number, all=counted(talk, closed))
    talk.edit(said, way_back(talk, collective_id, number))
