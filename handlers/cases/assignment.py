"""In whose hands a case is: getting it for what a form has asked, and giving it to somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.desk_access import colleagues, note
from handlers.chat.press import Buttons
from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, Input, Question
from handlers.i18n.translations import N_
from handlers.inputs.person import PERSON, PersonMeant, people_keyboard, read_person
from handlers.inputs.text import TextInput
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.audited import CaseAction
from storage.cases.ids import CaseId
from storage.cases.notices import CaseGiven
from storage.cases.table import Case
from storage.dialogues import Value
from storage.telegram_ids import PersonId

QUEUE = "queue"
_LISTED = 20


async def case_in_hand(talk: Talk, case_id: CaseId) -> Case:
    """The handler's open case."""
    row = await case_access.of_handler_for_update(talk.session, case_id, talk.person.id)
    cases.require_open(row)
    cases.note_writing(row, talk.now)
    return row


def words_question(title: str, ask: str) -> Question[str, object]:
    """What somebody writes down for others; `title` and `ask` are messages."""
    return Question(title, ask, TextInput(2, 1_500))


def way_back(talk: Talk, row: Case) -> Buttons:
    return [[presses.SHOW.button(words.tag(talk.context, row), row.id)]]


@dataclass(frozen=True)
class ReceiverInput(Input[PersonMeant | None]):
    """Somebody, or None for the queue."""

    async def read(self, talk: Talk) -> PersonMeant | None:
        return await read_person(talk)

    def show(self, talk: Talk, value: PersonMeant | None) -> str:
        return talk._("the queue") if value is None else value.label

    def encode(self, value: PersonMeant | None) -> Value:
        return QUEUE if value is None else PERSON.dump_python(value, mode="json")

    def decode(self, stored: Value) -> PersonMeant | None:
        return None if stored == QUEUE else PERSON.validate_python(stored)


class _Handed(Protocol):
    """A draft that says who may get a case."""

    @property
    def colleagues(self) -> tuple[PersonMeant, ...] | None: ...


def _receivers(talk: Talk, draft: _Handed) -> Sequence[Choice[PersonMeant | None]]:
    """The colleagues, then the queue."""
    known = (draft.colleagues or ())[:_LISTED]
    choices: list[Choice[PersonMeant | None]] = [Choice(str(one.id), "👤 " + one.label, one) for one in known]
    return [*choices, Choice(QUEUE, talk._("↩ Back to the queue"), None)]


async def listed_colleagues(talk: Talk, row: Case) -> tuple[PersonMeant, ...]:
    """Who else may get it, with how they are called."""

    def called(person_id: PersonId) -> str:
        return talk.context.names.of(person_id) or talk._("Colleague {number}").format(number=person_id)

    return tuple(PersonMeant(one, called(one)) for one in await colleagues(talk, row))


async def receiver(talk: Talk, row: Case, who: PersonMeant | None) -> PersonId | None:
    """Raises NotForThem, also for somebody who is no handler of the desk."""
    if who is None:
        return None
    desk = words.desk_of(talk.context, row)
    if desk is None or who.id not in await talk.context.staff.of_desk(
        talk.session, desk, talk.now, row.level, row.place
    ):
        raise cases.NotForThem
    return who.id


async def assign(talk: Talk, row: Case, to: PersonId | None) -> None:
    """The new handler hears of it and gets all that was said."""
    await cases.assign(talk.session, row, to, talk.now)
    await note(talk, CaseAction.CASE_ASSIGNED, row, f"to {to}" if to is not None else "to the queue")
    if to is not None:
        talk.notify(to, CaseGiven(row.number, row.id))
        await case_messages.replay(talk.session, row, to, talk.now)


RECEIVER: Question[PersonMeant | None, _Handed] = Question(
    N_("To whom"),
    N_(
        "To whom? Share their contact, forward one of their messages, or write their Telegram id or "
        "@name; or press a button."
    ),
    ReceiverInput(),
    keyboard=people_keyboard,
    keyboard_hint=N_("Or press “👤 Choose someone” below the chat."),
    choices=_receivers,
)
