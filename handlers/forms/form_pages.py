"""What a form shows: its questions, and the page on which the answers are looked over."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from handlers.chat import presses
from handlers.chat.press import Button, Buttons
from handlers.chat.talk import Danger
from handlers.forms.filling import AnyFilling
from handlers.forms.questions import Question, said


async def show(filling: AnyFilling) -> None:
    """The question that is asked, or the review page."""
    if await _is_shown_later(filling):
        return
    question, talk = filling.question, filling.talk
    if question is None:
        talk.say(_review(filling), _review_buttons(filling))
    elif question.keyboard is None:
        talk.say(question_words(filling), question_buttons(filling))
    else:
        # A message has either buttons or a keyboard.
        talk.say(filling.ask(question), keyboard=question.keyboard(talk))
        talk.say(talk._("Press the button below the chat, or type the number."), question_buttons(filling))


async def _is_shown_later(filling: AnyFilling) -> bool:
    """To somebody in danger nothing is shown now: the form waits for what they write next."""
    is_later = filling.talk.danger is Danger.ALONE
    if is_later != filling.state.is_hidden:
        filling.state.is_hidden = is_later
        await filling.keep()
    return is_later


def question_words(filling: AnyFilling) -> str:
    """The question that is asked, with what its page says."""
    question = filling.question
    if question is None:
        return ""
    note = question.input.page(filling.talk, filling.state.page).note
    return Markup("{}\n\n{}").format(Markup(filling.ask(question)), note) if note else filling.ask(question)


def question_buttons(filling: AnyFilling) -> Buttons:
    """Below the question that is asked."""
    question, talk = filling.question, filling.talk
    if question is None:
        return []
    rows = _in_columns(_choice_buttons(filling, question), question.columns)
    rows += _page_buttons(filling, question)
    if filling.parts:
        rows.append(
            [_button(filling, talk._("✔ That's all"), "done"), _button(filling, talk._("🗑 Start over"), "empty")]
        )
    controls = []
    if filling.state.trail:
        controls.append(_button(filling, talk._("◀ Back"), "back"))
    if filling.is_optional(question):
        controls.append(_button(filling, talk._("Skip"), "skip"))
    controls.append(_button(filling, talk._("✖ Cancel"), "cancel"))
    return [*rows, *_for_later(filling), controls]


def _choice_buttons(filling: AnyFilling, question: Question[Any, Any]) -> list[Button]:
    buttons = []
    for choice in filling.choices(question):
        is_taken = filling.parts and question.parts(choice.value)[0] in filling.parts
        buttons.append(_button(filling, ("✅ " if is_taken else "") + choice.label, "choose", choice.id))
    return buttons


def _page_buttons(filling: AnyFilling, question: Question[Any, Any]) -> list[list[Button]]:
    page = question.input.page(filling.talk, filling.state.page)
    return [[_button(filling, cell.label, cell.does.value, cell.argument) for cell in row] for row in page.rows]


def _button(filling: AnyFilling, label: str, what: str, argument: str = "") -> Button:
    return presses.FORM.button(label, filling.state.mark, what, argument)


def _in_columns(buttons: list[Button], columns: int) -> list[list[Button]]:
    return [buttons[at : at + columns] for at in range(0, len(buttons), columns)]


def _for_later(filling: AnyFilling) -> Buttons:
    if filling.form.save is None:
        return []
    return [[_button(filling, filling.talk._("💾 Save for later"), "save")]]


def _review(filling: AnyFilling) -> str:
    talk, answers = filling.talk, filling.state.filled.answers
    lines = [Markup("<b>{}</b>").format(said(talk, filling.form.title)), Markup(talk._("Is everything correct?"))]
    for question in filling.form.questions:
        if question.key in answers:
            shown = question.show(talk, answers[question.key])
            lines.append(Markup("{}: <b>{}</b>").format(question.title_for(talk), shown))
    return Markup("\n").join(lines)


def _review_buttons(filling: AnyFilling) -> Buttons:
    talk = filling.talk
    edits = [
        _button(filling, "✎ " + question.title_for(talk), "edit", question.key)
        for question in filling.form.questions
        if question.key in filling.state.filled.answers
    ]
    label = said(talk, filling.form.send_label) if filling.form.send_label else talk._("✔ Send")
    send, cancel = [_button(filling, label, "send")], [_button(filling, talk._("✖ Cancel"), "cancel")]
    return [send, *_in_columns(edits, 2), *_for_later(filling), cancel]
