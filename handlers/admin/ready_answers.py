"""Ready answers of the desks, changed in the chat: added, rewritten, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from handlers.admin import presses
from handlers.admin.settings import note_change
from handlers.chat.confirming import ask_first
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import ContextValue, Form, Questionnaire
from handlers.forms.questions import Question
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import LANGUAGES, N_
from handlers.inputs.number import NUMBER
from handlers.inputs.text import TEXT, ParagraphInput, TextInput
from storage.cases.desks import Canned, Desk, in_language
from storage.dialogues import Filled
from storage.operations import settings
from storage.people.access import Right

MOST = 20


def register(routes: Routes) -> None:
    right = Right.ADMINISTER
    routes.press(presses.CHOOSE_DESK, choose_desk, right=right, writes=False)
    routes.press(presses.SHOW_DESK, show_desk, right=right, writes=False)
    routes.press(presses.SHOW_ANSWER, show_answer, right=right, writes=False)
    routes.press(presses.ADD, add, right=right)
    routes.press(presses.EDIT, edit, right=right)
    routes.press(presses.DROP, ask_to_drop, right=right, writes=False)
    routes.press(presses.DROP_NOW, drop, right=right)
    routes.form(_ANSWER)


async def choose_desk(talk: Talk) -> None:
    rows = [
        [presses.SHOW_DESK.button(f"{desk.emoji} {in_language(desk.title, talk.language)}", key)]
        for key, desk in talk.context.settings.desks.items()
    ]
    talk.edit(talk._("Which desk?"), [*rows, [presses.SHOW_ALL.button(talk._("◀ Back"))]])


def _desk(talk: Talk, key: str) -> Desk:
    desk = talk.context.settings.desks.get(key)
    if desk is None:
        raise InvalidCallback
    return desk


async def show_desk(talk: Talk, key: str) -> None:
    desk = _desk(talk, key)
    rows = [[presses.SHOW_ANSWER.button(one.title, key, at)] for at, one in enumerate(desk.answers)]
    add_button = [presses.ADD.button(talk._("➕ Add"), key)] if len(desk.answers) < MOST else []
    title = Markup("💬 <b>{}</b>").format(in_language(desk.title, talk.language))
    talk.edit(title, [*rows, add_button, [presses.CHOOSE_DESK.button(talk._("◀ Back"))]])


def _answer(desk: Desk, at: int) -> Canned:
    if not 0 <= at < len(desk.answers):
        raise InvalidCallback
    return desk.answers[at]


async def show_answer(talk: Talk, key: str, at: int) -> None:
    found = _answer(_desk(talk, key), at)
    lines = [Markup("<b>{}</b>").format(found.title)]
    lines += [labelled(talk._, LANGUAGES.get(code, code), text) for code, text in found.words.items()]
    talk.edit(
        Markup("\n").join(lines),
        [
            [presses.EDIT.button(talk._("✎ Change"), key, at), presses.DROP.button(talk._("🗑 Remove"), key, at)],
            [presses.SHOW_DESK.button(talk._("◀ Back"), key)],
        ],
    )


async def add(talk: Talk, key: str) -> None:
    _desk(talk, key)
    await forms.resume(talk, _ANSWER, Filled(context={"desk": key, "at": -1}))


async def edit(talk: Talk, key: str, at: int) -> None:
    found = _answer(_desk(talk, key), at)
    answers = {_key(code): found.words.get(code) for code in LANGUAGES}
    filled = Filled(answers={"title": found.title, **answers}, context={"desk": key, "at": at})
    await forms.resume(talk, _ANSWER, filled)


async def ask_to_drop(talk: Talk, key: str, at: int) -> None:
    found = _answer(_desk(talk, key), at)
    ask_first(
        talk,
        talk._("Remove the ready answer “{title}”?").format(title=found.title),
        presses.DROP_NOW.button(talk._("🗑 Remove it"), key, at),
        presses.SHOW_ANSWER.button(talk._("Keep it"), key, at),
        presses.SHOW_DESK.button(talk._("◀ Back"), key),
    )


async def drop(talk: Talk, key: str, at: int) -> None:
    desk = _desk(talk, key)
    gone = _answer(desk, at)
    await _keep(talk, desk, [one for one in desk.answers if one is not gone], f"without “{gone.title}”")
    talk.edit(talk._("Removed."), [[presses.SHOW_DESK.button(talk._("◀ Back"), key)]])


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """A ready answer of a desk; `at` is its place in the list, -1 for a new one. `words` are by language."""

    desk: str
    at: int
    title: str
    words: Mapping[str, str]


def _draft(values: Mapping[str, Any]) -> AnswerDraft:
    words = {code: values[_key(code)] for code in LANGUAGES if _key(code) in values}
    return AnswerDraft(values["desk"], values["at"], values.get("title", ""), words)


def _key(code: str) -> str:
    """The question's, for a language."""
    return f"words_{code}"


async def _done(talk: Talk, draft: AnswerDraft) -> None:
    desk = _desk(talk, draft.desk)
    changed = Canned(draft.title, draft.words)
    kept = list(desk.answers)
    if 0 <= draft.at < len(kept):
        kept[draft.at] = changed
    else:
        kept.append(changed)
    await _keep(talk, desk, kept, f"“{changed.title}”")
    talk.say(Markup("✓ <b>{}</b>").format(changed.title), [[presses.SHOW_DESK.button(talk._("◀ Back"), desk.key)]])


async def _keep(talk: Talk, desk: Desk, answers: list[Canned], about: str) -> None:
    name = f"desks.{desk.key}.answers"
    value: list[dict[str, object]] = [{"title": one.title, "words": dict(one.words)} for one in answers]
    talk.context.ports.settings_editor.checked(name, value)
    await settings.change(talk.session, name, value, talk.person.id, talk.now)
    await note_change(talk, name, about)


def _words(code: str, name: str) -> Question[str, AnswerDraft]:
    return Question(
        key=_key(code),
        title=lambda talk: talk._("In {language}").format(language=name),
        ask=lambda talk, _draft: talk._(
            "The answer in {language}. Anything in {{curly braces}} is filled in before it is sent."
        ).format(language=name),
        input=ParagraphInput(2, 1_500),
        optional=lambda draft: bool(draft.words),
    )


_TITLE: Question[str, AnswerDraft] = Question(
    N_("Button name"), N_("What should its button say?"), TextInput(1, 40), key="title"
)
_ANSWER = Form(
    name="ready_answer",
    title=N_("Ready answer"),
    questionnaire=Questionnaire(
        [_TITLE, *(_words(code, name) for code, name in LANGUAGES.items())],
        _draft,
        context={"desk": ContextValue(TEXT, ("desk",)), "at": ContextValue(NUMBER, ("at",))},
    ),
    done=_done,
    send_label=N_("✔ Save"),
    right=Right.ADMINISTER,
)
