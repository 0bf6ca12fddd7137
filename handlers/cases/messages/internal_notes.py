"""What handlers write to each other about a case: notes, questions, what the next one has to know. The rider never
sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.cases import acts, presses
from handlers.cases import format as words
from handlers.cases.assignment import (
    RECEIVER,
    case_in_hand,
    listed_colleagues,
    way_back,
    words_question,
)
from handlers.cases.desk_access import colleagues, handled
from handlers.cases.readers import HANDLER, case_audience
from handlers.chat.press import Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Form, one_question, questionnaire
from handlers.forms.questions import asked
from handlers.i18n.translations import N_
from handlers.inputs.person import PersonMeant
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.messages import Said
from storage.cases.notices import ColleagueAnswers, ColleagueAsks
from storage.cases.table import Case, Side
from storage.people.access import Right
from storage.telegram_ids import PersonId


def register(routes: Routes) -> None:
    right = Right.HANDLE_CASES
    routes.press(presses.BEGIN_NOTE, begin_note, right=right)
    routes.press(presses.BEGIN_ASKING, begin_asking, right=right)
    routes.press(presses.BEGIN_HANDING, begin_handing, right=right)
    routes.press(presses.BEGIN_TELLING, begin_telling, right=right)
    for form in (_NOTE, _ASK, _TELL, _HAND):
        routes.form(form)
    routes.notice(ColleagueAsks, question_words, reader=_may_answer)
    routes.notice(ColleagueAnswers, told_words, reader=HANDLER)


async def begin_note(talk: Talk, case_id: CaseId) -> None:
    await forms.begin(talk, _NOTE, Note(id=(await case_in_hand(talk, case_id)).id))


@dataclass(frozen=True, slots=True)
class Note:
    id: CaseId
    text: str = asked(
        words_question(N_("Note"), N_("What do you want to note? Only the handlers of this case can read it."))
    )


async def _noted(talk: Talk, draft: Note) -> None:
    row = await acts.add_note(talk, draft.id, draft.text)
    talk.say(talk._("Noted. The rider will never see it."), way_back(talk, row))


_NOTE = one_question("case_note", Note, _noted, Right.HANDLE_CASES)


async def begin_asking(talk: Talk, case_id: CaseId) -> None:
    await forms.begin(talk, _ASK, CaseQuestion(id=(await case_in_hand(talk, case_id)).id))


@dataclass(frozen=True, slots=True)
class CaseQuestion:
    id: CaseId
    text: str = asked(
        words_question(
            N_("Question"),
            N_("What do you want to ask your colleagues? They see only this, not the case. Don't say who it is about."),
        )
    )


async def _asked(talk: Talk, draft: CaseQuestion) -> None:
    """The question goes to the others of the desk; of the case they see no more than that."""
    row = await case_in_hand(talk, draft.id)
    others = await colleagues(talk, row)
    said = Said(text="👥 " + draft.text, asked=others)
    question = await case_messages.say(talk.session, row, Side.NOTE, talk.person.id, None, said, talk.now)
    for colleague in others:
        talk.notify(colleague, ColleagueAsks(row.desk, draft.text, question.id))
    if not others:
        talk.say(talk._("There is nobody to ask: this desk has no other handler."), way_back(talk, row))
        return
    talk.say(
        talk.plural(
            "{n} colleague is asked. The answer becomes a note on the case.",
            "{n} colleagues are asked. Their answers become notes on the case.",
            len(others),
        ).format(n=len(others)),
        way_back(talk, row),
    )


_ASK = one_question("case_ask", CaseQuestion, _asked, Right.HANDLE_CASES)


def question_words(view: View, notice: ColleagueAsks) -> Page:
    title = words.desk_title(view.context, notice.desk, view.language)
    text = Markup("👥 {} <b>{}</b>\n{}").format(view._("A colleague asks:"), title, words.quoted(notice.text))
    return text, [[presses.BEGIN_TELLING.button(view._("✍ Answer"), notice.asked)]]


async def begin_telling(talk: Talk, message_id: CaseMessageId) -> None:
    await _question(talk, message_id)
    await forms.begin(talk, _TELL, Advice(question=message_id))


async def _question(talk: Talk, message_id: CaseMessageId) -> tuple[case_messages.CaseMessage, Case]:
    """A colleague's question that this person was asked and may still answer. Raises NoSuchCase."""
    question = await case_messages.question_to(talk.session, message_id, talk.person.id)
    row = await case_access.visible_for_update(talk.session, question.case_id, talk.person.id, list(handled(talk)))
    cases.require_open(row)
    return question, row


async def _may_answer(session: AsyncSession, view: View, person_id: PersonId, notice: ColleagueAsks) -> bool:
    """While the case is theirs to see."""
    question = await case_messages.find(session, notice.asked)
    row = None if question is None else await case_access.find(session, question.case_id)
    return row is not None and await case_audience(view).is_of_desk(session, row, person_id)


@dataclass(frozen=True, slots=True)
class Advice:
    """The answer to a colleague's question, by the id of its message."""

    question: CaseMessageId = field(metadata={"until_0_7": "asked"})
    text: str = asked(words_question(N_("Answer"), N_("What is your answer to your colleague?")))


async def _told(talk: Talk, draft: Advice) -> None:
    question, row = await _question(talk, draft.question)
    said = Said(text="💡 " + draft.text)
    await case_messages.say(talk.session, row, Side.NOTE, talk.person.id, None, said, talk.now)
    if row.assigned_to is not None and row.assigned_to == question.author:
        talk.notify(row.assigned_to, ColleagueAnswers(row.number, row.id, draft.text))
    talk.say(talk._("Thank you. Your answer has been added to the case."))


_TELL = one_question("case_tell", Advice, _told, Right.HANDLE_CASES)


def told_words(view: View, notice: ColleagueAnswers) -> Page:
    said = view._("A colleague answers:")
    text = Markup("💡 <b>{}</b> {}\n{}").format(notice.number, said, words.quoted(notice.text))
    return text, [[presses.SHOW.button(view._("View"), notice.case_id)]]


async def begin_handing(talk: Talk, case_id: CaseId) -> None:
    row = await case_in_hand(talk, case_id)
    await forms.begin(talk, _HAND, Handover(id=row.id, colleagues=await listed_colleagues(talk, row)))


@dataclass(frozen=True, slots=True)
class Handover:
    id: CaseId
    colleagues: tuple[PersonMeant, ...] | None
    who: PersonMeant | None = asked(RECEIVER)
    text: str = asked(words_question(N_("Note"), N_("What does the next person need to know? The rider won't see it.")))


async def _handed(talk: Talk, draft: Handover) -> None:
    row = await acts.hand_over(talk, draft.id, draft.who, draft.text)
    talk.say(
        talk._("{number} has been handed over.").format(number=row.number),
        [[presses.SHOW_DESKS_AGAIN.button(talk._("◀ Back"))]],
    )


_HAND = Form(
    name="case_hand",
    title=N_("Handing over"),
    questionnaire=questionnaire(Handover),
    done=_handed,
    right=Right.HANDLE_CASES,
)
