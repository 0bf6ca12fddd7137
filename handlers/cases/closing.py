"""What ends with a case, whoever closes it."""

from __future__ import annotations

from handlers.chat.talk import Talk
from storage.activities import reminders
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases import deadlines as case_deadlines
from storage.cases.notices import CaseLeft
from storage.cases.table import Case, Outcome

LIMIT_REMINDER = "case_limit"


async def end(talk: Talk, row: Case, outcome: Outcome) -> None:
    """Closes a case: its reminders end, and nobody writes in it any more."""
    cases.close(row, outcome, talk.now)
    await end_conversation(talk, row)


async def end_conversation(talk: Talk, row: Case) -> None:
    """Of a case that is closed: its reminders end, and nobody writes in it any more."""
    for limit in (await case_deadlines.of_cases(talk.session, [row.id]))[row.id]:
        await reminders.drop(talk.session, LIMIT_REMINDER, limit.id)
    for person_id in await case_contexts.leave_all(talk.session, row.id):
        talk.notify(person_id, CaseLeft())
