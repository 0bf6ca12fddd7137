"""What a form shows: its questions, and the page on which the answers are looked over."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat import presses
from handlers.chat.press import Buttons
from handlers.chat.questions import Form, gathering
from handlers.chat.talk import Talk
from storage.dialogues import OpenForm


def question_buttons(talk: Talk, form: Form, state: OpenForm) -> Buttons:
    question = form.by_key[state.step or ""]
    found = state.answers.get(gathering(question.key))
    parts = found if isinstance(found, list) else []
    keys = [
        presses.FORM.button(("✅ " if choice.value in parts else "") + choice.label, state.mark, "choose", choice.id)
        for choice in question.choices(talk, state.answers)
    ]
    rows = [keys[at : at + question.columns] for at in range(0, len(keys), question.columns)]
    if parts:
        rows.append(
            [
                presses.FORM.button(talk._("✔ That's all"), state.mark, "done", ""),
                presses.FORM.button(talk._("🗑 Start over"), state.mark, "empty", ""),
            ]
        )
    controls = []
    if state.trail:
        controls.append(presses.FORM.button(talk._("◀ Back"), state.mark, "back", ""))
    if question.is_optional(state.answers):
        controls.append(presses.FORM.button(talk._("Skip"), state.mark, "skip", ""))
    controls.append(presses.FORM.button(talk._("✖ Cancel"), state.mark, "cancel", ""))
    return [*rows, *_for_later(talk, form, state), controls]


def _for_later(talk: Talk, form: Form, state: OpenForm) -> Buttons:
    return [[presses.FORM.button(talk._("💾 Save for later"), state.mark, "save", "")]] if form.save is not None else []


def review(talk: Talk, form: Form, state: OpenForm) -> str:
    lines = [Markup("<b>{}</b>").format(form.title(talk)), Markup(talk._("Is everything correct?"))]
    for question in form.questions:
        if question.key in state.answers:
            value = state.answers[question.key]
            shown = "—" if value is None else question.show(talk, value)
            lines.append(Markup("{}: <b>{}</b>").format(question.title(talk), shown))
    return Markup("\n").join(lines)


def review_buttons(talk: Talk, form: Form, state: OpenForm) -> Buttons:
    edits = [
        presses.FORM.button("✎ " + question.title(talk), state.mark, "edit", question.key)
        for question in form.questions
        if question.key in state.answers
    ]
    rows = [edits[at : at + 2] for at in range(0, len(edits), 2)]
    label = form.send_label(talk) if form.send_label else talk._("✔ Send")
    send = [presses.FORM.button(label, state.mark, "send", "")]
    cancel = [presses.FORM.button(talk._("✖ Cancel"), state.mark, "cancel", "")]
    return [send, *rows, *_for_later(talk, form, state), cancel]
