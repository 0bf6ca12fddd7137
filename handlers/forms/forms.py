"""The form engine: every dialogue with more than one question is a declared Form.

Where a person stands is kept in the database (storage/dialogues.py), so a form goes on after a restart, and on another
replica. A button of a form carries the mark of the step that it belongs to: an old one only shows the question again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from handlers.chat.access_check import check_right
from handlers.chat.keyboards import location_keyboard
from handlers.chat.press import InvalidCallback
from handlers.chat.talk import Danger, StatelessTalk, Talk
from handlers.forms import answers, form_steps
from handlers.forms.answers import Offers, offer_nothing
from handlers.forms.cancelling import UNDO, bring_back, offer_earlier
from handlers.forms.cancelling import cancel as cancel_form
from handlers.forms.early import take_danger, take_early
from handlers.forms.filling import AnyFilling, Filling, open_filling
from handlers.forms.form_pages import SHOW, back_button, is_shown_later, restore_keyboard, show
from handlers.forms.form_steps import go_on
from handlers.forms.questionnaires import AnyForm, Form
from handlers.forms.typed_buttons import MAY_BE_TYPED, TypedButton, partly_typed_button, typed_button
from storage import dialogues
from storage.dialogues import Filled, OpenForm

D = TypeVar("D")

_TWICE_WITHIN = timedelta(seconds=3)


async def begin(talk: Talk, form: Form[D], draft: D | None = None) -> None:
    """Starts the form, for which one that was open waits, and asks the first question that has no answer.

    `draft` has the context of the form, and answers that are known already.
    """
    await resume(talk, form, form.questionnaire.begun_with(draft))


async def begin_review(talk: Talk, form: Form[D], draft: D) -> None:
    """Starts the form on its review page: all is answered, and each answer can be changed."""
    await resume(talk, form, form.questionnaire.filled_with(draft))


async def resume(talk: Talk, form: AnyForm, filled: Filled, trail: Sequence[str] = ()) -> None:
    """Starts the form with what was answered at another time; `trail` are the answers that stand nowhere else."""
    form.questionnaire.add_presets(filled)
    open_now = await dialogues.current(talk.session, talk.person.id, talk.now)
    if open_now is not None and open_now.has_keyboard:
        words = talk._("Your other form is kept; you can go on with it afterwards.")
        talk.say(words, keyboard=location_keyboard(talk))
        open_now.has_keyboard = False
    state = OpenForm(talk.person.id, form.name, None, filled, list(trail), earlier=_earlier(open_now, form))
    waiting = _waiting(open_now, state)
    if waiting is not None:
        state.filled, state.trail = waiting.filled, waiting.trail
    if open_now is not None and _is_tapped_twice(talk, open_now, state):
        return
    filling = Filling(talk, form, state, {})
    filling.count("begun", step="")
    filling.drop_pointless()
    await go_on(filling)


def _earlier(open_now: OpenForm | None, form: AnyForm) -> OpenForm | None:
    """What goes on once this form is closed: the one that is open now, unless this is the same one, started over."""
    if open_now is None:
        return None
    if open_now.form == form.name:
        return open_now.earlier
    before = open_now.earlier
    if before is None or before.form == form.name:
        return replace(open_now, earlier=None)
    return replace(open_now, earlier=replace(before, earlier=None))


def _waiting(open_now: OpenForm | None, begun: OpenForm) -> OpenForm | None:
    """The same form, which waits below the one that is open: it goes on, unless it is begun with other answers."""
    before = None if open_now is None or open_now.form == begun.form else open_now.earlier
    if before is None or before.form != begun.form or before.filled.context != begun.filled.context:
        return None
    known = before.filled.answers
    return before if all(key in known and known[key] == value for key, value in begun.filled.answers.items()) else None


def _is_tapped_twice(talk: Talk, open_now: OpenForm, begun: OpenForm) -> bool:
    """Whether the same form has just been begun by the same button, so that its first question stands there already."""
    is_same = open_now.form == begun.form and open_now.filled == begun.filled and not open_now.trail
    if not is_same or not talk.incoming.is_press or open_now.expires_at is None:
        return False
    begun_at = open_now.expires_at - talk.context.settings.retention.unfinished_forms
    return talk.now - begun_at < _TWICE_WITHIN


async def answer(talk: Talk, forms: Mapping[str, AnyForm], offers: Offers = offer_nothing) -> bool:
    """A message that may answer the open form; False if no form is open (any more), or it is no answer but something by
    itself, such as a search. `offers` are buttons for what else it may be about, which stand below a refusal."""
    filling = await open_filling(talk, forms)
    if filling is None:
        return False
    if not await _may_go_on(filling):
        return True
    question = filling.question
    if "location" in talk.incoming.body and not (question is not None and question.input.takes_location):
        return False  # it is a search
    if talk.danger is Danger.ALONE and filling.form.danger_goes_to:
        await take_danger(filling)
    elif talk.is_album_rest and not (question is not None and question.input.collects):
        await take_early(filling)
    elif filling.state.is_hidden and await take_early(filling):
        return True
    elif filling.state.is_hidden or filling.state.is_set_aside:
        await show(filling)
    elif (typed := typed_button(filling)) is not None:
        await _press_typed(filling, typed)
    elif question is None:
        await _take_at_review(filling)
    else:
        return await answers.read(filling, question, offers)
    return True


async def _take_at_review(filling: AnyFilling) -> None:
    """A message that nothing on the review page asks for."""
    send = partly_typed_button(filling, "send")
    if send is not None:
        await _press_typed(filling, send)
        return
    talk = filling.talk
    if await take_early(filling):
        return
    if filling.form.confirmation is None:
        words = talk._("That isn't in the form yet. To add it, press ✎ and choose the answer it belongs to.")
        talk.say(answers.without_number(talk, words))
    await show(filling)


async def _press_typed(filling: AnyFilling, typed: TypedButton) -> None:
    """Only a press confirms, and throws away."""
    if typed.what not in MAY_BE_TYPED:
        words = filling.talk._("Please press “{button}” below. Typing it isn't enough.")
        filling.talk.say(words.format(button=typed.label))
        await show(filling)
        return
    await _act(filling, typed.what, typed.argument)


async def press(talk: Talk, forms: Mapping[str, AnyForm], mark: str, what: str, argument: str) -> None:
    """A button of a form.

    Raises:
        InvalidCallback: no such button exists.
    """
    if what == UNDO:
        restored = await bring_back(talk, forms, mark)
        if restored is not None and await _may_go_on(restored):
            await show(restored)
        return
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
    filling.state.is_hidden = filling.state.is_set_aside = False
    await _act(filling, what, argument)


async def _act(filling: AnyFilling, what: str, argument: str) -> None:
    if what == "choose" and await form_steps.toggle(filling, argument):
        return
    action = form_steps.IN_PLACE.get(what) or form_steps.ACTIONS.get(what)
    if action is None:
        raise InvalidCallback
    await action(filling, argument)


def _is_sent_already(filling: AnyFilling, mark: str, what: str) -> bool:
    """Whether a form was sent, and the one before it is open again, but not shown."""
    return what == "send" and mark != filling.state.mark and filling.state.is_set_aside


async def _may_go_on(filling: AnyFilling) -> bool:
    """The right may have been taken away in mid-form, or what it is about is over: then the form is closed."""
    talk, form = filling.talk, filling.form
    if not await check_right(talk, form.right):
        restore_keyboard(filling, talk._("This form is closed."))
        await filling.close()
        return False
    over = "" if form.over is None else await form.over(talk, filling.draft)
    if not over:
        return True
    filling.count("over")
    restore_keyboard(filling, talk._("This form is closed."))
    talk.remove_buttons()
    talk.say(over)
    await filling.close()
    await offer_earlier(filling)
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
    """Closes the open form; False if there was none."""
    filling = await open_filling(talk, forms)
    if filling is None:
        return False
    await cancel_form(filling)
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
        has_answers = filling.has_something_to_lose or any(filling.state.filled.answers.values())
        talk.say(talk._("Your answers were saved.") if has_answers else talk._("Your form is still open."), [back])
