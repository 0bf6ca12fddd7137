"""The register as those see it who keep it: the list, a search, an entry, and what can be done with it. Whatever shows
names is audited."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from markupsafe import Markup

from handlers.chat.confirming import ask_first
from handlers.chat.press import Button, InvalidCallback, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import Form, one_question, questionnaire
from handlers.forms.questions import NotAnAnswer, Question, asked
from handlers.honours import presses, words
from handlers.honours.answers import answer_lines
from handlers.i18n.translations import N_
from handlers.inputs.number import NumberInput
from handlers.inputs.numbers_of_people import IdNumberInput, TypedPhoneInput
from handlers.inputs.phone_numbers import NotAPhone, read_phone
from handlers.inputs.text import TextInput
from storage import audit
from storage.honours import register
from storage.honours.audited import HonourAction
from storage.honours.ids import HonouredId
from storage.honours.importing import FIRST_YEAR
from storage.honours.table import Entry, Honoured, HonourState, entry_of
from storage.people.access import Right

_RIGHT = Right.KEEP_HONOURS
_PAGE, _LAST_PAGE = 8, 10_000
NEW = HonouredId(0)


@dataclass(frozen=True, slots=True)
class Search:
    text: str = asked(
        Question(
            N_("Find someone"),
            N_("Who are you looking for? Write the whole name, ID number, phone number or employer."),
            TextInput(1, 120),
        )
    )


async def _check_year(talk: Talk, _draft: EntryDraft, year: int) -> None:
    if year > talk.local_today.year:
        raise NotAnAnswer(talk._("That year is in the future."))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """`id` is the entry that is changed; 0: a new one."""

    id: HonouredId = NEW
    name: str = asked(Question(N_("Name"), N_("What is their full name, as on the ID card?"), TextInput(2, 50)))
    title: str = asked(
        Question(
            N_("Honour"), N_("Which honour? Its full title, for example: Model Worker of Shandong"), TextInput(2, 120)
        )
    )
    year: int = asked(
        Question(
            N_("Year given"),
            N_("In which year was it given? Four digits, for example 2025."),
            NumberInput(FIRST_YEAR, 2_100, N_("Please write the year with four digits, for example 2025.")),
            check=_check_year,
        )
    )
    employer: str = asked(
        Question(N_("Employer"), N_("Who employs them, or did last?"), TextInput(2, 120), optional=True), default=""
    )
    id_number: str = asked(
        Question(N_("ID number"), N_("What is their ID number?"), IdNumberInput(), optional=True), default=""
    )
    phone: str = asked(
        Question(N_("Phone"), N_("What is their phone number?"), TypedPhoneInput(), optional=True), default=""
    )
    note: str = asked(Question(N_("Remark"), N_("Any remarks?"), TextInput(2, 300), optional=True), default="")

    @property
    def entry(self) -> Entry:
        return Entry(self.name, self.title, self.year, self.employer, self.id_number, self.phone, self.note)


def register_routes(routes: Routes) -> None:
    routes.press(presses.TURN_LIST, turn_list, right=_RIGHT)
    routes.press(presses.BEGIN_SEARCH, begin_search, right=_RIGHT)
    routes.press(presses.BEGIN_ADDING, begin_adding, right=_RIGHT)
    routes.press(presses.SHOW, show, right=_RIGHT)
    routes.press(presses.BEGIN_CHANGE, begin_change, right=_RIGHT)
    routes.press(presses.ASK_STATE, ask_state, right=_RIGHT, writes=False)
    routes.press(presses.SET_STATE, set_state, right=_RIGHT)
    routes.press(presses.ASK_TO_REMOVE, ask_to_remove, right=_RIGHT, writes=False)
    routes.press(presses.REMOVE, remove, right=_RIGHT)
    routes.form(_SEARCH)
    routes.form(_ENTRY)


async def note(talk: Talk, act: HonourAction, row: Honoured, more: str = "") -> None:
    about = f"entry {row.id}" + (f": {more}" if more else "")
    await audit.note(talk.session, talk.person.id, act, talk.now, subject=row.person_id, about=about)


async def turn_list(talk: Talk, page: int) -> None:
    page = min(max(0, page), _LAST_PAGE)
    found = await register.listed(talk.session, _PAGE + 1, page * _PAGE)
    await audit.note(talk.session, talk.person.id, HonourAction.HONOURS_LISTED, talk.now, about=f"page {page + 1}")
    turns = [presses.TURN_LIST.button("◀", page - 1)] if page else []
    turns += [presses.TURN_LIST.button("▶", page + 1)] if len(found) > _PAGE else []
    text, rows = _listed(talk, talk._("The register"), found[:_PAGE], page * _PAGE)
    talk.edit(text, [*rows, turns, [presses.PAGE.button(talk._("◀ Back"))]])


def _listed(talk: Talk, title: str, found: Sequence[Honoured], skipped: int = 0) -> Page:
    """Numbered lines, and a button with the number of each."""
    lines = [Markup("📖 <b>{}</b>").format(title)]
    lines += [Markup("{}. {}").format(at, words.line(talk, row)) for at, row in enumerate(found, start=skipped + 1)]
    if not found:
        lines.append(Markup.escape(talk._("Nobody was found.")))
    keys = [presses.SHOW.button(str(at), row.id) for at, row in enumerate(found, start=skipped + 1)]
    return Markup("\n").join(lines), [keys[at : at + 4] for at in range(0, len(keys), 4)]


async def begin_search(talk: Talk) -> None:
    await forms.begin(talk, _SEARCH)


async def _found(talk: Talk, draft: Search) -> None:
    texts = [draft.text]
    with suppress(NotAPhone):
        texts.append(str(read_phone(draft.text, talk.context.settings.organisation.country)))
    found = await register.search(talk.session, *texts)
    about = f"search, {len(found)}"
    await audit.note(talk.session, talk.person.id, HonourAction.HONOURS_LISTED, talk.now, about=about)
    text, rows = _listed(talk, talk._("Found"), found)
    talk.say(text, [*rows, [presses.PAGE.button(talk._("◀ Back"))]])


_SEARCH = one_question("honours_search", Search, _found, _RIGHT)


async def begin_adding(talk: Talk) -> None:
    await forms.begin(talk, _ENTRY)


async def begin_change(talk: Talk, honoured_id: HonouredId) -> None:
    """All that stands there, each to be changed."""
    row = await register.find(talk.session, honoured_id)
    entry = entry_of(talk.session, row)
    await note(talk, HonourAction.HONOURED_READ, row)
    draft = EntryDraft(
        id=row.id,
        name=entry.name,
        title=entry.title,
        year=entry.year,
        employer=entry.employer,
        id_number=entry.id_number,
        phone=entry.phone,
        note=entry.note,
    )
    await forms.begin_review(talk, _ENTRY, draft)


async def _kept(talk: Talk, draft: EntryDraft) -> None:
    if draft.id:
        row = await register.change(talk.session, draft.id, draft.entry, talk.now)
        await note(talk, HonourAction.HONOURED_CHANGED, row)
    else:
        row = await register.add(talk.session, draft.entry, None, talk.now)
        await note(talk, HonourAction.HONOURED_ADDED, row)
    talk.say(*await entry_page(talk, row))


_ENTRY: Form[EntryDraft] = Form(
    "honours_entry",
    N_("Entry in the register"),
    questionnaire(EntryDraft),
    _kept,
    send_label=N_("💾 Save it"),
    right=_RIGHT,
)


async def show(talk: Talk, honoured_id: HonouredId) -> None:
    row = await register.find(talk.session, honoured_id)
    await note(talk, HonourAction.HONOURED_READ, row)
    talk.edit(*await entry_page(talk, row))


async def entry_page(talk: Talk, row: Honoured) -> Page:
    """All that is kept of an entry, with the last answers about their situation."""
    lines = [
        *words.entry_lines(talk._, entry_of(talk.session, row)),
        *words.state_lines(talk, row),
        *await answer_lines(talk, row),
    ]
    rows: list[Sequence[Button]] = [
        [presses.BEGIN_CHANGE.button(talk._("✎ Change"), row.id), presses.ASK_STATE.button(talk._("State"), row.id)],
        [
            presses.ASK_TO_LINK.button(talk._("🔗 Personal link"), row.id),
            presses.ASK_TO_REMOVE.button(talk._("🗑 Remove …"), row.id),
        ],
        [presses.PAGE.button(talk._("◀ Back"))],
    ]
    return Markup("\n").join(lines), rows


async def ask_state(talk: Talk, honoured_id: HonouredId) -> None:
    row = await register.find(talk.session, honoured_id)
    rows = [
        [presses.SET_STATE.button(talk._(label), row.id, row.state.value, state.value)]
        for state, label in words.STATES.items()
        if state is not row.state
    ]
    said = talk._("Now: {state}. What should it be?").format(state=talk._(words.STATES[row.state]))
    talk.edit(said, [*rows, [presses.SHOW.button(talk._("◀ Back"), row.id)]])


async def set_state(talk: Talk, honoured_id: HonouredId, seen: str, state: str) -> None:
    if not {seen, state} <= set(HonourState):
        raise InvalidCallback
    row = await register.set_state(talk.session, honoured_id, HonourState(seen), HonourState(state), talk.now)
    await note(talk, HonourAction.HONOURED_CHANGED, row, f"{seen} -> {state}")
    talk.edit(*await entry_page(talk, row))


async def ask_to_remove(talk: Talk, honoured_id: HonouredId) -> None:
    row = await register.find(talk.session, honoured_id)
    asks = talk._("Remove this entry from the register, with the answers about their situation? This can't be undone.")
    go = presses.REMOVE.button(talk._("🗑 Remove it"), row.id)
    ask_first(talk, asks, go, presses.SHOW.button(talk._("◀ Back"), row.id))


async def remove(talk: Talk, honoured_id: HonouredId) -> None:
    row = await register.find(talk.session, honoured_id)
    await note(talk, HonourAction.HONOURED_REMOVED, row)
    await register.remove(talk.session, honoured_id)
    talk.edit(talk._("The entry is removed."), [[presses.PAGE.button(talk._("◀ Back"))]])
