"""The form engine: every dialogue with more than one question is a declared Form.

Where a person stands is kept in the database (storage/dialogues.py), so a form goes on after a restart, and on another
replica. A button of a form carries the mark of the step that it belongs to: an old one only shows the question again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from handlers.chat.access_check import check_right
from handlers.chat.press import InvalidCallback
from handlers.chat.talk import Danger, StatelessTalk, Talk
from handlers.forms import form_steps
from handlers.forms.filling import AnyFilling, Filling, open_filling
from handlers.forms.form_pages import SHOW, answer_line, back_button, is_shown_later, question_buttons, show
from handlers.forms.form_steps import go_on, take
from handlers.forms.questionnaires import AnyForm, Form
from handlers.forms.questions import MAX_PARTS, AnyQuestion, NotAnAnswer, Unfinished
from storage import dialogues
from storage.dialogues import Filled, OpenForm, Value

D = TypeVar("D")

_TWICE_WITHIN = timedelta(seconds=3)
SAID_EVERY = 5
"""Of the parts of an answer, so often one is confirmed by a message with the buttons; the others by a reaction."""


async def begin(talk: Talk, form: Form[D], draft: D | None = None) -> None:
    """Starts the form, for which one that was open waits, and asks the first question that has no answer.

    `draft` has the context of the form, and answers that are known already.
    """
    await resume(talk, form, form.questionnaire.begun_with(draft))


async def begin_review(talk: Talk, form: Form[D], draft: D) -> None:
    """Starts the form on its review page: all is answered, and each answer can be changed."""
    await resume(talk, form, form.questionnaire.filled_with(draft))


async def resume(talk: Talk, form: AnyForm, filled: Filled) -> None:
    """Starts the form with what was answered at another time."""
    form.questionnaire.add_presets(filled)
    open_now = await dialogues.current(talk.session, talk.person.id, talk.now)
    state = OpenForm(talk.person.id, form.name, None, filled, earlier=_earlier(open_now, form))
    if open_now is not None and _is_tapped_twice(talk, open_now, state):
        return
    filling = Filling(talk, form, state, {})
    filling.count("begun", step="")
    filling.drop_pointless()
    await go_on(filling)


def _earlier(open_now: OpenForm | None, form: AnyForm) -> OpenForm | None:
    """What goes on once this form is closed: the one that is open now, unless this is the same one begun anew."""
    if open_now is None:
        return None
    if open_now.form == form.name:
        return open_now.earlier
    before = open_now.earlier
    return replace(open_now, earlier=None if before is None else replace(before, earlier=None))


def _is_tapped_twice(talk: Talk, open_now: OpenForm, begun: OpenForm) -> bool:
    """Whether the same form has just been begun by the same button, so that its first question stands there already."""
    is_same = open_now.form == begun.form and open_now.filled == begun.filled and not open_now.trail
    if not is_same or not talk.incoming.is_press or open_now.expires_at is None:
        return False
    begun_at = open_now.expires_at - talk.context.settings.retention.unfinished_forms
    return talk.now - begun_at < _TWICE_WITHIN


async def answer(talk: Talk, forms: Mapping[str, AnyForm]) -> bool:
    """A message that may answer the open form; False if no form is open (any more), or it is no answer but a search."""
    filling = await open_filling(talk, forms)
    if filling is None:
        return False
    if not await _may_go_on(filling):
        return True
    question = filling.question
    if "location" in talk.incoming.body and not (question is not None and question.input.takes_location):
        return False  # it is a search
    if talk.danger is Danger.ALONE and filling.form.danger_goes_to:
        await _take_danger(filling)
    elif talk.is_album_rest and not (question is not None and question.input.collects):
        return True
    elif question is None or filling.state.is_hidden:
        await show(filling)
    else:
        await _read(filling, question)
    return True


async def _read(filling: AnyFilling, question: AnyQuestion) -> None:
    talk = filling.talk
    try:
        value = await question.input.read_on(talk, filling.state.page)
        if question.check is not None:
            await question.check(talk, filling.draft, value)
    except NotAnAnswer as hint:
        filling.count("not_an_answer")
        talk.say(str(hint), question_buttons(filling))
        return
    except Unfinished as part:
        filling.state.page = part.page
        await filling.keep()
        await show(filling)
        return
    if question.input.collects:
        await _gather(filling, question, question.parts(value))
        return
    stored = question.input.encode(value)
    if question.secret:
        _take_out_of_chat(filling, question, stored)
    await take(filling, question, stored)


def _take_out_of_chat(filling: AnyFilling, question: AnyQuestion, stored: Value) -> None:
    talk = filling.talk
    talk.call_api("deleteMessage", {"chat_id": talk.chat_id, "message_id": talk.incoming.message_id})
    words = talk._("I've read your message and removed it from this chat.")
    talk.say(answer_line(filling, question, stored) + "\n" + words)


async def _gather(filling: AnyFilling, question: AnyQuestion, more: list[Value]) -> None:
    """One more part of an answer: said now and then with the buttons, else only marked. An album counts once."""
    talk, parts = filling.talk, filling.parts
    if len(parts) >= MAX_PARTS:
        talk.say(
            talk._("I can't take any more here. Press “That's all”; you can add more later."),
            question_buttons(filling),
        )
        return
    album = _album(more[-1])
    goes_on = bool(parts) and bool(album) and album == _album(parts[-1])
    filling.gather(question.key, [*parts, *more])
    await filling.keep()
    if goes_on:
        return
    if _is_said(filling, parts):
        said = talk._("✓ Received ({n} so far). Send more, or press “That's all”.").format(n=len(filling.parts))
        talk.say(said, question_buttons(filling))
    elif talk.danger is Danger.NONE:
        talk.mark_as_noted()


def _is_said(filling: AnyFilling, before: list[Value]) -> bool:
    """Of the first part, of one behind words of danger (to which nothing was said with the buttons), and as often as
    keeps the buttons within reach."""
    if not before or len(before) // SAID_EVERY != len(filling.parts) // SAID_EVERY:
        return True
    last = before[-1]
    return isinstance(last, dict) and filling.talk.context.is_danger(str(last.get("text", "")))


def _album(part: Value) -> object:
    return part.get("album") if isinstance(part, dict) else None


async def _take_danger(filling: AnyFilling) -> None:
    """Words of danger belong to what is told at the desk that listens, whatever was being asked."""
    key, filled = filling.form.danger_goes_to, filling.state.filled
    kept = filled.answers if key in filled.answers else filled.gathered
    parts = kept.get(key) or []
    question = filling.form.questionnaire.by_key[key]
    with suppress(NotAnAnswer):
        if isinstance(parts, list) and len(parts) < MAX_PARTS:
            more = question.parts(await question.input.read(filling.talk))
            kept[key] = [*parts, *more]
    await filling.keep()


async def press(talk: Talk, forms: Mapping[str, AnyForm], mark: str, what: str, argument: str) -> None:
    """A button of a form.

    Raises:
        InvalidCallback: no such button exists.
    """
    filling = await open_filling(talk, forms)
    if filling is None or _is_sent_already(filling, mark, what):
        # The second of two quick taps on "Send" ends here, so it says nothing that frightens.
        said = talk._("This form has been sent or closed.") if what == "send" else talk._("This form is closed.")
        talk.answer_callback(said)
        return
    if not await _may_go_on(filling):
        return
    if mark != filling.state.mark:
        talk.answer_callback(talk._("That button is out of date. Here is where we are:"))
        await show(filling)
        return
    if what == SHOW:
        await show(filling)
        return
    filling.state.is_hidden = False
    if what == "choose" and await form_steps.toggle(filling, argument):
        return
    if what in form_steps.IN_PLACE:
        await form_steps.IN_PLACE[what](filling, argument)
        return
    action = form_steps.ACTIONS.get(what)
    if action is None:
        raise InvalidCallback
    await action(filling, argument)


def _is_sent_already(filling: AnyFilling, mark: str, what: str) -> bool:
    """Whether a form was sent, and the one before it is open again, but not shown."""
    return what == "send" and mark != filling.state.mark and filling.state.is_hidden


async def _may_go_on(filling: AnyFilling) -> bool:
    """The right may have been taken away in mid-form: then the form is closed."""
    if await check_right(filling.talk, filling.form.right):
        return True
    await filling.close()
    return False


async def look_up(talk: StatelessTalk, forms: Mapping[str, AnyForm]) -> None:
    """Before the transaction: what the open question has to fetch elsewhere, into `talk.fetched`."""
    form = forms.get(talk.person.form or "")
    if form is None or not form.looks_up or not talk.person.may(form.right):
        return
    async with talk.context.database.reading() as session:
        state = await dialogues.current(session, talk.person.id, talk.now)
    if state is None or state.form != form.name:
        return
    question = form.questionnaire.by_key.get(state.step or "")
    if question is not None and question.look_up is not None:
        with suppress(ValueError):  # of an older version: the question is asked again
            talk.fetched = await question.look_up(talk, form.questionnaire.readable_draft(state.filled))


async def cancel(talk: Talk, forms: Mapping[str, AnyForm]) -> bool:
    """Closes the open form and forgets its answers; False if there was none."""
    filling = await open_filling(talk, forms)
    if filling is None:
        await dialogues.close(talk.session, talk.person.id)
        return False
    await form_steps.cancel(filling)
    return True


async def remind(talk: Talk, forms: Mapping[str, AnyForm]) -> None:
    """After something else in mid-form: one button leads back to it, below what was just said where there is room. What
    was not asked yet is asked now."""
    filling = await open_filling(talk, forms)
    if filling is None:
        return
    if filling.state.is_hidden:
        await show(filling)
        return
    if await is_shown_later(filling):
        return
    back = [back_button(filling)]
    if not talk.add_buttons(back):
        talk.say(talk._("Your answers were saved."), [back])
