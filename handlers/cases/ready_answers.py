"""Ready answers of a desk, with their blanks filled in before they are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.assignment import case_in_hand, way_back
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import NotAnAnswer, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.text import LinesInput, clean_lines
from storage.cases import access as case_access
from storage.cases import messages as case_messages
from storage.cases.desks import Canned, in_language
from storage.cases.ids import CaseId
from storage.cases.messages import Said
from storage.cases.sides import Side
from storage.cases.table import Case
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
    if _blanks(wording):
        await forms.begin(talk, _CANNED, FilledAnswer(id=row.id, text=wording))
    else:
        talk.edit(
            words.quoted(wording),
            [
                [presses.SEND_CANNED.button(talk._("✔ Send"), row.id, at)],
                [presses.SHOW_CANNED.button(talk._("◀ Back"), row.id)],
            ],
        )


async def send_canned(talk: Talk, case_id: CaseId, at: int) -> None:
    row = await case_in_hand(talk, case_id)
    await _send(talk, row, await _wording(talk, row, _canned(talk, row, at)))


def _canned(talk: Talk, row: Case, at: int) -> Canned:
    desk = words.desk_of(talk.context, row)
    if desk is None or not 0 <= at < len(desk.answers):
        raise InvalidCallback
    return desk.answers[at]


async def _wording(talk: Talk, row: Case, canned: Canned) -> str:
    """In the rider's language."""
    language = talk.context.settings.organisation.language
    if row.person_id is not None:
        (standing,) = await user_state.standings(talk.session, [row.person_id], talk.now)
        language = standing.spoken or language
    return in_language(canned.words, language)


def _blanks(wording: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\{([^{}]+)\}", wording)))


@dataclass(frozen=True)
class ValuesInput(LinesInput):
    """Values for blanks; what is too long is cut."""

    async def read(self, talk: Talk) -> tuple[str, ...]:
        lines = clean_lines(talk.text)
        if not lines:
            raise NotAnAnswer(talk._(self.hint))
        return tuple(line[: self.longest] for line in lines)


def _ask_values(talk: Talk, draft: FilledAnswer) -> str:
    lines = [Markup("{}. {}").format(at, blank) for at, blank in enumerate(_blanks(draft.text), start=1)]
    said = talk._("Please fill these in, one per line:")
    return Markup("\n").join([words.quoted(draft.text), Markup("{}").format(said), *lines])


_VALUES = ValuesInput(60, 300, N_("Please write each one on its own line."))


@dataclass(frozen=True, slots=True)
class FilledAnswer:
    """A ready answer, by its wording, and the values for its blanks."""

    id: CaseId
    text: str
    values: tuple[str, ...] = asked(Question(N_("Blanks"), _ask_values, _VALUES))


def _filled(draft: FilledAnswer) -> str:
    """The wording with its blanks filled in; one that got no value keeps its name."""
    wording = draft.text
    for blank, value in zip(_blanks(wording), draft.values, strict=False):
        wording = wording.replace("{" + blank + "}", value)
    return wording


async def _canned_done(talk: Talk, draft: FilledAnswer) -> None:
    await _send(talk, await case_in_hand(talk, draft.id), _filled(draft))


async def _send(talk: Talk, row: Case, text: str) -> None:
    await case_messages.say(talk.session, row, Side.HANDLER, talk.person.id, None, Said(text=text), talk.now)
    talk.say(Markup("✓ <b>{}</b>\n{}").format(row.number, words.quoted(text)), way_back(talk, row))


_CANNED = one_question("case_canned", FilledAnswer, _canned_done, Right.HANDLE_CASES)
