"""The ways from one step of a form to another: an answer, and each of its buttons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from markupsafe import Markup

from handlers.chat import presses
from handlers.chat.confirming import confirming
from handlers.chat.press import InvalidCallback
from handlers.forms.cancelling import cancel, drop, offer_earlier
from handlers.forms.filling import AnyFilling
from handlers.forms.form_pages import (
    FURTHER,
    UNFOLDED,
    page_of,
    question_buttons,
    question_text,
    receipt,
    restore_keyboard,
    show,
    show_chosen,
)
from handlers.forms.questions import AnyQuestion, Does, NotAnAnswer
from storage.dialogues import Value


async def take(filling: AnyFilling, question: AnyQuestion, stored: Value) -> None:
    """Takes an answer, and goes on."""
    talk = filling.talk
    restore_keyboard(filling, talk._("Skipped") if stored is None else talk._(question.received))
    filling.count("skipped" if stored is None else "answered")
    filling.take(question, stored)
    await go_on(filling)


async def go_on(filling: AnyFilling) -> None:
    """To the next question that has no answer, else to the review page, else to the end."""
    filling.guess()
    following = filling.following()
    if following is None and not filling.form.review:
        await _finish(filling)
        return
    filling.state.step = following.key if following is not None else None
    await filling.keep_step()
    await show(filling)


async def _finish(filling: AnyFilling, end: str = "") -> None:
    further = filling.form.further_end
    done = further.done if further is not None and end == FURTHER else filling.form.done
    await filling.close()
    await done(filling.talk, filling.draft)
    filling.count("finished", step="")
    await offer_earlier(filling)


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
    """Another page of the question, or of the review, in the place of the one that is shown."""
    if filling.question is None and page not in ("", UNFOLDED):
        raise InvalidCallback
    filling.state.page = page
    shown = page_of(filling)
    await filling.keep()
    filling.talk.edit(*shown)


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
    show_chosen(filling, question, question.input.show(talk, value))
    await take(filling, question, question.input.encode(value))


async def choose(filling: AnyFilling, argument: str) -> None:
    question = filling.question
    chosen = filling.chosen(question, argument) if question is not None else None
    if question is None or chosen is None:
        raise InvalidCallback
    show_chosen(filling, question, chosen.label)
    await take(filling, question, question.input.encode(chosen.value))


async def _skip(filling: AnyFilling, _argument: str) -> None:
    question = filling.question
    if question is None or not filling.is_optional(question):
        raise InvalidCallback
    if filling.parts:  # what was sent meanwhile is an answer
        await _all_gathered(filling, "")
        return
    show_chosen(filling, question, filling.talk._("Skipped"))
    await take(filling, question, None)


async def _all_gathered(filling: AnyFilling, _argument: str) -> None:
    """That was all of an answer in several parts."""
    question, parts = filling.question, filling.parts
    if question is None or not question.input.collects or not parts:
        raise InvalidCallback
    if filling.choices(question):
        show_chosen(filling, question, question.show(filling.talk, parts))
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
        restore_keyboard(filling, filling.talk._("◀ Back to the previous question."))
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
    if filling.has_added:  # what was sent meanwhile is an answer
        await _all_gathered(filling, "")
        return
    filling.talk.remove_buttons()
    restore_keyboard(filling, filling.talk._("It stays as it is."))
    filling.drop_parts()
    await go_on(filling)


async def _ask_to_clear(filling: AnyFilling, argument: str) -> None:
    """What was told in several messages is not taken out by one tap."""
    if not filling.parts:
        await _clear(filling, argument)
        return
    words = filling.talk._("Remove this answer? What you sent here will be discarded.")
    _ask_to_lose(filling, words, "cleared", filling.talk._("🗑 Yes, discard it"))


async def _clear(filling: AnyFilling, _argument: str) -> None:
    """The answer that was to be changed is taken out."""
    question = filling.question
    if question is None or not filling.is_changing or not filling.is_optional(question):
        raise InvalidCallback
    filling.talk.remove_buttons()
    filling.drop_parts()
    await take(filling, question, None)


async def _send(filling: AnyFilling, argument: str) -> None:
    """The review page is confirmed; if a question has lost its answer meanwhile, it is asked first."""
    if filling.state.step is not None:
        await show(filling)
    elif filling.following() is not None:
        await go_on(filling)
    else:
        filling.talk.close(receipt(filling))
        await _finish(filling, argument)


async def _save(filling: AnyFilling, _argument: str) -> None:
    if filling.form.save is None:
        raise InvalidCallback
    filling.talk.remove_buttons()
    restore_keyboard(filling, filling.talk._("👍 Thank you."))
    await filling.close()
    await filling.form.save(filling.talk, filling.state.filled)
    await offer_earlier(filling)


async def _ask_to_cancel(filling: AnyFilling, _argument: str) -> None:
    """Asks once more if answers would be lost; not where the button is the no to a question."""
    talk = filling.talk
    is_a_no = filling.question is None and filling.form.confirmation is not None
    if is_a_no or not filling.has_something_to_lose:
        filling.talk.remove_buttons()
        await cancel(filling)
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


async def _discard(filling: AnyFilling, _argument: str) -> None:
    filling.talk.remove_buttons()
    await drop(filling)


async def _nothing(_filling: AnyFilling, _argument: str) -> None:
    """A cell that only shows something."""


IN_PLACE: Mapping[str, Callable[[AnyFilling, str], Awaitable[None]]] = {
    Does.TURN: _turn,
    Does.PICK: _pick,
    Does.NOTHING: _nothing,
}
"""Those that leave the question where it is, at least at first."""
ACTIONS: Mapping[str, Callable[[AnyFilling, str], Awaitable[None]]] = {
    "choose": choose,
    "skip": _skip,
    "back": _back,
    "edit": _edit,
    "send": _send,
    "cancel": _ask_to_cancel,
    "discard": _discard,
    "done": _all_gathered,
    "empty": _ask_to_empty,
    "emptied": _empty,
    "stay": _stay,
    "keep": _keep,
    "clear": _ask_to_clear,
    "cleared": _clear,
    "save": _save,
}
"""By what a button carries; buttons of older versions have the same words."""
