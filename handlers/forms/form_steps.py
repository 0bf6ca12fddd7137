"""The ways from one step of a form to another: an answer, and each of its buttons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from markupsafe import Markup, escape

from handlers.chat import presses
from handlers.chat.confirming import confirming
from handlers.chat.keyboards import location_keyboard
from handlers.chat.press import InvalidCallback
from handlers.forms.filling import AnyFilling
from handlers.forms.form_pages import SHOW, answered_text, page_of, question_buttons, question_text, receipt, show
from handlers.forms.questions import AnyQuestion, Does, NotAnAnswer, said
from storage import dialogues
from storage.dialogues import Value


async def take(filling: AnyFilling, question: AnyQuestion, stored: Value) -> None:
    """Takes an answer, and goes on."""
    if question.keyboard is not None:
        filling.talk.say(filling.talk._("👍 Thank you."), keyboard=location_keyboard(filling.talk))
    filling.count("skipped" if stored is None else "answered")
    filling.take(question, stored)
    await go_on(filling)


async def go_on(filling: AnyFilling) -> None:
    """To the next question that has no answer, else to the review page, else to the end."""
    following = filling.following()
    if following is None and not filling.form.review:
        await _finish(filling)
        return
    filling.state.step = following.key if following is not None else None
    await filling.keep_step()
    await show(filling)


async def _finish(filling: AnyFilling) -> None:
    await filling.close()
    await filling.form.done(filling.talk, filling.draft)
    filling.count("finished", step="")
    await offer_earlier(filling)


async def offer_earlier(filling: AnyFilling) -> None:
    """Once a form is closed: the one that it was begun in the middle of can be gone on with."""
    talk, earlier = filling.talk, filling.state.earlier
    if earlier is None:
        return
    open_now = await dialogues.current(talk.session, talk.person.id, talk.now)
    form = filling.others.get(earlier.form)
    if form is None or open_now is None or open_now.mark != earlier.mark:
        return
    words = talk._("Your answers to “{title}” are still here.").format(title=said(talk, form.title))
    go_on_button = presses.FORM.button(talk._("▶ Continue"), earlier.mark, SHOW, "")
    talk.say(escape(words), [[go_on_button, presses.FORM.button(talk._("✖ Cancel"), earlier.mark, "cancel", "")]])


async def toggle(filling: AnyFilling, argument: str) -> bool:
    """A choice of a question that takes several: in, or out again; False for every other question."""
    question, talk = filling.question, filling.talk
    if question is None or not question.input.collects:
        return False
    chosen = filling.chosen(question, argument)
    if chosen is None:
        raise InvalidCallback
    (part,) = question.parts(chosen.value)
    others = [other for other in filling.parts if other != part]
    filling.gather(question.key, others if part in filling.parts else [*others, part])
    await filling.keep()
    talk.edit(question_text(filling, question), question_buttons(filling))
    return True


async def _turn(filling: AnyFilling, page: str) -> None:
    """Another page of the question, in the place of the one that is shown."""
    question = filling.question
    if question is None:
        raise InvalidCallback
    filling.state.page = page
    words, buttons = question_text(filling, question), question_buttons(filling)
    await filling.keep()
    filling.talk.edit(words, buttons)


async def _pick(filling: AnyFilling, argument: str) -> None:
    """A cell of a page as the answer."""
    question, talk = filling.question, filling.talk
    if question is None:
        raise InvalidCallback
    try:
        value = question.input.picked(talk, argument)
    except NotAnAnswer as hint:
        talk.answer_callback(str(hint), alert=True)
        return
    _show_chosen(filling, question, question.input.show(talk, value))
    await take(filling, question, question.input.encode(value))


async def _choose(filling: AnyFilling, argument: str) -> None:
    question = filling.question
    chosen = filling.chosen(question, argument) if question is not None else None
    if question is None or chosen is None:
        raise InvalidCallback
    _show_chosen(filling, question, chosen.label)
    await take(filling, question, question.input.encode(chosen.value))


async def _skip(filling: AnyFilling, _argument: str) -> None:
    question = filling.question
    if question is None or not filling.is_optional(question):
        raise InvalidCallback
    if filling.parts:  # what was sent meanwhile is an answer
        await _all_gathered(filling, "")
        return
    _show_chosen(filling, question, filling.talk._("Skipped"))
    await take(filling, question, None)


def _show_chosen(filling: AnyFilling, question: AnyQuestion, words: str) -> None:
    """The answer stays visible below its question, as one that was typed does."""
    if question.keyboard is None:
        filling.talk.close(answered_text(filling, question, words))
    else:  # the buttons stand below another message
        filling.talk.remove_buttons()


async def _all_gathered(filling: AnyFilling, _argument: str) -> None:
    """That was all of an answer in several parts."""
    question, parts = filling.question, filling.parts
    if question is None or not question.input.collects or not parts:
        raise InvalidCallback
    if filling.choices(question):
        _show_chosen(filling, question, question.show(filling.talk, parts))
    else:
        filling.talk.remove_buttons()
    await take(filling, question, parts)


async def _ask_to_empty(filling: AnyFilling, _argument: str) -> None:
    question, talk = filling.question, filling.talk
    if question is None or not filling.parts:
        raise InvalidCallback
    words = talk._("Start over with this question? What you sent here will be discarded.")
    _ask_to_lose(filling, words, "emptied", talk._("🗑 Yes, discard it"))


async def _empty(filling: AnyFilling, _argument: str) -> None:
    """Takes back all parts of an answer."""
    filling.talk.close(filling.talk._("🗑 Discarded."))
    filling.drop_parts()
    await filling.keep_step()
    await show(filling)


async def _back(filling: AnyFilling, _argument: str) -> None:
    """To the question answered last; its answer is asked for again, the others are kept."""
    if filling.is_changing:
        await _keep(filling, "")
        return
    filling.talk.remove_buttons()
    if filling.state.trail:
        filling.take_back(filling.state.trail[-1])
        await filling.keep_step()
    await show(filling)


async def _edit(filling: AnyFilling, argument: str) -> None:
    """One answer from the review page."""
    if argument not in filling.state.filled.answers or not filling.form.review:
        raise InvalidCallback
    filling.talk.remove_buttons()
    filling.change(argument)
    await filling.keep_step()
    await show(filling)


async def _keep(filling: AnyFilling, _argument: str) -> None:
    """The answer that was to be changed stays as it is."""
    if not filling.is_changing:
        raise InvalidCallback
    filling.talk.remove_buttons()
    filling.drop_parts()
    await go_on(filling)


async def _clear(filling: AnyFilling, _argument: str) -> None:
    """The answer that was to be changed is taken out."""
    question = filling.question
    if question is None or not filling.is_changing or not filling.is_optional(question):
        raise InvalidCallback
    filling.talk.remove_buttons()
    await take(filling, question, None)


async def _send(filling: AnyFilling, _argument: str) -> None:
    """The review page is confirmed; if a question has lost its answer meanwhile, it is asked first."""
    if filling.state.step is not None:
        await show(filling)
    elif filling.following() is not None:
        await go_on(filling)
    else:
        filling.talk.close(receipt(filling))
        await _finish(filling)


async def _save(filling: AnyFilling, _argument: str) -> None:
    if filling.form.save is None:
        raise InvalidCallback
    filling.talk.remove_buttons()
    await filling.close()
    await filling.form.save(filling.talk, filling.state.filled)
    await offer_earlier(filling)


async def _ask_to_cancel(filling: AnyFilling, _argument: str) -> None:
    """Asks once more if answers would be lost; not where the button is the no to a question."""
    talk = filling.talk
    is_a_no = filling.question is None and filling.form.confirmation is not None
    if is_a_no or not filling.has_something_to_lose:
        await _cancel(filling, "")
        return
    words = talk._("Cancel this form? Your answers will be discarded.")
    _ask_to_lose(filling, words, "discard", talk._("✖ Yes, cancel"))


def _ask_to_lose(filling: AnyFilling, words: str, what: str, label: str) -> None:
    """In the place of the step that is shown."""
    talk, mark = filling.talk, filling.state.mark
    shown, _ = page_of(filling)
    go = presses.FORM.button(label, mark, what, "")
    stay = presses.FORM.button(talk._("↩ No, continue"), mark, "stay", "")
    talk.edit(Markup("{}\n\n<b>{}</b>").format(Markup(shown), words), confirming(go, stay))


async def _stay(filling: AnyFilling, _argument: str) -> None:
    """Nothing is lost: the step is shown as before, in its place."""
    await filling.keep()
    filling.talk.edit(*page_of(filling))


async def _cancel(filling: AnyFilling, _argument: str) -> None:
    filling.talk.remove_buttons()
    await cancel(filling)


async def cancel(filling: AnyFilling) -> None:
    """Closes the form and forgets its answers."""
    filling.count("cancelled")
    await filling.close()
    _ = filling.talk._
    words = _("Cancelled. Nothing was saved.") if filling.form.confirmation is None else _("Nothing was changed.")
    filling.talk.say(words, keyboard=location_keyboard(filling.talk))
    await offer_earlier(filling)


async def _nothing(_filling: AnyFilling, _argument: str) -> None:
    """A cell that only shows something."""


IN_PLACE: Mapping[str, Callable[[AnyFilling, str], Awaitable[None]]] = {
    Does.TURN: _turn,
    Does.PICK: _pick,
    Does.NOTHING: _nothing,
}
"""Those that leave the question where it is, at least at first."""
ACTIONS: Mapping[str, Callable[[AnyFilling, str], Awaitable[None]]] = {
    "choose": _choose,
    "skip": _skip,
    "back": _back,
    "edit": _edit,
    "send": _send,
    "cancel": _ask_to_cancel,
    "discard": _cancel,
    "done": _all_gathered,
    "empty": _ask_to_empty,
    "emptied": _empty,
    "stay": _stay,
    "keep": _keep,
    "clear": _clear,
    "save": _save,
}
"""By what a button carries; buttons of older versions have the same words."""
