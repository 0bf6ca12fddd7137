"""Saying no: one sentence for every rule of the domain that may refuse what was asked."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.chat.talk import StatelessTalk
from handlers.i18n.translations import translator
from storage.refusals import Refused, Repeated


def say_no(talk: StatelessTalk, refusal: Refused, sentences: Mapping[type[Refused], str]) -> None:
    """Tells the person which rule said no: on the pressed button, or in the chat."""
    sentence = talk._(sentences[type(refusal)])
    if talk.incoming.is_press:
        talk.answer_callback(sentence, alert=not isinstance(refusal, Repeated))
    else:
        talk.say(sentence)


def say_too_much(talk: StatelessTalk) -> None:
    """Said once, not to each message."""
    talk.say(talk._("You're sending messages too fast. Please wait a minute; messages until then are ignored."))


def say_invalid(talk: StatelessTalk) -> None:
    """A button that this bot did not make, or not for this."""
    talk.answer_callback(talk._("This button no longer works."), alert=True)


def not_sent_words(language: str, error_id: str) -> str:
    """In place of an answer that Telegram does not take; what was done is done."""
    _ = translator(language)
    return _("Sorry, I couldn't send you the answer. Please tell an admin this error number: {id}").format(id=error_id)


def say_failed(talk: StatelessTalk, error_id: str) -> None:
    """Something unexpected happened; the id finds it in the log."""
    sentence = talk._("Sorry, that went wrong, and nothing was changed. Please try again. (Error {id})").format(
        id=error_id
    )
    if talk.incoming.is_press:
        talk.answer_callback(sentence, alert=True)
    talk.say(sentence)
