"""How a form ends without being sent, and comes back; and the one that is open again once it has ended."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import escape

from handlers.chat import presses
from handlers.chat.keyboards import location_keyboard
from handlers.chat.talk import Talk
from handlers.forms.filling import AnyFilling, Filling
from handlers.forms.form_pages import SHOW
from handlers.forms.questionnaires import AnyForm
from handlers.forms.questions import said
from storage import dialogues

UNDO = "undo"
"""What the button does that brings a cancelled form back."""


async def drop(filling: AnyFilling) -> None:
    """Closes the form and forgets its answers: there are none, or it was asked whether they should be."""
    talk = filling.talk
    filling.count("cancelled")
    await filling.close()
    is_a_no = filling.form.confirmation is not None
    words = talk._("Nothing was changed.") if is_a_no else talk._("Cancelled. Nothing from this form was saved.")
    talk.say(words, keyboard=location_keyboard(talk))
    await offer_earlier(filling)


async def cancel(filling: AnyFilling) -> None:
    """Closes the form at once. What was answered can be brought back for a while."""
    if not filling.has_something_to_lose:
        await drop(filling)
        return
    talk, question = filling.talk, filling.question
    filling.count("cancelled")
    await filling.cancel()
    lines = [talk._("Cancelled.") if filling.form.confirmation is None else talk._("Nothing was changed.")]
    if question is not None and question.keyboard is not None:  # a message has either buttons or a keyboard
        talk.say(lines.pop(), keyboard=location_keyboard(talk))
    seconds = dialogues.UNDONE_WITHIN.seconds
    lines.append(talk.plural("You can undo this for {n} second.", "You can undo this for {n} seconds.", seconds))
    undo = presses.FORM.button(talk._("↩ Undo"), filling.state.mark, UNDO, "")
    talk.say("\n".join(lines).format(n=seconds), [[undo]])
    await offer_earlier(filling)


async def bring_back(talk: Talk, forms: Mapping[str, AnyForm], mark: str) -> AnyFilling | None:
    """The form that was cancelled at the step with this mark, open again as it was; None if it is too late."""
    state = await dialogues.take_back(talk.session, talk.person.id, mark, talk.now)
    form = forms.get(state.form) if state is not None else None
    if state is None or form is None:
        open_now = await dialogues.current(talk.session, talk.person.id, talk.now)
        if open_now is None or open_now.mark != mark:  # else it is the second of two quick taps
            talk.answer_callback(talk._("It is too late to undo that."))
            talk.close(talk._("Cancelled."))
        return None
    filling = Filling(talk, form, state, forms)
    await filling.keep()
    filling.count("brought_back")
    talk.close(talk._("↩ Undone."))
    return filling


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
