"""What somebody tells before it is asked for: their story where a button is meant, a photo at the first question."""

from __future__ import annotations

from contextlib import suppress

from markupsafe import Markup

from handlers.chat.talk import Danger
from handlers.forms.filling import AnyFilling
from handlers.forms.form_pages import is_shown_later, page_of, question_buttons
from handlers.forms.other_kinds import is_only_a_number
from handlers.forms.questions import MAX_PARTS, NotAnAnswer

SAID_EVERY = 5
"""Of the parts of an answer, so often one is confirmed by a message with the buttons; the others by a reaction."""
_A_WORD = 9
"""Up to which length a text is the name of a button, or tells nothing: three Chinese characters, nine Latin letters."""
_AN_ANSWER = 36
"""Up to which length a text was meant as the answer, where one can be typed."""


async def take_early(filling: AnyFilling) -> bool:
    """Keeps a message that answers nothing, for the question that it belongs to, and asks again; False if it belongs to
    none."""
    talk, early = filling.talk, filling.form.early
    key = early.goes_to(talk) if early is not None and _is_told(filling) else ""
    if early is None or not key or len(filling.told(key)) >= MAX_PARTS:
        return False
    question = filling.form.questionnaire.by_key[key]
    try:
        value = await question.input.read(talk)
        if question.check is not None:
            await question.check(talk, filling.draft, value)
    except NotAnAnswer as hint:
        if not talk.is_album_rest:
            talk.say(str(hint), question_buttons(filling))
        return True
    filling.add(key, question.parts(value))
    await filling.keep()
    if talk.is_album_rest or await is_shown_later(filling):
        return True
    if _goes_on_telling(filling, key) and talk.danger is Danger.NONE:
        talk.mark_as_noted()
    else:
        _ask_again(filling, early.kept(talk))
    return True


async def take_danger(filling: AnyFilling) -> None:
    """Words of danger belong to what is told at the desk that listens, whatever was being asked."""
    key = filling.form.danger_goes_to
    question = filling.form.questionnaire.by_key[key]
    with suppress(NotAnAnswer):
        if len(filling.told(key)) < MAX_PARTS:
            filling.add(key, question.parts(await question.input.read(filling.talk)))
    await filling.keep()


def _is_told(filling: AnyFilling) -> bool:
    """Whether it is no slip: a file, or a text that is too long for what is asked and not a number alone."""
    question, text = filling.question, filling.talk.text.strip()
    if not text:
        return True
    if filling.state.is_hidden or is_only_a_number(text):
        return False
    length = len(text.encode())
    return length > (_A_WORD if question is None or question.has_only_buttons else _AN_ANSWER)


def _goes_on_telling(filling: AnyFilling, key: str) -> bool:
    """Whether the page of review stands above several messages in a row: it comes again with every fifth."""
    is_at_review = filling.question is None and bool(filling.talk.text)
    return is_at_review and len(filling.told(key)) > 2 and len(filling.told(key)) % SAID_EVERY != 0


def _ask_again(filling: AnyFilling, kept: str) -> None:
    talk = filling.talk
    words, buttons = page_of(filling)
    lines = [Markup("{}").format(kept)]
    if filling.question is not None:
        lines.append(Markup("{}").format(talk._("First, please answer this:")))
    talk.say(Markup("\n").join([*lines, Markup(""), Markup(words)]), buttons)
