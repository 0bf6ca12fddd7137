"""The short way to somebody who listens, from the button below the numbers: those on duty hear of it at once.

One agreement, then the first message opens the case, and what follows goes on to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from handlers.cases import presses
from handlers.cases.alarm import raise_alarm
from handlers.cases.desk_form import DeskDraft, desk_questionnaire, form_name
from handlers.cases.inputs import OneMessageInput
from handlers.cases.messages.conversation import call_those_on_duty, enter_as_rider
from handlers.cases.opening import open_from
from handlers.chat.emergency import SEND_NOW, TALK_TO_SOMEBODY
from handlers.chat.keyboards import case_keyboard
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.consent import CASE, URGENT, urgent_wording
from storage import dialogues
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases import drafts as case_drafts
from storage.cases.desks import Desk
from storage.cases.messages import Said
from storage.cases.table import Case, CaseState
from storage.dialogues import OpenForm
from storage.privacy import consents
from storage.privacy.consents import NoConsent


def register(routes: Routes) -> None:
    routes.press(TALK_TO_SOMEBODY, talk_to_somebody)
    routes.press(presses.AGREE_CRISIS, agree)
    routes.press(SEND_NOW, send_now)
    routes.form(_FIRST_WORDS)


def _desk(talk: Talk) -> Desk:
    """Raises InvalidCallback: the organisation has none any more."""
    desk = talk.context.crisis_desk
    if desk is None:
        raise InvalidCallback
    return desk


async def talk_to_somebody(talk: Talk) -> None:
    """Into the case that is open there already; else to the agreement, or past one that was given."""
    desk = _desk(talk)
    row = await _open_case(talk, desk)
    if row is not None:
        await _leave_form(talk)
        cases.note_writing(row, talk.now)
        await case_contexts.enter(talk.session, talk.person.id, row.id, talk.now)
        if not await call_those_on_duty(talk, row):
            await enter_as_rider(talk, row)
        return
    try:
        await consents.require(talk.session, talk.person.id, desk.purpose, CASE.version, URGENT.version)
    except NoConsent:
        rows = [
            [presses.AGREE_CRISIS.button(talk._("✅ I agree, let's start"), URGENT.version)],
            [presses.DO_NOT_AGREE.button(talk._("No, thank you"), desk.key)],
        ]
        talk.say(urgent_wording(talk, desk), rows)
    else:
        await _begin(talk)


async def _open_case(talk: Talk, desk: Desk) -> Case | None:
    mine = await case_access.cases_of(talk.session, talk.person.id)
    found = next((row for row in mine if row.desk == desk.key and row.state != CaseState.CLOSED), None)
    return None if found is None else await case_access.of_rider_for_update(talk.session, found.id, talk.person.id)


async def agree(talk: Talk, version: int) -> None:
    desk = _desk(talk)
    if version != URGENT.version:
        raise consents.NoConsent
    await consents.give(talk.session, talk.person.id, desk.purpose, version, talk.now)
    talk.remove_buttons()
    await _begin(talk)


async def _begin(talk: Talk) -> None:
    await _leave_form(talk)
    await forms.begin(talk, _FIRST_WORDS)


async def _leave_form(talk: Talk) -> None:
    """What somebody was telling a desk is put aside for them, not thrown away."""
    state = await dialogues.current(talk.session, talk.person.id, talk.now)
    if state is None:
        return
    desk = next((desk for desk in talk.context.settings.desks.values() if form_name(desk) == state.form), None)
    if desk is not None:
        await case_drafts.save(talk.session, talk.person.id, desk.key, state.filled, talk.now)
    await dialogues.close(talk.session, talk.person.id)


@dataclass(frozen=True, slots=True)
class FirstWords:
    said: Said = asked(
        Question(
            N_("In your words"),
            N_(
                "Write what you want to say, or send a voice message. Your first message goes straight to "
                "the people on duty."
            ),
            OneMessageInput(),
        )
    )


async def _told(talk: Talk, draft: FirstWords) -> None:
    await _open(talk, _desk(talk), DeskDraft(told=(draft.said,)))


_FIRST_WORDS = replace(one_question("urgent", FirstWords, _told), confidential=True)


async def send_now(talk: Talk) -> None:
    """The draft as it stands, whatever is not answered yet. If it is sent or gone already: the short way."""
    desk, state = _desk(talk), await dialogues.current(talk.session, talk.person.id, talk.now)
    if state is None or state.form != form_name(desk):
        await talk_to_somebody(talk)
        return
    await _send(talk, desk, state)


async def _send(talk: Talk, desk: Desk, state: OpenForm) -> None:
    await dialogues.close(talk.session, talk.person.id)
    talk.remove_buttons()
    questionnaire = desk_questionnaire(desk)
    questionnaire.drop_unreadable(state.filled)
    await _open(talk, desk, questionnaire.draft(state.filled))


async def _open(talk: Talk, desk: Desk, draft: DeskDraft) -> None:
    """Those on duty are called, and the person writes in the case from now on."""
    row = await open_from(desk, talk, draft, consented=(CASE.version, URGENT.version))
    await raise_alarm(talk, row)
    await case_drafts.drop(talk.session, talk.person.id, desk.key)
    await case_contexts.enter(talk.session, talk.person.id, row.id, talk.now)
    said = talk._(
        "{sign} The people on duty are being alerted now. Your case number is {number}. What you write "
        "now goes to them, and they will answer here."
    )
    talk.say(
        Markup(said).format(sign=desk.emoji, number=Markup("<b>{}</b>").format(row.number)),
        keyboard=case_keyboard(row.number, talk.language),
        vital=True,
    )
