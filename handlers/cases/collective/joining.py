"""Joining a case in hand to a collective one, or beginning one with it; and taking it out again."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.cases import presses
from handlers.cases.collective import collective_acts
from handlers.cases.collective.pages import candidates_page, collective_page
from handlers.cases.desk_access import handled
from handlers.cases.in_hand import handler_page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage.cases import access as case_access
from storage.cases import collectives, joining
from storage.cases.ids import CaseId, CollectiveId
from storage.cases.table import NoSuchCase
from storage.people.access import Right

LONGEST_TITLE = 100


def register(routes: Routes) -> None:
    right = Right.HANDLE_CASES
    routes.press(presses.CHOOSE_COLLECTIVE, choose, right=right)
    routes.press(presses.BEGIN_COLLECTIVE, begin, right=right)
    routes.press(presses.JOIN, join, right=right)
    routes.press(presses.ADD_CASE, add, right=right)
    routes.press(presses.ADD_ALIKE, add_alike, right=right)
    routes.press(presses.ASK_TO_SEPARATE, ask_to_separate, right=right, writes=False)
    routes.press(presses.SEPARATE, separate, right=right)
    routes.form(_BEGIN)


async def choose(talk: Talk, case_id: CaseId) -> None:
    row = await joining.joinable(talk.session, case_id, talk.person.id)
    if row.desk not in handled(talk):
        raise NoSuchCase
    known = await collectives.of_desk(talk.session, row.desk, talk.person.id)
    rows = [
        [presses.JOIN.button(f"{one.number} · {collectives.title_of(talk.session, one)}", row.id, one.id)]
        for one in known
    ]
    said = talk._(
        "Cases about the same thing are joined under one number: you can write to all and close them together. Each "
        "rider keeps their own conversation and sees nobody else. To which one does {number} belong?"
    ).format(number=row.number)
    begins = [presses.BEGIN_COLLECTIVE.button(talk._("➕ New collective case"), row.id)]
    talk.edit(said, [*rows, begins, [presses.SHOW.button(talk._("◀ Back"), row.id)]])


async def begin(talk: Talk, case_id: CaseId) -> None:
    row = await joining.joinable(talk.session, case_id, talk.person.id)
    if row.collective_id is not None:
        raise joining.JoinedElsewhere
    await forms.begin(talk, _BEGIN, Beginning(id=row.id))


@dataclass(frozen=True, slots=True)
class Beginning:
    id: CaseId
    title: str = asked(
        Question(
            N_("What it is about"),
            N_("What do these cases have in common? Only handlers read this. For example: fine of 200, south site"),
            TextInput(2, LONGEST_TITLE),
        )
    )


async def _begun(talk: Talk, draft: Beginning) -> None:
    collective = await collective_acts.begin(talk, draft.id, draft.title)
    talk.say(*await collective_page(talk, collective))


_BEGIN = one_question("case_collective", Beginning, _begun, Right.HANDLE_CASES)


async def join(talk: Talk, case_id: CaseId, collective_id: CollectiveId) -> None:
    collective, _row = await collective_acts.join(talk, case_id, collective_id)
    talk.edit(*await collective_page(talk, collective))


async def add(talk: Talk, collective_id: CollectiveId, case_id: CaseId) -> None:
    """The page stays on what else could be added."""
    collective, row = await collective_acts.join(talk, case_id, collective_id)
    talk.answer_callback(
        talk._("{number} is part of {collective}.").format(number=row.number, collective=collective.number)
    )
    talk.edit(*await candidates_page(talk, collective))


async def add_alike(talk: Talk, collective_id: CollectiveId, count: int) -> None:
    """All of them, if they are still as many as its reader saw; else the page shows what there is now."""
    collective = await collective_acts.found(talk, collective_id)
    alike, _others = await collectives.candidates(talk.session, collective, talk.person.id)
    if len(alike) != count:
        talk.edit(*await candidates_page(talk, collective))
        return
    for row in alike:
        await collective_acts.join(talk, row.id, collective_id)
    talk.edit(*await collective_page(talk, collective))


async def ask_to_separate(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_handler(talk.session, case_id, talk.person.id)
    said = talk._("Take {number} out of the collective case? What you write to all no longer reaches this rider.")
    talk.edit(
        said.format(number=row.number),
        [
            [presses.SEPARATE.button(talk._("✂ Yes, take it out"), row.id)],
            [presses.SHOW.button(talk._("◀ Back"), row.id)],
        ],
    )


async def separate(talk: Talk, case_id: CaseId) -> None:
    talk.edit(*await handler_page(talk, await collective_acts.separate(talk, case_id)))
