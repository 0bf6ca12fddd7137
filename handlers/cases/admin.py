"""Finding a case by its number; and what an admin does: looking into one for a reason, giving it to somebody."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from handlers.cases import acts, presses
from handlers.cases import format as words
from handlers.cases.assignment import RECEIVER, listed_colleagues
from handlers.cases.desk import ways_in
from handlers.cases.desk_access import desks_of, is_of_ones_places
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.inputs.person import PersonMeant
from handlers.inputs.reason import reason_question
from handlers.inputs.text import CodeInput
from storage.cases import access as case_access
from storage.cases import messages as case_messages
from storage.cases.ids import CaseId
from storage.cases.table import CaseState, NoSuchCase, content_of
from storage.people.access import Right

SHOWN = 60


def register(routes: Routes) -> None:
    routes.press(presses.BEGIN_FINDING, begin_finding, right=Right.SEE_CASES)
    routes.press(presses.BEGIN_READING, begin_reading, right=Right.OVERSEE_CASES)
    routes.press(presses.BEGIN_GIVING, begin_giving, right=Right.OVERSEE_CASES)
    for form in (_FIND, _READ, _GIVE):
        routes.form(form)


async def begin_finding(talk: Talk) -> None:
    await forms.begin(talk, _FIND)


@dataclass(frozen=True, slots=True)
class Search:
    number: str = asked(
        Question(
            N_("Number"),
            N_("Which case number? For example L-2026-000123."),
            CodeInput(3, 24, N_("Please write a case number, for example L-2026-000123.")),
        )
    )


async def _found(talk: Talk, draft: Search) -> None:
    """What may be known of it: more for whoever has it in hand, less for others."""
    row = await case_access.by_number(talk.session, draft.number.upper(), talk.person.id, list(desks_of(talk)))
    if row.assigned_to != talk.person.id and not is_of_ones_places(talk, row):
        raise NoSuchCase
    line = Markup("\n").join(
        [
            words.mark(row) + words.heading(talk.context, row, talk.language),
            Markup("{}").format(words.state_words(row, talk.language, for_handler=True)),
        ]
    )
    rows = ways_in(talk, row)
    if talk.person.may(Right.OVERSEE_CASES) and row.state != CaseState.CLOSED:
        rows.append([presses.BEGIN_GIVING.button(talk._("➡ Assign to someone"), row.id)])
    talk.say(line, rows)


_FIND = one_question("case_find", Search, _found, Right.SEE_CASES)


async def begin_reading(talk: Talk, case_id: CaseId) -> None:
    row = await acts.overseen(talk, case_id)
    await forms.begin(talk, _READ, Reading(id=row.id, number=row.number))


def _ask_reason(talk: Talk, draft: Reading) -> str:
    return talk._(
        "Why do you need to read {number}? The reason is recorded with your name in the audit log. "
        "10 to 300 characters."
    ).format(number=draft.number)


@dataclass(frozen=True, slots=True)
class Reading:
    id: CaseId
    number: str
    reason: str = asked(reason_question(_ask_reason, 10, 300))


async def _read(talk: Talk, draft: Reading) -> None:
    """All of it, once, to this admin; the reason is audited before a word is shown."""
    row = await acts.read_for(talk, draft.id, draft.reason)
    content = content_of(talk.session, row)
    lines = [
        words.mark(row) + words.heading(talk.context, row, talk.language),
        *words.summary_lines(talk.context, row, content, talk.language),
    ]
    talk.say_protected(Markup("\n").join(lines))
    kept = await case_messages.talk_of(talk.session, row.id, notes=True)
    for one in kept[-SHOWN:]:
        said = case_messages.said_in(talk.session, one)
        when = formatting.moment(one.at, talk.now, talk.context.settings.organisation.zone, talk.language)
        file = f"📎 {said.file_name} " if said.file_id else ""
        talk.say_protected(Markup("<i>{} · {}</i>\n{}").format(when, one.side.name.lower(), (file + said.text)[:3_500]))
    if len(kept) > SHOWN:
        talk.say(talk.plural("This is the last message.", "These are the last {n} messages.", SHOWN).format(n=SHOWN))


_READ = one_question("case_read", Reading, _read, Right.OVERSEE_CASES)


async def begin_giving(talk: Talk, case_id: CaseId) -> None:
    row = await acts.overseen(talk, case_id)
    await forms.begin(talk, _GIVE, Assignment(id=row.id, colleagues=await listed_colleagues(talk, row)))


@dataclass(frozen=True, slots=True)
class Assignment:
    id: CaseId
    colleagues: tuple[PersonMeant, ...] | None
    who: PersonMeant | None = asked(RECEIVER)


async def _given(talk: Talk, draft: Assignment) -> None:
    row = await acts.give(talk, draft.id, draft.who)
    talk.say(talk._("{number} has been handed over.").format(number=row.number))


_GIVE = one_question("case_give", Assignment, _given, Right.OVERSEE_CASES)
