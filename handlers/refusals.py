"""Saying no: one sentence for every rule of the domain that may refuse what was asked."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.chat.talk import Talk
from storage.database import Refused


def say_no(talk: Talk, refusal: Refused, sentences: Mapping[type[Refused], str]) -> None:
    """Tells the person which rule said no: on the pressed button, or in the chat."""
    sentence = talk._(sentences[type(refusal)])
    if talk.incoming.is_press:
        talk.toast(sentence, alert=True)
    else:
        talk.say(sentence)


def say_too_much(talk: Talk) -> None:
    """Said once, not to each message."""
    talk.say(talk._("You're sending messages too fast. Please wait a minute; messages until then are ignored."))


def say_forged(talk: Talk) -> None:
    """A button that this bot never made, or not for this."""
    talk.toast(talk._("This button no longer works."), alert=True)


def say_failed(talk: Talk, error_id: str) -> None:
    """Something unexpected happened; the id finds it in the log."""
    sentence = talk._("Sorry, that went wrong, and nothing was changed. Please try again. (Error {id})").format(
        id=error_id
    )
    if talk.incoming.is_press:
        talk.toast(sentence, alert=True)
    talk.say(sentence)
