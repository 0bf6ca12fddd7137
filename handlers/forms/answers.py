"""A message as the answer to the question that is open: taken, gathered, or refused with what is wanted."""

from __future__ import annotations

import re
from collections.abc import Callable

from handlers.chat import presses
from handlers.chat.press import Buttons
from handlers.chat.talk import Danger, Talk
from handlers.forms.early import SAID_EVERY, take_early
from handlers.forms.filling import AnyFilling
from handlers.forms.form_pages import answer_line, question_buttons, show
from handlers.forms.form_steps import choose, take
from handlers.forms.other_kinds import Kind, is_only_a_number, is_sentence, may_be_sentence, number_in
from handlers.forms.questions import MAX_PARTS, AnyQuestion, GivesWay, NotAnAnswer, Unfinished
from handlers.forms.typed_buttons import is_other_button, partly_typed_button
from handlers.i18n.formatting import in_a_line
from storage.dialogues import Value
from storage.people.access import Right

_NUMBER = re.compile(r"\d{4}")

Offers = Callable[[Talk], Buttons]
"""Buttons for what a message is about, if it answers nothing."""


def offer_nothing(_talk: Talk) -> Buttons:
    return []


async def read(filling: AnyFilling, question: AnyQuestion, offers: Offers) -> bool:
    """False if the form gives way to something else."""
    talk = filling.talk
    try:
        if question.input.is_a_name:
            _check_name(filling, question, offers)
        value = await question.input.read_on(talk, filling.state.page)
        if question.check is not None:
            await question.check(talk, filling.draft, value)
    except GivesWay:
        await filling.close()
        return False
    except NotAnAnswer as hint:
        chosen = partly_typed_button(filling, "choose")
        if chosen is not None and not question.input.collects:
            await choose(filling, chosen.argument)
        elif not await take_early(filling):
            _refuse(filling, question, str(hint), offers)
        return True
    except Unfinished as part:
        filling.state.page = part.page
        await filling.keep()
        await show(filling)
        return True
    if question.input.collects and not _may_be_all(filling, question):
        await _gather(filling, question, question.parts(value))
        return True
    stored = [*filling.parts, *question.parts(value)] if question.input.collects else question.input.encode(value)
    if question.secret:
        _take_out_of_chat(filling, question, stored)
    await take(filling, question, stored)
    return True


def _may_be_all(filling: AnyFilling, question: AnyQuestion) -> bool:
    """Whether the review page can follow what was told now: more of it is taken there too. Pictures come in albums,
    which stay together; and whoever is in danger is shown no page."""
    talk = filling.talk
    is_told = bool({"text", "voice"} & talk.incoming.body.keys()) and talk.danger is Danger.NONE
    has_room = len(filling.parts) < MAX_PARTS
    return (
        is_told
        and has_room
        and filling.form.early is not None
        and not filling.is_changing
        and filling.is_last(question)
    )


def _check_name(filling: AnyFilling, question: AnyQuestion, offers: Offers) -> None:
    """Raises NotAnAnswer: it is no name, but a number or a sentence."""
    talk, text = filling.talk, filling.talk.text
    number = number_in(text)
    if number is Kind.PHONE:
        said = talk._("That looks like a phone number. This step asks for: {title}.")
    elif number is Kind.ID_NUMBER:
        said = talk._("That looks like the number of an ID or a card. This step asks for: {title}.")
    elif is_only_a_number(text):
        said = talk._("That looks like a number. This step asks for: {title}.")
    elif is_other_button(filling):
        said = talk._("This step has no such button. It asks for: {title}.")
    elif is_sentence(text) or (may_be_sentence(text) and offers(talk)):
        said = talk._("That looks like a sentence. This step asks for: {title}.")
    else:
        return
    said = said.format(title=filling.title(question))
    if filling.choices(question):
        said = in_a_line(said, talk._("You can also press one of the buttons."))
    raise NotAnAnswer(said)


def _refuse(filling: AnyFilling, question: AnyQuestion, said: str, offers: Offers) -> None:
    """Says what is wanted; and leads to what else it may be about, while the form waits."""
    filling.count("not_an_answer")
    talk = filling.talk
    if question.secret and _NUMBER.search(talk.text):  # mistyped, and no less secret
        said = f"{said}\n{_removed_from_chat(talk)}"
    else:
        said = without_number(talk, said)
    form = filling.form
    here = presses.COMMAND.data(form.command)
    may_lead_away = form.right is Right.USE and not form.is_urgent
    meant = [row for row in offers(talk) if row[0].data != here] if may_lead_away else []
    if meant:
        said += "\n" + talk._("If it's about something else, press its button. This form will wait for you.")
    talk.say(said, [*meant, *question_buttons(filling)])


def without_number(talk: Talk, said: str) -> str:
    """A phone or ID number that nothing asked for does not stay in the chat."""
    return said if number_in(talk.incoming.words) is None else f"{said}\n{_removed_from_chat(talk)}"


def _take_out_of_chat(filling: AnyFilling, question: AnyQuestion, stored: Value) -> None:
    words = _removed_from_chat(filling.talk)
    filling.talk.say(answer_line(filling, question, stored) + "\n" + words)


def _removed_from_chat(talk: Talk) -> str:
    talk.call_api("deleteMessage", {"chat_id": talk.chat_id, "message_id": talk.incoming.message_id})
    return talk._("I've read your message and removed it from this chat.")


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
    is_first = not parts or (filling.is_changing and not filling.has_added)
    filling.gather(question.key, [*parts, *more])
    await filling.keep()
    if goes_on:
        return
    if is_first or _is_said(filling, parts):
        said = talk._("✓ Received ({n} so far). Send more, or press “That's all”.").format(n=len(filling.parts))
        talk.say(said, question_buttons(filling))
    elif talk.danger is Danger.NONE:
        talk.mark_as_noted()


def _is_said(filling: AnyFilling, before: list[Value]) -> bool:
    """Of one behind words of danger (to which nothing was said with the buttons), and as often as keeps the buttons
    within reach."""
    if len(before) // SAID_EVERY != len(filling.parts) // SAID_EVERY:
        return True
    last = before[-1]
    return isinstance(last, dict) and filling.talk.context.is_danger(str(last.get("text", "")))


def _album(part: Value) -> object:
    return part.get("album") if isinstance(part, dict) else None
