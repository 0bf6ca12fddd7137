"""In whose hands a case is: getting it for what a form has asked, and giving it to somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.desk import note
from handlers.chat.press import Buttons
from handlers.chat.questions import Choice, Question
from handlers.chat.talk import Talk
from handlers.inputs.person import read_person
from handlers.inputs.text import short_text
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.audited import CaseAction
from storage.cases.cases import Case
from storage.dialogues import Answers, Value

QUEUE = "queue"


async def case_in_hand(talk: Talk, answers: Answers | int) -> Case:
    """The handler's open case, by its number or by what a form was begun with."""
    case_id = answers if isinstance(answers, int) else int(str(answers["_id"]))
    row = await cases.of_handler_for_update(talk.session, case_id, talk.person.id)
    cases.require_open(row)
    cases.note_writing(row, talk.now)
    return row


def words_question(key: str, title: str, ask: str, most: int = 1_500) -> Question:
    return Question(
        key=key,
        title=lambda talk: talk._(title),
        ask=lambda talk, _: talk._(ask),
        read=short_text(2, most, lambda talk: talk._("Please write 2 to {n} characters.").format(n=most)),
    )


def way_back(talk: Talk, row: Case) -> Buttons:
    return [[presses.SHOW.button(words.tag(talk.context, row), row.id)]]


def _to_the_queue(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(QUEUE, talk._("↩ Back to the queue"), QUEUE)]


def _show_whom(talk: Talk, value: Value) -> str:
    return talk._("the queue") if value == QUEUE else str(cast("list[Any]", value)[1])


async def receiver(talk: Talk, row: Case, who: Value) -> int | None:
    """Raises NotForThem, also for somebody who is no handler of the desk."""
    if who == QUEUE:
        return None
    person, desk = int(cast("list[Any]", who)[0]), words.desk_of(talk.context, row)
    if desk is None or person not in await talk.context.staff.of_desk(talk.session, desk, talk.now):
        raise cases.NotForThem
    return person


async def assign(talk: Talk, row: Case, to: int | None) -> None:
    """The new handler hears of it and gets all that was said."""
    await cases.assign(talk.session, row, to, talk.now)
    await note(talk, CaseAction.CASE_ASSIGNED, row, f"to {to}" if to is not None else "to the queue")
    if to is not None:
        talk.notify(to, "case_given", number=row.number, id=row.id)
        await case_messages.replay(talk.session, row, to, talk.now)


WHO = Question(
    key="who",
    title=lambda talk: talk._("To whom"),
    read=read_person,
    choices=_to_the_queue,
    show=_show_whom,
    ask=lambda talk, _: talk._(
        "To whom? Share their contact, forward one of their messages, or write their number or @name; "
        "or press a button."
    ),
)
