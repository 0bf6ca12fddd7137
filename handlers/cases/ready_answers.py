"""Ready answers of a desk, with their blanks filled in before they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.assignment import case_in_hand, way_back
from handlers.cases.blanks import MOST_BLANKS, blanks_of, filled, known_of
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import ContextValue, Form, Questionnaire
from handlers.forms.questions import Question
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage.cases import access as case_access
from storage.cases import messages as case_messages
from storage.cases.desks import Canned, in_language
from storage.cases.ids import CaseId
from storage.cases.messages import Said
from storage.cases.table import Case, Side
from storage.dialogues import Filled
from storage.people.access import Right
from storage.updates import user_state


def register(routes: Routes) -> None:
    right = Right.HANDLE_CASES
    routes.press(presses.SHOW_CANNED, show_canned, right=right, writes=False)
    routes.press(presses.BEGIN_CANNED, begin_canned, right=right)
    routes.press(presses.SEND_CANNED, send_canned, right=right)
    routes.form(_CANNED)


async def show_canned(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_handler(talk.session, case_id, talk.person.id)
    desk = words.desk_of(talk.context, row)
    answers = desk.answers if desk is not None else ()
    rows = [[presses.BEGIN_CANNED.button(one.title, row.id, at)] for at, one in enumerate(answers)]
    said = (
        talk._("Which one? I'll ask you to fill in the blanks.") if rows else talk._("This desk has no ready answers.")
    )
    talk.edit(said, [*rows, [presses.SHOW.button(talk._("◀ Back"), row.id)]])


async def begin_canned(talk: Talk, case_id: CaseId, at: int) -> None:
    """Asks for its blanks; one without any is shown before it goes."""
    row = await case_in_hand(talk, case_id)
    wording = await _wording(talk, row, _canned(talk, row, at))
    blanks = len(blanks_of(wording))
    if blanks > MOST_BLANKS:
        said = talk._("This ready answer has more than {n} blanks. Please ask an admin to shorten it.")
        talk.answer_callback(said.format(n=MOST_BLANKS), alert=True)
    elif blanks:
        await forms.resume(talk, _CANNED, Filled(context={"id": row.id, "text": wording}))
    else:
        talk.edit(
            words.quoted(wording),
            [
                [presses.SEND_CANNED.button(talk._("✔ Send"), row.id, at)],
                [presses.SHOW_CANNED.button(talk._("◀ Back"), row.id)],
            ],
        )


async def send_canned(talk: Talk, case_id: CaseId, at: int) -> None:
    """One without blanks; it becomes its own receipt."""
    row = await case_in_hand(talk, case_id)
    wording = await _wording(talk, row, _canned(talk, row, at))
    talk.close(words.quoted(wording))
    await _send(talk, row, wording)


def _canned(talk: Talk, row: Case, at: int) -> Canned:
    desk = words.desk_of(talk.context, row)
    if desk is None or not 0 <= at < len(desk.answers):
        raise InvalidCallback
    return desk.answers[at]


async def _wording(talk: Talk, row: Case, canned: Canned) -> str:
    """In the rider's language, with what the case itself fills in."""
    return filled(await words_for(talk, row, canned), known_of(talk.session, row).get)


async def words_for(talk: Talk, row: Case, canned: Canned) -> str:
    """In the rider's language, with its blanks."""
    language = talk.context.settings.organisation.language
    if row.person_id is not None:
        (standing,) = await user_state.standings(talk.session, [row.person_id], talk.now)
        language = standing.spoken or language
    return in_language(canned.words, language)


@dataclass(frozen=True, slots=True)
class FilledAnswer:
    """A ready answer, by its wording, and the values for its blanks, by their keys."""

    id: CaseId
    text: str
    values: Mapping[str, str]

    def blank(self, at: int) -> str:
        """Its name; empty if there are fewer."""
        return dict(enumerate(blanks_of(self.text))).get(at, "")

    @property
    def wording(self) -> str:
        """With its blanks filled in; one that has no value yet keeps its name."""
        by_name = {name: self.values.get(_key(at)) for at, name in enumerate(blanks_of(self.text))}
        return filled(self.text, by_name.get)


def _key(at: int) -> str:
    return f"blank{at}"


def _filled_answer(values: Mapping[str, Any]) -> FilledAnswer:
    blanks = {name: value for name, value in values.items() if name not in ("id", "text")}
    return FilledAnswer(values["id"], values["text"], blanks)


def _blank_question(at: int) -> Question[str, FilledAnswer]:
    def ask(talk: Talk, draft: FilledAnswer) -> str:
        said = talk._("Please fill in: {blank}").format(blank=draft.blank(at))
        return Markup("{}\n<b>{}</b>").format(words.quoted(draft.wording), said)

    return Question(
        key=_key(at),
        title=N_("Blank"),
        title_by=lambda _talk, draft: draft.blank(at),
        ask=ask,
        input=TextInput(1, 300),
        when=lambda draft: bool(draft.blank(at)),
    )


async def _canned_done(talk: Talk, draft: FilledAnswer) -> None:
    await _send(talk, await case_in_hand(talk, draft.id), draft.wording)


async def _send(talk: Talk, row: Case, text: str) -> None:
    await case_messages.say(talk.session, row, Side.HANDLER, talk.person.id, None, Said(text=text), talk.now)
    talk.say(Markup("✓ <b>{}</b>").format(row.number), way_back(talk, row))


_CANNED = Form(
    name="case_canned",
    title=N_("📋 Ready answers"),
    questionnaire=Questionnaire(
        [_blank_question(at) for at in range(MOST_BLANKS)],
        _filled_answer,
        context={"id": ContextValue(TypeAdapter(CaseId), ("id",)), "text": ContextValue(TypeAdapter(str), ("text",))},
    ),
    done=_canned_done,
    preview=lambda _talk, draft: words.quoted(draft.wording),
    right=Right.HANDLE_CASES,
)
