"""Ready answers of the desks, changed in the chat: added, rewritten, taken away."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from handlers.admin import presses
from handlers.admin.settings import note_change
from handlers.chat import forms
from handlers.chat.press import InvalidCallback
from handlers.chat.questions import Form, NotAnAnswer, Question
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import LANGUAGES
from handlers.inputs.text import clean, short_text
from storage.cases.desks import Canned, Desk, in_language
from storage.dialogues import Answers, Value
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
    routes.press(presses.DROP, drop, right=right)
    routes.form(_ANSWER)


async def choose_desk(talk: Talk) -> None:
    rows = [
        [presses.SHOW_DESK.button(f"{desk.sign} {in_language(desk.title, talk.language)}", key)]
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
    lines += [Markup("{}: {}").format(LANGUAGES.get(code, code), text) for code, text in found.words.items()]
    talk.edit(
        Markup("\n").join(lines),
        [
            [presses.EDIT.button(talk._("✎ Change"), key, at), presses.DROP.button(talk._("🗑 Remove"), key, at)],
            [presses.SHOW_DESK.button(talk._("◀ Back"), key)],
        ],
    )


async def add(talk: Talk, key: str) -> None:
    _desk(talk, key)
    await forms.begin(talk, _ANSWER, {"_desk": key, "_at": -1})


async def edit(talk: Talk, key: str, at: int) -> None:
    found = _answer(_desk(talk, key), at)
    kept = {f"words_{code}": found.words.get(code) for code in LANGUAGES}
    await forms.begin(talk, _ANSWER, {"_desk": key, "_at": at, "title": found.title, **kept})


async def drop(talk: Talk, key: str, at: int) -> None:
    desk = _desk(talk, key)
    gone = _answer(desk, at)
    await _keep(talk, desk, [one for one in desk.answers if one is not gone], f"without “{gone.title}”")
    talk.edit(talk._("Removed."), [[presses.SHOW_DESK.button(talk._("◀ Back"), key)]])


async def _done(talk: Talk, answers: Answers) -> None:
    desk, at = _desk(talk, str(answers["_desk"])), int(str(answers["_at"]))
    words = {code: str(answers[f"words_{code}"]) for code in LANGUAGES if answers.get(f"words_{code}")}
    changed = Canned(str(answers["title"]), words)
    kept = list(desk.answers)
    if 0 <= at < len(kept):
        kept[at] = changed
    else:
        kept.append(changed)
    await _keep(talk, desk, kept, f"“{changed.title}”")
    talk.say(Markup("✓ <b>{}</b>").format(changed.title), [[presses.SHOW_DESK.button(talk._("◀ Back"), desk.key)]])


async def _keep(talk: Talk, desk: Desk, answers: list[Canned], about: str) -> None:
    name = f"desks.{desk.key}.answers"
    value: list[dict[str, Any]] = [{"title": one.title, "words": dict(one.words)} for one in answers]
    talk.context.ports.settings_editor.checked(name, value)
    await settings.change(talk.session, name, value, talk.person.id, talk.now)
    await note_change(talk, name, about)


async def _read_words(talk: Talk) -> Value:
    text = "\n".join(clean(line) for line in talk.text.splitlines()).strip()
    if not 2 <= len(text) <= 1_500:
        raise NotAnAnswer(talk._("Please write it in 2 to 1500 characters."))
    return text


def _words(code: str, name: str) -> Question:
    return Question(
        key=f"words_{code}",
        title=lambda talk: talk._("In {language}").format(language=name),
        read=_read_words,
        optional=lambda answers: any(answers.get(f"words_{other}") for other in LANGUAGES),
        ask=lambda talk, _: talk._(
            "The answer in {language}. Anything in {{curly braces}} is filled in before it is sent."
        ).format(language=name),
    )


_ANSWER = Form(
    name="ready_answer",
    title=lambda talk: talk._("Ready answer"),
    questions=(
        Question(
            key="title",
            title=lambda talk: talk._("Name on the button"),
            ask=lambda talk, _: talk._("What should its button say?"),
            read=short_text(1, 40, lambda talk: talk._("Please write a name of up to 40 characters.")),
        ),
        *(_words(code, name) for code, name in LANGUAGES.items()),
    ),
    done=_done,
    send_label=lambda talk: talk._("✔ Save"),
    right=Right.ADMINISTER,
)
