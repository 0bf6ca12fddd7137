"""What a form shows: its questions, and the page on which the answers are looked over."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat import presses
from handlers.chat.keyboards import location_keyboard
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.rows import packed
from handlers.chat.talk import Danger
from handlers.forms.filling import AnyFilling
from handlers.forms.questions import EMPTY, AnyQuestion, Does, said
from handlers.i18n.formatting import labelled, listed
from storage.dialogues import Value

_LONG_FORM = 3
"""Questions from which on it is said how far the form has come."""

_FEW = 6
"""Answers on the page of review up to which each has its button there; those of more unfold from one."""

_MANY = 8
"""Answers above which their buttons stand three in a row where they fit, and those that were not given share a line on
the page of review: it has to stay within a phone's screen."""

FURTHER = "further"
"""The argument of the button that ends a form in its other way."""
UNFOLDED = "edits"
"""The page of the review on which an answer is chosen to be changed."""

SHOW = "show"
"""What the button does that leads back to a form."""


async def show(filling: AnyFilling) -> None:
    """The question that is asked, or the review page."""
    if await is_shown_later(filling):
        return
    question, talk = filling.question, filling.talk
    if filling.state.is_set_aside:
        filling.state.is_set_aside = False
        await filling.keep()
    if question is None or question.keyboard is None:
        talk.say(*page_of(filling))
    else:
        # A message has either buttons or a keyboard.
        talk.say(question_text(filling, question), keyboard=question.keyboard(talk))
        if not filling.state.has_keyboard:
            filling.state.has_keyboard = True
            await filling.keep()
        talk.say(talk._(question.keyboard_hint), question_buttons(filling))


def restore_keyboard(filling: AnyFilling, words: str) -> None:
    """Once the question that has a keyboard of its own is left, in whatever way. The words carry it."""
    if filling.state.has_keyboard:
        filling.talk.say(words, keyboard=location_keyboard(filling.talk))
        filling.state.has_keyboard = False


def page_of(filling: AnyFilling) -> Page:
    """The question, or the review page, with its buttons."""
    question = filling.question
    if question is not None:
        return question_text(filling, question), question_buttons(filling)
    return _unfolded(filling) if filling.state.page == UNFOLDED else (_review(filling), _review_buttons(filling))


async def is_shown_later(filling: AnyFilling) -> bool:
    """To somebody in danger nothing is shown now: the form waits for what they write next."""
    is_later = filling.talk.danger is Danger.ALONE
    if is_later != filling.state.is_hidden:
        filling.state.is_hidden = is_later
        await filling.keep()
    return is_later


def question_text(filling: AnyFilling, question: AnyQuestion) -> Markup:
    """The question, below how far the form has come, or what the answer is so far."""
    talk, position = filling.talk, filling.position()
    note = question.input.page(talk, filling.state.page).note
    ask = Markup(filling.ask(question)) + (Markup("\n\n{}").format(note) if note else "")
    if filling.is_changing:
        return _so_far(filling, question) + "\n" + ask
    if question.collects and filling.parts and not filling.choices(question):
        ask += "\n" + _so_far(filling, question)
    if position is None or position[1] < _LONG_FORM:
        return ask
    step = talk._("Step {n} of {total}").format(n=position[0], total=position[1])
    return Markup("<i>{}</i>\n{}").format(step, ask)


def _so_far(filling: AnyFilling, question: AnyQuestion) -> Markup:
    """What the answer is now: what was sent for it, where it is told in several messages."""
    talk, answer = filling.talk, filling.state.filled.answers.get(question.key)
    if not question.collects or filling.choices(question):
        return answer_line(filling, question, answer)
    told = filling.parts or answer
    line = answer_line(filling, question, told)
    return line + "\n" + Markup("<i>{}</i>").format(talk._("To add something, just send it.")) if told else line


def answered_text(filling: AnyFilling, question: AnyQuestion, chosen: str) -> Markup:
    """The question with the answer that was chosen on a button."""
    return question_text(filling, question) + Markup("\n▸ <b>{}</b>").format(chosen)


def show_chosen(filling: AnyFilling, question: AnyQuestion, words: str) -> None:
    """The answer stays visible below its question, as one that was typed does."""
    if question.keyboard is None:
        filling.talk.close(answered_text(filling, question, words))
    else:  # the buttons stand below another message
        filling.talk.remove_buttons()


def answer_line(filling: AnyFilling, question: AnyQuestion, stored: Value) -> Markup:
    talk = filling.talk
    return labelled(talk._, filling.title(question), Markup("<b>{}</b>").format(question.show(talk, stored)))


def back_button(filling: AnyFilling) -> Button:
    """Stands below whatever else is said in mid-form."""
    talk = filling.talk
    label = talk._("↩ Back to my form: {form}").format(form=said(talk, filling.form.title))
    return _button(filling, label, SHOW)


def question_buttons(filling: AnyFilling) -> Buttons:
    """Below the question that is asked."""
    question, talk = filling.question, filling.talk
    if question is None:
        return []
    rows = _in_columns(_choice_buttons(filling, question), question.columns)
    rows += _page_buttons(filling, question)
    if question.offers is not None:
        rows += [[button] for button in question.offers(talk, filling.draft)]
    if filling.parts and (filling.has_added or not filling.is_changing):
        rows.append(
            [_button(filling, talk._("✔ That's all"), "done"), _button(filling, talk._("🗑 Start over"), "empty")]
        )
    if filling.is_changing:
        return [*rows, *filter(None, [_controls_of_a_change(filling, question)])]
    controls = []
    if filling.state.trail:
        controls.append(_button(filling, talk._("◀ Back"), "back"))
    if filling.is_optional(question) and not filling.parts:
        controls.append(_button(filling, talk._("Skip"), "skip"))
    controls.append(_cancel_button(filling))
    return [*rows, *_for_later(filling), controls]


def _controls_of_a_change(filling: AnyFilling, question: AnyQuestion) -> list[Button]:
    talk = filling.talk
    if filling.has_added:
        return []
    controls = [_button(filling, talk._("↩ Keep as it is"), "keep")]
    if filling.is_optional(question) and filling.state.filled.answers[question.key] is not None:
        label = talk._("🗑 Remove all") if len(filling.parts) > 1 else talk._("🗑 Remove")
        controls.append(_button(filling, label, "clear"))
    elif filling.parts:
        controls.append(_button(filling, talk._("🗑 Start over"), "empty"))
    return controls


def _choice_buttons(filling: AnyFilling, question: AnyQuestion) -> list[Button]:
    buttons = []
    for choice in filling.choices(question):
        is_taken = filling.parts and question.parts(choice.value)[0] in filling.parts
        buttons.append(_button(filling, ("✅ " if is_taken else "") + choice.label, "choose", choice.id))
    return buttons


def _page_buttons(filling: AnyFilling, question: AnyQuestion) -> list[list[Button]]:
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
    confirmation = filling.form.confirmation
    if confirmation is not None:
        return _answers_below(filling, confirmation.asks(filling.talk, filling.draft))
    said = Markup("{}").format(filling.talk._("Is everything correct?"))
    if filling.form.early is not None:
        said += Markup("\n<i>{}</i>").format(filling.talk._("To add something, just send it."))
    return _answers_below(filling, said)


def _unfolded(filling: AnyFilling) -> Page:
    """The answers with a button for each, in the place of the review page."""
    talk = filling.talk
    back = _button(filling, talk._("◀ Back"), Does.TURN)
    return _answers_below(filling, talk._("Which answer do you want to change?")), [*_edit_buttons(filling), [back]]


def _cancel_button(filling: AnyFilling) -> Button:
    confirmation, talk = filling.form.confirmation, filling.talk
    label = talk._("✖ Cancel") if confirmation is None else said(talk, confirmation.no)
    return _button(filling, label, "cancel")


def receipt(filling: AnyFilling) -> str:
    """What the review page becomes once it is confirmed."""
    talk = filling.talk
    local = talk.now.astimezone(talk.context.settings.organisation.zone)
    return _answers_below(filling, talk._("✓ Confirmed at {time}").format(time=f"{local:%H:%M}"))


def _answers_below(filling: AnyFilling, words: str) -> str:
    talk, answers, form = filling.talk, filling.state.filled.answers, filling.form
    lines = [Markup("<b>{}</b>").format(said(talk, form.title)), Markup(words)]
    if form.preview is not None:
        return Markup("\n").join([*lines, form.preview(talk, filling.draft)])
    shown = [question for question in form.questions if question.key in answers]
    empty = [one for one in shown if one.show(talk, answers[one.key]) == EMPTY] if len(shown) > _MANY else []
    lines += [answer_line(filling, question, answers[question.key]) for question in shown if question not in empty]
    if empty:
        names = listed((filling.title(question) for question in empty), talk.language)
        lines.append(labelled(talk._, talk._("Left empty"), names))
    return Markup("\n").join(lines)


def _review_buttons(filling: AnyFilling) -> Buttons:
    edits = _edit_buttons(filling)
    if sum(map(len, edits)) > _FEW:
        edits = [[_button(filling, filling.talk._("✎ Change an answer"), Does.TURN, UNFOLDED)]]
    further = filling.form.further_end
    ends = [] if further is None else [[_button(filling, said(filling.talk, further.label), "send", FURTHER)]]
    ends.append([_button(filling, _send_label(filling), "send")])
    return [*ends, *edits, *_for_later(filling), [_cancel_button(filling)]]


def _edit_buttons(filling: AnyFilling) -> list[list[Button]]:
    edits = [
        _button(filling, "✎ " + filling.title(question), "edit", question.key)
        for question in filling.form.questions
        if question.key in filling.state.filled.answers
    ]
    return packed(edits, 3 if len(edits) > _MANY else 2)


def buttons_in_words(filling: AnyFilling) -> list[Button]:
    """All that can be pressed now, also what would have to be unfolded first."""
    _, rows = page_of(filling)
    shown = [button for row in rows for button in row]
    folded = [] if filling.question is not None else [edit for row in _edit_buttons(filling) for edit in row]
    return list(dict.fromkeys([*shown, *folded]))


def _send_label(filling: AnyFilling) -> str:
    talk, form = filling.talk, filling.form
    if form.confirmation is not None:
        return form.confirmation.yes(talk, filling.draft)
    return said(talk, form.send_label) if form.send_label else talk._("✔ Send")
