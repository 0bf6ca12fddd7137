"""The form engine: every dialogue with more than one question is a declared Form.

Where a person stands is kept in the database (storage/dialogues.py), so a form goes on after a restart, and on another
replica. A button of a form carries the mark of the step that it belongs to: an old one only shows the question again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from handlers.access import Right
from handlers.incoming import Json
from handlers.keyboards import location_keyboard
from handlers.rights import check_right
from handlers.talk import Button, Buttons, Forged, Talk
from storage import dialogues
from storage.dialogues import Answers, OpenForm, Value


class NotAnAnswer(Exception):
    """What came is no answer to this question; carries the sentence that says what a right one looks like."""


class Choice:
    """A ready answer on a button. `id` is at most 20 characters, `value` what is kept."""

    __slots__ = ("id", "label", "value")

    def __init__(self, id_: str, label: str, value: Value) -> None:
        self.id, self.label, self.value = id_, label, value


def no_choices(_talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return ()


def always(_answers: Answers) -> bool:
    return True


def as_it_is(_talk: Talk, value: Value) -> str:
    return str(value)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `ask` says it, and why it is asked; `read` makes the kept value of a message or raises NotAnAnswer.

    `when` leaves it out for answers that make it pointless; `show` is how the answer stands on the review page.
    `columns` of choices stand side by side. `keyboard` is a reply keyboard that belongs to this question alone.
    """

    key: str
    title: Callable[[Talk], str]
    ask: Callable[[Talk, Answers], str]
    read: Callable[[Talk], Awaitable[Value]]
    choices: Callable[[Talk, Answers], Sequence[Choice]] = no_choices
    optional: bool | Callable[[Answers], bool] = False
    takes_location: bool = False
    columns: int = 1
    keyboard: Callable[[Talk], Json] | None = None
    when: Callable[[Answers], bool] = always
    show: Callable[[Talk, Value], str] = as_it_is

    def is_optional(self, answers: Answers) -> bool:
        return self.optional(answers) if callable(self.optional) else self.optional


@dataclass(frozen=True, slots=True)
class Form:
    """A dialogue: its questions in order, and what happens with the answers.

    `before` runs ahead of the transaction, for what takes long (a look-up elsewhere); its result is `talk.fetched`.
    With `review`, the answers are shown before `done`, and each can be changed there. `right` is asked for at every
    answer. Answers whose key begins with "_" are what the form was begun with.
    """

    name: str
    title: Callable[[Talk], str]
    questions: Sequence[Question]
    done: Callable[[Talk, Answers], Awaitable[None]]
    review: bool = True
    send_label: Callable[[Talk], str] | None = None
    right: Right = Right.USE
    before: Callable[[Talk], Awaitable[object]] | None = None
    by_key: Mapping[str, Question] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {question.key: question for question in self.questions})


def one_question(
    name: str, question: Question, done: Callable[[Talk, Answers], Awaitable[None]], right: Right = Right.USE
) -> Form:
    """A form that ends with its one answer, without a review."""
    return Form(name=name, title=question.title, questions=(question,), done=done, review=False, right=right)


async def begin(talk: Talk, form: Form, answers: Answers | None = None) -> None:
    """Starts the form (in place of one that was open) and asks the first question."""
    state = OpenForm(talk.person.id, form.name, None, dict(answers or {}))
    await _go_on(talk, form, state)


async def answer(talk: Talk, forms: Mapping[str, Form]) -> bool:
    """A message that may answer the open form; False if no form is open (any more)."""
    state = await dialogues.current(talk.session, talk.person.id, talk.now)
    form = forms.get(state.form) if state else None
    if state is None or form is None:
        return False
    if not await _may_go_on(talk, form):
        return True
    if state.step is None or state.step not in form.by_key:
        await _show(talk, form, state)
        return True
    question = form.by_key[state.step]
    try:
        value = await question.read(talk)
    except NotAnAnswer as hint:
        talk.say(str(hint), _buttons(talk, form, state))
        return True
    await _take(talk, form, state, question, value)
    return True


def takes_location(form: Form) -> bool:
    """Whether a location may be an answer in this form; elsewhere it is a search."""
    return any(question.takes_location for question in form.questions)


async def press(talk: Talk, forms: Mapping[str, Form], mark: str, what: str, argument: str) -> None:
    """A button of a form.

    Raises:
        Forged: no such button exists.
    """
    state = await dialogues.current(talk.session, talk.person.id, talk.now)
    form = forms.get(state.form) if state else None
    if state is None or form is None:
        talk.toast(talk._("This form is closed. Start again from the menu."), alert=True)
        return
    if not await _may_go_on(talk, form):
        return
    if mark != state.mark:
        talk.toast(talk._("This button is old. Here is where we are."))
        await _show(talk, form, state)
        return
    talk.call("editMessageReplyMarkup", {"chat_id": talk.chat_id, "message_id": talk.pressed_message_id})
    actions = {"choose": _choose, "skip": _skip, "back": _back, "edit": _edit, "send": _send, "cancel": _cancel}
    action = actions.get(what)
    if action is None:
        raise Forged
    await action(talk, form, state, argument)


async def _may_go_on(talk: Talk, form: Form) -> bool:
    """The right may have been taken away in mid-form: then the form is closed."""
    if await check_right(talk, form.right):
        return True
    await dialogues.close(talk.session, talk.person.id)
    return False


async def cancel(talk: Talk, forms: Mapping[str, Form]) -> bool:
    """Closes the open form and forgets its answers; False if there was none."""
    state = await dialogues.current(talk.session, talk.person.id, talk.now)
    await dialogues.close(talk.session, talk.person.id)
    return state is not None and state.form in forms


async def remind(talk: Talk, forms: Mapping[str, Form]) -> None:
    """After something else in mid-form: the answers are kept, and what was asked is asked again."""
    state = await dialogues.current(talk.session, talk.person.id, talk.now)
    form = forms.get(state.form) if state else None
    if state is not None and form is not None:
        talk.say(talk._("Your answers are kept. Let us go on:"))
        await _show(talk, form, state)


async def _keep(talk: Talk, state: OpenForm) -> None:
    await dialogues.keep(talk.session, state, talk.now, talk.house.retention.unfinished_forms)


async def _take(talk: Talk, form: Form, state: OpenForm, question: Question, value: Value) -> None:
    if question.keyboard is not None:
        talk.say(talk._("👍 Thank you."), keyboard=location_keyboard(talk))
    state.answers[question.key] = value
    state.trail = [*(key for key in state.trail if key != question.key), question.key]
    await _go_on(talk, form, state)


async def _go_on(talk: Talk, form: Form, state: OpenForm) -> None:
    """To the next question that has no answer, else to the review page, else to the end."""
    _drop_pointless(form, state)
    waiting = (question for question in form.questions if question.key not in state.answers)
    following = next((question for question in waiting if question.when(state.answers)), None)
    if following is None and not form.review:
        await _finish(talk, form, state)
        return
    state.step = following.key if following else None
    await _keep(talk, state)
    await _show(talk, form, state)


def _drop_pointless(form: Form, state: OpenForm) -> None:
    """An answer whose question another answer has made pointless is not kept."""
    for question in form.questions:
        if question.key in state.answers and not question.when(state.answers):
            del state.answers[question.key]
            state.trail = [key for key in state.trail if key != question.key]


async def _show(talk: Talk, form: Form, state: OpenForm) -> None:
    if state.step is None or state.step not in form.by_key:
        talk.say(_review(talk, form, state), _review_buttons(talk, form, state))
        return
    question = form.by_key[state.step]
    if question.keyboard is None:
        talk.say(question.ask(talk, state.answers), _buttons(talk, form, state))
    else:
        # A message has either buttons or a keyboard.
        talk.say(question.ask(talk, state.answers), keyboard=question.keyboard(talk))
        talk.say(talk._("Press the button below the chat, or type it."), _buttons(talk, form, state))


async def _finish(talk: Talk, form: Form, state: OpenForm) -> None:
    await dialogues.close(talk.session, talk.person.id)
    await form.done(talk, state.answers)


async def _choose(talk: Talk, form: Form, state: OpenForm, argument: str) -> None:
    question = form.by_key.get(state.step or "")
    choices = question.choices(talk, state.answers) if question else ()
    chosen = next((choice for choice in choices if choice.id == argument), None)
    if question is None or chosen is None:
        raise Forged
    await _take(talk, form, state, question, chosen.value)


async def _skip(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    question = form.by_key.get(state.step or "")
    if question is None or not question.is_optional(state.answers):
        raise Forged
    await _take(talk, form, state, question, None)


async def _back(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    """To the question answered last; its answer is asked for anew, the others are kept."""
    if state.trail:
        state.step = state.trail.pop()
        state.answers.pop(state.step, None)
        await _keep(talk, state)
    await _show(talk, form, state)


async def _edit(talk: Talk, form: Form, state: OpenForm, argument: str) -> None:
    if argument not in form.by_key or not form.review:
        raise Forged
    state.step = argument
    state.answers.pop(argument, None)
    state.trail = [key for key in state.trail if key != argument]
    await _keep(talk, state)
    await _show(talk, form, state)


async def _send(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    if state.step is not None:
        await _show(talk, form, state)
        return
    await _finish(talk, form, state)


async def _cancel(talk: Talk, _form: Form, _state: OpenForm, _argument: str) -> None:
    await dialogues.close(talk.session, talk.person.id)
    talk.say(talk._("Cancelled. Nothing of it was kept."), keyboard=location_keyboard(talk))


def _buttons(talk: Talk, form: Form, state: OpenForm) -> Buttons:
    question = form.by_key[state.step or ""]
    keys = [
        Button(choice.label, f"form:{state.mark}:choose:{choice.id}")
        for choice in question.choices(talk, state.answers)
    ]
    rows = [keys[at : at + question.columns] for at in range(0, len(keys), question.columns)]
    controls = []
    if state.trail:
        controls.append(Button(talk._("◀ Back"), f"form:{state.mark}:back:"))
    if question.is_optional(state.answers):
        controls.append(Button(talk._("Skip"), f"form:{state.mark}:skip:"))
    controls.append(Button(talk._("✖ Cancel"), f"form:{state.mark}:cancel:"))
    return [*rows, controls]


def _review(talk: Talk, form: Form, state: OpenForm) -> str:
    lines = [Markup("<b>{}</b>").format(form.title(talk)), Markup(talk._("Is everything right?"))]
    for question in form.questions:
        if question.key in state.answers:
            value = state.answers[question.key]
            shown = "—" if value is None else question.show(talk, value)
            lines.append(Markup("{}: <b>{}</b>").format(question.title(talk), shown))
    return Markup("\n").join(lines)


def _review_buttons(talk: Talk, form: Form, state: OpenForm) -> Buttons:
    edits = [
        Button("✎ " + question.title(talk), f"form:{state.mark}:edit:{question.key}")
        for question in form.questions
        if question.key in state.answers
    ]
    rows = [edits[at : at + 2] for at in range(0, len(edits), 2)]
    label = form.send_label(talk) if form.send_label else talk._("✔ Send")
    send = [Button(label, f"form:{state.mark}:send:")]
    return [send, *rows, [Button(talk._("✖ Cancel"), f"form:{state.mark}:cancel:")]]
