"""The form engine: every dialogue with more than one question is a declared Form.

Where a person stands is kept in the database (storage/dialogues.py), so a form goes on after a restart, and on another
replica. A button of a form carries the mark of the step that it belongs to: an old one only shows the question again.
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers.chat.access_check import check_right
from handlers.chat.form_pages import question_buttons, review, review_buttons
from handlers.chat.keyboards import location_keyboard
from handlers.chat.press import InvalidCallback
from handlers.chat.questions import MOST_PARTS, Form, NotAnAnswer, Question, gathering
from handlers.chat.talk import Danger, Talk
from storage import dialogues
from storage.dialogues import Answers, OpenForm, Value

_UNSEEN = "_unseen"
"""Among the answers: what is asked has not been shown yet, so a message can't be the answer to it."""


async def begin(talk: Talk, form: Form, answers: Answers | None = None) -> None:
    """Starts the form (in place of one that was open) and asks the first question."""
    talk.context.ports.count_form_step(form.name, "", "begun")
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
    if talk.danger is Danger.ALONE and form.in_danger is not None:
        form.in_danger(talk, state.answers)
        await _keep(talk, state, same_step=True)
        return True
    if state.step is None or state.step not in form.by_key or state.answers.get(_UNSEEN):
        await _show(talk, form, state)
        return True
    question = form.by_key[state.step]
    talk.answered = state.answers
    try:
        value = await question.read(talk)
    except NotAnAnswer as hint:
        talk.context.ports.count_form_step(form.name, question.key, "not_an_answer")
        talk.say(str(hint), question_buttons(talk, form, state))
        return True
    if question.collects:
        await _gather(talk, form, state, question, value)
    else:
        await _take(talk, form, state, question, value)
    return True


def takes_location(form: Form) -> bool:
    """Whether a location may be an answer in this form; elsewhere it is a search."""
    return any(question.takes_location for question in form.questions)


async def press(talk: Talk, forms: Mapping[str, Form], mark: str, what: str, argument: str) -> None:
    """A button of a form.

    Raises:
        InvalidCallback: no such button exists.
    """
    state = await dialogues.current(talk.session, talk.person.id, talk.now)
    form = forms.get(state.form) if state else None
    if state is None or form is None:
        talk.answer_callback(talk._("This form is closed. Start again from the menu."), alert=True)
        return
    if not await _may_go_on(talk, form):
        return
    if mark != state.mark:
        talk.answer_callback(talk._("That button is out of date. Here is where we are:"))
        await _show(talk, form, state)
        return
    state.answers.pop(_UNSEEN, None)
    if what == "choose" and await _toggle(talk, form, state, argument):
        return
    talk.remove_buttons()
    actions = {
        "choose": _choose,
        "skip": _skip,
        "back": _back,
        "edit": _edit,
        "send": _send,
        "cancel": _cancel,
        "done": _gathered,
        "empty": _empty,
        "save": _save,
    }
    action = actions.get(what)
    if action is None:
        raise InvalidCallback
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
        talk.say(talk._("Your answers were saved. Let's continue:"))
        await _show(talk, form, state)


async def _keep(talk: Talk, state: OpenForm, same_step: bool = False) -> None:
    await dialogues.keep(talk.session, state, talk.now, talk.context.settings.retention.unfinished_forms, same_step)


async def _gather(talk: Talk, form: Form, state: OpenForm, question: Question, part: Value) -> None:
    """One more part of an answer. An album is heard of once, however many messages it is."""
    key = gathering(question.key)
    found = state.answers.get(key)
    parts = found if isinstance(found, list) else []
    if len(parts) >= MOST_PARTS:
        talk.say(
            talk._("I can't take any more here. Press “That's all”; you can add more later."),
            question_buttons(talk, form, state),
        )
        return
    goes_on = bool(parts) and _album(part) and _album(part) == _album(parts[-1])
    state.answers[key] = [*parts, part]
    await _keep(talk, state, same_step=True)
    if not goes_on:
        said = talk._("✓ Received ({n} so far). Send more, or press “That's all”.").format(n=len(parts) + 1)
        talk.say(said, question_buttons(talk, form, state))


async def _toggle(talk: Talk, form: Form, state: OpenForm, argument: str) -> bool:
    """A choice of a question that takes several: in, or out again; False for every other question."""
    question = form.by_key.get(state.step or "")
    if question is None or not question.collects:
        return False
    chosen = next((one for one in question.choices(talk, state.answers) if one.id == argument), None)
    if chosen is None:
        raise InvalidCallback
    found = state.answers.get(gathering(question.key))
    parts = found if isinstance(found, list) else []
    taken = [part for part in parts if part != chosen.value]
    state.answers[gathering(question.key)] = taken if len(taken) < len(parts) else [*parts, chosen.value]
    await _keep(talk, state, same_step=True)
    talk.edit(question.ask(talk, state.answers), question_buttons(talk, form, state))
    return True


def _album(part: Value) -> object:
    return part.get("album") if isinstance(part, dict) else None


async def _gathered(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    """That was all of it."""
    question = form.by_key.get(state.step or "")
    parts = state.answers.pop(gathering(state.step or ""), None)
    if question is None or not question.collects or not parts:
        raise InvalidCallback
    await _take(talk, form, state, question, parts)


async def _empty(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    """Begins an answer of several parts anew."""
    state.answers.pop(gathering(state.step or ""), None)
    await _keep(talk, state)
    await _show(talk, form, state)


async def _save(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    if form.save is None:
        raise InvalidCallback
    await dialogues.close(talk.session, talk.person.id)
    await form.save(talk, state.answers)


async def _take(talk: Talk, form: Form, state: OpenForm, question: Question, value: Value) -> None:
    if question.keyboard is not None:
        talk.say(talk._("👍 Thank you."), keyboard=location_keyboard(talk))
    talk.context.ports.count_form_step(form.name, question.key, "skipped" if value is None else "answered")
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


def kept_answers(state: OpenForm) -> Answers:
    """What is worth being put aside."""
    return {key: value for key, value in state.answers.items() if key != _UNSEEN}


async def _is_shown_later(talk: Talk, state: OpenForm) -> bool:
    """To somebody in danger nothing is shown now: the form waits for what they write next."""
    is_later = talk.danger is Danger.ALONE
    if is_later != bool(state.answers.get(_UNSEEN)):
        state.answers = {**kept_answers(state), **({_UNSEEN: True} if is_later else {})}
        await _keep(talk, state, same_step=True)
    return is_later


async def _show(talk: Talk, form: Form, state: OpenForm) -> None:
    if await _is_shown_later(talk, state):
        return
    if state.step is None or state.step not in form.by_key:
        talk.say(review(talk, form, state), review_buttons(talk, form, state))
        return
    question = form.by_key[state.step]
    if question.keyboard is None:
        talk.say(question.ask(talk, state.answers), question_buttons(talk, form, state))
    else:
        # A message has either buttons or a keyboard.
        talk.say(question.ask(talk, state.answers), keyboard=question.keyboard(talk))
        talk.say(talk._("Press the button below the chat, or type the number."), question_buttons(talk, form, state))


async def _finish(talk: Talk, form: Form, state: OpenForm) -> None:
    state.answers = kept_answers(state)
    await dialogues.close(talk.session, talk.person.id)
    await form.done(talk, state.answers)
    talk.context.ports.count_form_step(form.name, "", "finished")


async def _choose(talk: Talk, form: Form, state: OpenForm, argument: str) -> None:
    question = form.by_key.get(state.step or "")
    choices = question.choices(talk, state.answers) if question else ()
    chosen = next((choice for choice in choices if choice.id == argument), None)
    if question is None or chosen is None:
        raise InvalidCallback
    await _take(talk, form, state, question, chosen.value)


async def _skip(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    question = form.by_key.get(state.step or "")
    if question is None or not question.is_optional(state.answers):
        raise InvalidCallback
    state.answers.pop(gathering(question.key), None)
    await _take(talk, form, state, question, None)


async def _back(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    """To the question answered last; its answer is asked for anew, the others are kept."""
    if state.trail:
        state.step = state.trail.pop()
        _take_back(form, state, state.step)
        await _keep(talk, state)
    await _show(talk, form, state)


def _take_back(form: Form, state: OpenForm, key: str) -> None:
    """The answer is asked for anew; the parts of one that was gathered are kept, to be added to."""
    answer = state.answers.pop(key, None)
    if form.by_key[key].collects and answer:
        state.answers[gathering(key)] = answer


async def _edit(talk: Talk, form: Form, state: OpenForm, argument: str) -> None:
    if argument not in form.by_key or not form.review:
        raise InvalidCallback
    state.step = argument
    _take_back(form, state, argument)
    state.trail = [key for key in state.trail if key != argument]
    await _keep(talk, state)
    await _show(talk, form, state)


async def _send(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    if state.step is not None:
        await _show(talk, form, state)
        return
    await _finish(talk, form, state)


async def _cancel(talk: Talk, form: Form, state: OpenForm, _argument: str) -> None:
    talk.context.ports.count_form_step(form.name, state.step or "", "cancelled")
    await dialogues.close(talk.session, talk.person.id)
    talk.say(talk._("Cancelled. Nothing was saved."), keyboard=location_keyboard(talk))
